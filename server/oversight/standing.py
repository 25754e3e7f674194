"""Whether the record holds, in words: where its chain stands, and when it was last anchored."""

from __future__ import annotations

import hmac
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
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
    """The newest row against its head, and against the anchor outside the database."""
    head = session.get(AuditHead, clinic_id)
    newest = session.scalar(
        select(AuditRow)
        .where(AuditRow.clinic_id == clinic_id, AuditRow.chain == clinic_id)
        .order_by(AuditRow.seq.desc())
        .limit(1)
    )
    seq = newest.seq if newest and newest.seq else 0
    agrees = (head.seq, head.mac) == (seq, newest.mac if newest else "") if head else seq == 0
    try:
        kept = last_anchored(anchor, key, clinic_id)
    except AnchorUnreadable:
        kept = None
    whole = agrees and (kept is None or kept.seq <= seq)
    return Standing(seq, whole, kept.at if kept else None, kept.seq if kept else 0)


def broken(rows: Iterable[AuditRow], key: bytes) -> set[uuid.UUID]:
    """Those of the rows on a page whose seal is not ours."""
    return {row.id for row in rows if not hmac.compare_digest(row.mac or "", mac_of(key, row))}
