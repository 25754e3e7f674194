"""Where a letter about a visit may go and what it may say, by wishes and scopes (T-10)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from server.errors import NotFound
from server.guardians import service as guardians
from server.guardians.models import Scope
from server.people import queries as people
from server.signals import contact
from server.visits.guests import AsInvited
from server.visits.kinds import Role
from server.visits.models import Participant, Visit


@dataclass(frozen=True)
class Reach:
    """The roads to one person, and from when they may be used."""

    email: str
    phone: str
    zone: str
    due_at: datetime
    #: a guardian without this scope gets a link and no time
    hears_times: bool = True

    def is_too_late_for(self, visit: AsInvited, *, now: datetime) -> bool:
        """Whether the first moment they may be written to is past the start."""
        return now < self.due_at and visit.starts_at <= self.due_at


def of(session: Session, seat: Participant, visit: Visit, *, now: datetime) -> Reach:
    """How whoever holds this seat is reached; staff sign in and get no letters."""
    if seat.patient_id is not None:
        road = contact.road_to(session, seat.patient_id, now=now)
        return Reach(road.email, road.phone, road.zone, road.due_at)
    if seat.companion_id is None:
        raise NotFound
    person = people.companion(session, seat.companion_id)
    hears = seat.role is not Role.GUARDIAN or guardians.may(
        session, person.id, Scope.TIMES, now=now
    )
    return Reach(person.email, person.phone, visit.timezone, now, hears)
