"""Seal what a use case wrote down, at the very end of its transaction (SECURITY.md §2.7).

Each clinic has a chain, and the house one for what belongs to no clinic. A row carries its
place, the mac of the row before and its own: HMAC-SHA256 over everything else it says, with a
key that is not in the database. The head is held from the seal to the commit and no longer.
"""

from __future__ import annotations

import hmac
import json
import uuid
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from itertools import groupby

import structlog
from sqlalchemy import bindparam, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from config.settings import WebSettings
from server.audit.models import AuditHead, AuditRow
from server.audit.pending import may_go_unrecorded, take
from server.db import Database
from server.errors import Unavailable

HOUSE = uuid.UUID(int=0)
GENESIS = "0" * 64
_SAID = (
    "id", "clinic_id", "at", "actor", "role", "action", "object", "decision", "reason",
    "policy_version", "request_id", "patient_id", "browser", "chain", "seq", "prev_mac",
)  # fmt: skip
_HEAD = (
    select(AuditHead)
    .where(AuditHead.chain == bindparam("chain"))
    .with_for_update()
    .execution_options(populate_existing=True)
)
log = structlog.get_logger("audit")


class NotRecorded(Unavailable):
    """It could not be written down, so it did not happen and nothing was read (C-23)."""


def open_database(settings: WebSettings) -> Database:
    """The database of this deployment, with its record sealed."""
    return Database(settings.database_url, before_commit=Seal(key_of(settings)))


def key_of(settings: WebSettings) -> bytes:
    """The audit key: in the settings, never in the database."""
    return settings.audit_key.get_secret_value().encode()


def said(row: AuditRow) -> dict[str, str | int | None]:
    """Everything a row says but its own mac, as it is signed and as it is logged."""
    return {name: _plain(getattr(row, name)) for name in _SAID}


def mac_of(key: bytes, row: AuditRow) -> str:
    """HMAC over the canonical form: sorted names, no spaces, ASCII, times in UTC."""
    return sign(key, said(row))


def sign(key: bytes, facts: dict[str, str | int | None]) -> str:
    """HMAC-SHA256 over facts in canonical JSON."""
    text = json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hmac.new(key, text.encode(), sha256).hexdigest()


@dataclass
class Seal:
    """What a transaction calls last. `failures` is the alarm an operator can watch."""

    key: bytes
    failures: int = 0

    def __call__(self, session: Session) -> None:
        """Chain and add the rows this transaction recorded; no row, no act (invariant 5)."""
        rows = take(session)
        if not rows:
            return
        session.flush()  # the work first: the head is held as short as can be
        anyway = may_go_unrecorded(session)
        told = [said(row) for row in rows] if anyway else []
        try:
            with session.begin_nested() if anyway else nullcontext():
                self.append(session, rows)
        except SQLAlchemyError as trouble:
            self.failures += 1
            log.critical("audit-broken", error=type(trouble).__name__, count=self.failures)
            if not anyway:
                raise NotRecorded("We cannot do this right now. Please try again.") from None
            for record in told:  # the log must do
                log.critical("not-recorded", record=record)

    def append(self, session: Session, rows: Sequence[AuditRow]) -> None:
        """Chains in the order of their ids, so that two transactions never wait in a ring."""
        for row in rows:
            row.chain = row.clinic_id or HOUSE
        in_order = sorted(rows, key=_chain_of)
        for chain, of_chain in groupby(in_order, key=_chain_of):
            head = _hold_head(session, chain)
            for row in of_chain:
                row.id = row.id or uuid.uuid4()
                row.seq, row.prev_mac = head.seq + 1, head.mac
                row.mac = mac_of(self.key, row)
                head.seq, head.mac = row.seq, row.mac
                session.add(row)
        session.flush()


def _hold_head(session: Session, chain: uuid.UUID) -> AuditHead:
    """Its row, locked (on SQLite the transaction is the lock); begun if there is none."""
    head = session.scalar(_HEAD, {"chain": chain})
    if head is None:
        on_postgres = session.get_bind().dialect.name == "postgresql"
        begin = (postgresql if on_postgres else sqlite).insert(AuditHead)
        session.execute(begin.values(chain=chain, seq=0, mac=GENESIS).on_conflict_do_nothing())
        head = session.execute(_HEAD, {"chain": chain}).scalar_one()
    return head


def _chain_of(row: AuditRow) -> uuid.UUID:
    return row.chain or HOUSE


def _plain(value: object) -> str | int | None:
    if value is None or isinstance(value, int):
        return value
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    return str(value)
