"""The visit as whoever comes along was invited to it (T-03, C-07).

What a minor answers can turn a visit into another in the same room: kind, time and clinician
change. Whoever waits beside them is told of the visit they were invited to, as before; whoever
is asked in only then, as an interpreter may be, comes to the visit of now.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sqlalchemy.orm import Session

from server.visits.kinds import HOSTS, Role, VisitKind, VisitState
from server.visits.models import Participant, Visit
from server.visits.policy import Appointment


class AsInvited(Appointment, Protocol):
    """What of a visit its guests are told, beside what decides whether it is open for them."""

    @property
    def id(self) -> uuid.UUID: ...
    @property
    def room_id(self) -> uuid.UUID: ...
    @property
    def clinician_id(self) -> uuid.UUID: ...
    @property
    def continues_id(self) -> uuid.UUID | None: ...


@dataclass(frozen=True)
class Invitation:
    """An earlier visit of the room, and how the present one stands."""

    id: uuid.UUID
    room_id: uuid.UUID
    clinician_id: uuid.UUID
    kind: VisitKind
    state: VisitState
    starts_at: datetime
    ends_at: datetime
    began_at: datetime | None
    not_before: datetime | None
    continues_id: uuid.UUID | None


def as_invited(session: Session, seat: Participant, visit: Visit) -> AsInvited:
    """The visit itself for the patient and the clinicians; for everybody else, as it was."""
    if seat.role is Role.PATIENT or seat.role in HOSTS or visit.continues_id is None:
        return visit
    then = _invited_to(session, seat, visit)
    if then.id == visit.id:
        return visit
    return Invitation(
        then.id,
        then.room_id,
        then.clinician_id,
        then.kind,
        visit.state,
        then.starts_at,
        then.ends_at,
        then.began_at or visit.began_at,
        then.not_before,
        then.continues_id,
    )


def _invited_to(session: Session, seat: Participant, visit: Visit) -> Visit:
    """Back to the visit the room held when they were invited."""
    while visit.continues_id is not None and visit.created_at >= seat.invited_at:
        before = session.get(Visit, visit.continues_id)
        if before is None or before.room_id != visit.room_id:
            break
        visit = before
    return visit
