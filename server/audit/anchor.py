"""Keep the heads of all chains outside the database: without it a cut-off end is invisible.

One line of JSON for each chain and time, signed, in a file that is only ever added to. Its best
place is another machine (SECURITY.md §2.7).
"""

from __future__ import annotations

import hmac
import json
import os
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.audit.chain import sign
from server.audit.models import AuditHead

#: enough for the newest line of each of a hundred clinics
_END = 64 * 1024


class AnchorUnreadable(Exception):
    """The file is missing, or a line in it is not one of ours; the text says which."""


@dataclass(frozen=True)
class Anchored:
    """Where a chain stood at a moment."""

    at: datetime
    chain: uuid.UUID
    seq: int
    mac: str


def drop_anchor(session: Session, file: Path, key: bytes, *, now: datetime) -> int:
    """Add the head of every chain to the file, and wait for the disk; says how many."""
    heads = session.scalars(select(AuditHead).order_by(AuditHead.chain)).all()
    lines = [_line(Anchored(now, each.chain, each.seq, each.mac), key) for each in heads]
    file.parent.mkdir(parents=True, exist_ok=True)
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT
    with os.fdopen(os.open(file, flags, 0o600), "a") as kept:
        kept.writelines(lines)
        kept.flush()
        os.fsync(kept.fileno())
    return len(lines)


def anchored_in(file: Path, key: bytes) -> Iterator[Anchored]:
    """Every line, oldest first; a line we did not sign makes the file worthless."""
    try:
        with file.open() as kept:
            for number, line in enumerate(kept, 1):
                yield _read(line, key, where=f"{file}, line {number}")
    except OSError as gone:
        raise AnchorUnreadable(f"{file}: {gone.strerror}") from None


def last_anchored(file: Path, key: bytes, chain: uuid.UUID) -> Anchored | None:
    """The newest line about one chain, looked for at the end of the file."""
    try:
        with file.open("rb") as kept:
            kept.seek(max(0, file.stat().st_size - _END))
            lines = kept.read().decode("ascii", "replace").splitlines()
    except OSError as gone:
        raise AnchorUnreadable(f"{file}: {gone.strerror}") from None
    own = (line for line in reversed(lines) if str(chain) in line)
    return next((_read(line, key, where=str(file)) for line in own), None)


def _facts(head: Anchored) -> dict[str, str | int | None]:
    at = head.at.isoformat(timespec="seconds")
    return {"at": at, "chain": str(head.chain), "seq": head.seq, "mac": head.mac}


def _line(head: Anchored, key: bytes) -> str:
    facts = _facts(head)
    return json.dumps({**facts, "signed": sign(key, facts)}, sort_keys=True) + "\n"


def _read(line: str, key: bytes, *, where: str) -> Anchored:
    try:
        told = json.loads(line)
        at = datetime.fromisoformat(told["at"])
        head = Anchored(at, uuid.UUID(told["chain"]), int(told["seq"]), str(told["mac"]))
        genuine = hmac.compare_digest(str(told["signed"]), sign(key, _facts(head)))
    except (ValueError, KeyError, TypeError):
        genuine = False
    if not genuine:
        raise AnchorUnreadable(f"{where}: not signed by us")
    return head
