"""Find rows of one clinic's record; metadata alone, for the auditor (CLINICAL.md §7)."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, String, cast, func, or_, select
from sqlalchemy.orm import Session

from server import walls
from server.access.actor import Actor
from server.audit.models import AuditRow
from server.identity.models import Account
from server.oversight.asked import Asked
from server.oversight.words import FAMILIES

A_PAGE = 50
MOST_IN_A_COPY = 20_000
#: the orders there are; `seq` settles what is equal, so that pages never overlap
_ORDERS: Mapping[str, tuple[ColumnElement[Any], ...]] = {
    "newest": (AuditRow.seq.desc(),),
    "oldest": (AuditRow.seq.asc(),),
    "actor": (AuditRow.actor.asc(), AuditRow.seq.desc()),
    "action": (AuditRow.action.asc(), AuditRow.seq.desc()),
}


@dataclass(frozen=True)
class Counts:
    """How much was found."""

    rows: int
    refused: int
    records: int

    @property
    def pages(self) -> int:
        """At least one, be it empty."""
        return max(1, -(-self.rows // A_PAGE))


def count(session: Session, auditor: Actor, asked: Asked) -> Counts:
    """Rows, refusals among them, and how many records they are about."""
    refused = func.count().filter(AuditRow.decision == "refused")
    records = func.count(AuditRow.patient_id.distinct())
    found = session.execute(
        select(func.count(), refused, records).where(*_where(auditor, asked))
    ).one()
    return Counts(*found)


def page(session: Session, auditor: Actor, asked: Asked) -> Sequence[AuditRow]:
    """Fifty of them."""
    wanted = _ordered(auditor, asked).limit(A_PAGE).offset((asked.page - 1) * A_PAGE)
    return session.scalars(wanted).all()


def all_of(session: Session, auditor: Actor, asked: Asked) -> Sequence[AuditRow]:
    """Every one, for a copy; the caller has counted them."""
    return session.scalars(_ordered(auditor, asked).limit(MOST_IN_A_COPY)).all()


def staff(session: Session, auditor: Actor) -> dict[str, str]:
    """Names of those who work or worked here, by account id."""
    own = select(Account.id, Account.name).where(walls.of_clinic(Account.clinic_id, auditor))
    rows = session.execute(own.order_by(Account.name))
    return {str(account): name for account, name in rows}


def _ordered(auditor: Actor, asked: Asked) -> Select[AuditRow]:
    return select(AuditRow).where(*_where(auditor, asked)).order_by(*_ORDERS[asked.sort])


def _where(auditor: Actor, asked: Asked) -> list[ColumnElement[bool]]:
    asks = [
        walls.of_clinic(AuditRow.clinic_id, auditor),
        AuditRow.at >= asked.since,
        AuditRow.at < asked.until,
    ]
    if asked.actor:
        asks.append(AuditRow.actor == asked.actor)
    if asked.decision:
        asks.append(AuditRow.decision == asked.decision)
    if asked.family:
        _words, begins = FAMILIES[asked.family]
        asks.append(or_(*(AuditRow.action.startswith(tag) for tag in begins)))
    if asked.about:
        asks.append(_about(asked.about))
    return asks


def _about(told: str) -> ColumnElement[bool]:
    """An id or the start of one: of a record, or of the thing that was touched."""
    hexadecimal = told.replace("-", "")
    whose = func.replace(cast(AuditRow.patient_id, String), "-", "")
    thing = AuditRow.object.startswith(told, autoescape=True)
    if not hexadecimal or set(hexadecimal) - set("0123456789abcdef"):
        return thing
    try:
        return or_(AuditRow.patient_id == uuid.UUID(hexadecimal), thing)
    except ValueError:
        return or_(whose.startswith(hexadecimal), thing)
