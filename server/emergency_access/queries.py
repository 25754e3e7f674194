"""Whether a record is open to somebody in an emergency, and what waits for review."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from server.access.actor import Actor, ActorKind
from server.emergency_access import policy
from server.emergency_access.models import EmergencyAccess
from server.identity.models import Account
from server.people.models import Patient


@dataclass(frozen=True)
class Reviewed:
    """One access as the privacy officer sees it."""

    access: EmergencyAccess
    reader: Account
    patient: Patient


def open_for(
    session: Session, actor: Actor, patient_id: uuid.UUID, *, now: datetime
) -> EmergencyAccess | None:
    """The access by which this browser may read this record now, if there is one.

    Only what reads may ask this; nothing that writes does (T-07).
    """
    found = open_here(session, actor, now=now)
    return found if found is not None and found.patient_id == patient_id else None


def open_here(session: Session, actor: Actor, *, now: datetime) -> EmergencyAccess | None:
    """The one access that is open in this browser."""
    if actor.kind is not ActorKind.STAFF or actor.role not in policy.MAY_ASK:
        return None
    found = _unclosed(session, actor, EmergencyAccess.browser == actor.session)
    return found if found is not None and policy.lets_read(found, now=now) else None


def unclosed(session: Session, actor: Actor) -> EmergencyAccess | None:
    """Their own that nobody has closed, in whichever browser, even if its hour is over."""
    return _unclosed(session, actor)


def _unclosed(
    session: Session, actor: Actor, *more: ColumnElement[bool]
) -> EmergencyAccess | None:
    return session.scalar(
        select(EmergencyAccess).where(
            EmergencyAccess.account_id == actor.account_id,
            EmergencyAccess.clinic_id == actor.clinic_id,
            EmergencyAccess.closed_at.is_(None),
            *more,
        )
    )


def for_review(session: Session, actor: Actor, *, limit: int = 200) -> Sequence[Reviewed]:
    """Every access of the clinic; what nobody has looked at yet comes first."""
    rows = session.execute(
        select(EmergencyAccess, Account, Patient)
        .join(Account, Account.id == EmergencyAccess.account_id)
        .join(Patient, Patient.id == EmergencyAccess.patient_id)
        .where(EmergencyAccess.clinic_id == actor.clinic_id)
        .order_by(EmergencyAccess.reviewed_at.is_not(None), EmergencyAccess.opened_at.desc())
        .limit(limit)
    )
    return [Reviewed(access, reader, patient) for access, reader, patient in rows]
