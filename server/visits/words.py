"""A few words between the clinic and somebody who waits (ASKS 28, 31)."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy.orm import Session

from server.access.actor import Actor, ActorKind
from server.audit import service as audit
from server.control import service as control
from server.errors import Conflict, Invalid, NotAllowed, NotFound
from server.visits import happenings
from server.visits.kinds import HOSTS, OPEN_STATES, Role, Stage
from server.visits.models import Participant, Visit, VisitMessage
from server.visits.queries import (
    current_visit,
    participant,
    participants,
    room_of,
    seat_of,
    visit_in,
)

LONGEST = 500


def to_waiting(
    session: Session, actor: Actor, seat_id: uuid.UUID, text: str, *, now: datetime
) -> None:
    """From the clinic to one participant; the caller has checked that it is theirs to write."""
    seat = participant(session, seat_id)
    room = room_of(session, seat)
    session.add(
        VisitMessage(
            room_id=room.id,
            participant_id=seat.id,
            from_clinic=True,
            author_id=actor.account_id,
            text=_checked(text),
            at=now,
        )
    )
    control.order(session, room.node, "change", room=room.name, peer=seat.id, now=now)
    audit.record(session, actor, "visit:message", seat.id, now=now)


def to_clinic(session: Session, actor: Actor, text: str, *, now: datetime) -> None:
    """From somebody waiting to the clinic; staff see it beside their name."""
    seat = seat_of(session, actor)
    visit = visit_in(session, seat.room_id)
    if seat.stage is Stage.REMOVED:
        raise NotAllowed("You are no longer part of this visit.", code="removed")
    if visit.state not in OPEN_STATES:
        raise Conflict("This visit is over. Please call us.", code="visit-ended")
    session.add(
        VisitMessage(
            room_id=seat.room_id,
            participant_id=seat.id,
            from_clinic=False,
            text=_checked(text),
            at=now,
        )
    )
    _tell_hosts(session, visit, now=now)
    audit.record(session, actor, "visit:message", seat.id, now=now)


def seat_to_write_to(
    session: Session, actor: Actor, visit_id: uuid.UUID, seat_id: uuid.UUID | None
) -> Participant:
    """The seat a member of staff writes to: the patient's unless they say another.

    Clinicians of the visit and coordinators of the clinic may write.
    """
    visit = current_visit(session, visit_id)
    if actor.kind is not ActorKind.STAFF or actor.role != "coordinator":
        own = seat_of(session, actor, visit_id)
        if own.stage is Stage.REMOVED:
            raise NotFound
        visit = visit_in(session, own.room_id)
    elif visit.clinic_id != actor.clinic_id:
        raise NotFound
    return _seat_in(session, visit.room_id, seat_id)


def _seat_in(session: Session, room_id: uuid.UUID, seat_id: uuid.UUID | None) -> Participant:
    for seat in participants(session, room_id):
        if seat.id == seat_id or (seat_id is None and seat.role is Role.PATIENT):
            return seat
    raise NotFound


def _tell_hosts(session: Session, visit: Visit, *, now: datetime) -> None:
    for seat in participants(session, visit.room_id):
        if seat.role in HOSTS:
            control.order(
                session, visit.room.node, "change", room=visit.room.name, peer=seat.id, now=now
            )
    happenings.tell_boards(session, visit, now=now)


def _checked(text: str) -> str:
    words = text.strip()
    if not words:
        raise Invalid("Please write a few words first.", fields=["text"])
    if len(words) > LONGEST:
        raise Invalid("Please keep it under 500 letters.", fields=["text"])
    return words
