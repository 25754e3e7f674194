"""A copy of what was found as CSV, which no spreadsheet takes for a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from datetime import UTC

from server.audit.models import AuditRow
from server.oversight import words

COLUMNS = (
    "row", "at_utc", "actor", "who", "role", "action", "object", "record", "decision",
    "reason", "policy_version", "request", "browser", "previous_mac", "mac",
)  # fmt: skip
#: what a spreadsheet begins to calculate or to fetch with
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def as_csv(rows: Iterable[AuditRow], staff: Mapping[str, str]) -> str:
    """One line each, under a heading; whole ids, so that rows can be checked."""
    text = io.StringIO()
    write = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    write.writerow(COLUMNS)
    write.writerows([_harmless(cell) for cell in _cells(row, staff)] for row in rows)
    return text.getvalue()


def _cells(row: AuditRow, staff: Mapping[str, str]) -> tuple[object, ...]:
    return (
        row.seq,
        row.at.astimezone(UTC).isoformat(timespec="microseconds"),
        row.actor,
        words.actor(row.actor, row.role, staff),
        row.role,
        row.action,
        row.object,
        row.patient_id or "",
        row.decision,
        row.reason,
        row.policy_version,
        row.request_id,
        row.browser,
        row.prev_mac,
        row.mac,
    )


def _harmless(cell: object) -> str:
    text = "" if cell is None else str(cell)
    return f"'{text}" if text.startswith(_FORMULA) else text
