"""Whether the record holds, in words: where its chain stands, and when it was last anchored."""

from __future__ import annotations

import hmac
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from server.audit.anchor import AnchorUnreadable, last_anchored
from server.audit.chain import mac_of
from server.audit.models import AuditHead, AuditRow


@dataclass(frozen=True)
class Standing:
    """`whole` is what can be seen at once; `mooring audit verify` reads every row."""

    rows: int
    whole: bool
    anchored_at: datetime | None
    anchored_seq: int


def standing(session: Session, clinic_id: uuid.UUID, anchor: Path, key: bytes) -> Standing:
    """How many rows there are, and the newest, against the head and the anchor outside."""
    head = session.get(AuditHead, clinic_id)
    own = AuditRow.chain == clinic_id
    rows = session.scalar(select(func.count()).where(own)) or 0
    newest = session.scalar(select(AuditRow).where(own).order_by(AuditRow.seq.desc()).limit(1))
    seq = newest.seq if newest and newest.seq else 0
    agrees = rows == seq and (head is None) == (newest is None)
    if head and newest:
        agrees = agrees and (head.seq, head.mac) == (seq, newest.mac)
    try:
        kept = last_anchored(anchor, key, clinic_id)
    except AnchorUnreadable:
        kept = None
    whole = agrees and (kept is None or kept.seq <= seq)
    return Standing(rows, whole, kept.at if kept else None, kept.seq if kept else 0)


def broken(rows: Iterable[AuditRow], key: bytes) -> set[uuid.UUID]:
    """Those of the rows on a page whose seal is not ours."""
    return {row.id for row in rows if not hmac.compare_digest(row.mac or "", mac_of(key, row))}
