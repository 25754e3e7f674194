"""Seal, once, the rows of a database that is older than its chain.

Nobody can vouch for what happened to them before: a row of the house says how many there were.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.access.actor import SYSTEM
from server.audit import service as audit
from server.audit.chain import HOUSE, Seal
from server.audit.models import AuditRow

ADOPTED = "chain:adopt"


class AdoptedBefore(Exception):
    """Rows without a seal that appeared later are not ours: `verify` names them."""


def adopt(session: Session, seal: Seal, *, now: datetime) -> int:
    """Chain the older rows in the order of their time; says how many there were."""
    older = session.scalars(
        select(AuditRow).where(AuditRow.mac.is_(None)).order_by(AuditRow.at, AuditRow.id)
    ).all()
    done = select(AuditRow.id).where(AuditRow.chain == HOUSE, AuditRow.action == ADOPTED)
    if session.scalar(done.limit(1)) is not None:
        if older:
            raise AdoptedBefore
        return 0
    seal.append(session, older)
    audit.record(session, SYSTEM, ADOPTED, f"{len(older)} rows", now=now)
    return len(older)
