"""Read a record without working in it: by treating its patient, or in an emergency (T-07)."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from server import walls
from server.access.actor import Actor
from server.emergency_access import queries as emergencies
from server.emergency_access.models import EmergencyAccess
from server.errors import NotFound
from server.visits import scopes
from server.visits.kinds import VisitState
from server.visits.models import Visit
from server.visits.queries import visit_in

#: the rule applied, as the audit row of each such look names it
EMERGENCY = "emergency"


@dataclass(frozen=True)
class Reading:
    """A visit somebody may read; with `emergency`, nothing of class A0 and no draft."""

    visit: Visit
    emergency: EmergencyAccess | None = None

    @property
    def rule(self) -> str:
        """Why it was allowed, where it was not by treating them."""
        return EMERGENCY if self.emergency else ""


def visit(session: Session, actor: Actor, visit_id: uuid.UUID, *, now: datetime) -> Reading:
    """The visit, or the safety visit it became, for pages that only show.

    A stranger gets what a random id gets (T-08).
    """
    try:
        return Reading(scopes.current(session, actor, "chart:read", visit_id))
    except NotFound:
        access = emergencies.open_here(session, actor, now=now)
    if access is None:
        raise NotFound
    opened = (Visit.id == visit_id, Visit.patient_id == access.patient_id)
    found = session.scalar(
        select(Visit).where(*opened, walls.of_clinic(Visit.clinic_id, actor))
    )
    if found is None:
        raise NotFound
    if found.state is VisitState.CONVERTED_SAFETY:
        found = visit_in(session, found.room_id)
    return Reading(found, access)


def visits_of(session: Session, access: EmergencyAccess) -> Sequence[Visit]:
    """Every visit of the one patient, newest first."""
    return session.scalars(
        select(Visit)
        .where(
            Visit.clinic_id == access.clinic_id,
            Visit.patient_id == access.patient_id,
            Visit.state != VisitState.CONVERTED_SAFETY,
        )
        .order_by(Visit.starts_at.desc(), Visit.created_at.desc())
        .limit(50)
    ).all()
