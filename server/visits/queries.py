"""Find a visit, its room and its people; a conversion is followed to the visit of now."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import and_, bindparam, select, true
from sqlalchemy.orm import Session

from server import walls
from server.access.actor import Actor, ActorKind
from server.errors import NotFound
from server.people.models import Patient
from server.visits.kinds import Role, VisitState
from server.visits.models import CheckIn, Participant, Room, Visit

_CURRENT_VISIT = select(Visit).where(
    Visit.room_id == bindparam("room_id"), Visit.state != VisitState.CONVERTED_SAFETY
)
_CHECK_IN = select(CheckIn).where(CheckIn.participant_id == bindparam("participant_id"))


def visit_in(session: Session, room_id: uuid.UUID) -> Visit:
    """The one current visit of a room."""
    found = session.scalar(_CURRENT_VISIT, {"room_id": room_id})
    if found is None:
        raise NotFound
    return found


def current_visit(session: Session, visit_id: uuid.UUID) -> Visit:
    """The visit, or the safety visit it became, by an id we hold ourselves.

    An id out of a request goes through scopes.py, which asks whose it is.
    """
    found = session.get(Visit, visit_id)
    if found is None:
        raise NotFound
    if found.state is VisitState.CONVERTED_SAFETY:
        return visit_in(session, found.room_id)
    return found


def hold_room(session: Session, room_id: uuid.UUID) -> None:
    """One use case at a time changes a room, its visit and its seats; none undoes another.

    What is read after this is what the one before has left. The room is always taken before
    any of its seats, so that nobody waits in a circle. SQLite let nobody else write since the
    transaction began: what was read is true still.
    """
    if session.get_bind().dialect.name == "sqlite":
        return
    session.flush()
    session.execute(select(Room.id).where(Room.id == room_id).with_for_update(key_share=True))
    session.expire_all()


def participants(session: Session, room_id: uuid.UUID) -> Sequence[Participant]:
    """Everybody with a seat in the room, in the order they were invited."""
    return session.scalars(
        select(Participant)
        .where(Participant.room_id == room_id)
        .order_by(Participant.invited_at, Participant.id)
    ).all()


def patient_in(session: Session, room_id: uuid.UUID) -> Participant:
    """The seat of the one whose visit it is."""
    return next(p for p in participants(session, room_id) if p.role is Role.PATIENT)


def participant(session: Session, participant_id: uuid.UUID) -> Participant:
    """One seat by an id we hold ourselves."""
    found = session.get(Participant, participant_id)
    if found is None:
        raise NotFound
    return found


def seat_of(session: Session, actor: Actor, visit_id: uuid.UUID | None = None) -> Participant:
    """The actor's own seat: by their link, by their call grant, or as staff of that visit.

    The relation is inside the query (T-01, T-02): a stranger gets what a random id gets.
    """
    if actor.kind is ActorKind.STAFF:
        own = and_(walls.of_account(Participant.account_id, actor), Visit.id == visit_id)
    else:
        own = and_(
            Participant.id == actor.participant_id,
            Visit.id == visit_id if visit_id is not None else true(),
        )
    found = session.scalar(
        select(Participant)
        .join(Visit, Visit.room_id == Participant.room_id)
        .where(own, walls.of_clinic(Visit.clinic_id, actor))
        .limit(1)  # a converted visit shares its room with the visit it became
    )
    if found is None:
        raise NotFound
    return found


def seat_in(session: Session, room_id: uuid.UUID, seat_id: uuid.UUID) -> Participant:
    """One seat of this room by its id; a seat of any other room is not there."""
    found = session.scalar(
        select(Participant).where(Participant.id == seat_id, Participant.room_id == room_id)
    )
    if found is None:
        raise NotFound
    return found


def whose_record(session: Session, actor: Actor, named: Mapping[str, Any]) -> uuid.UUID | None:
    """Whose record a refused request was about, by its address or the asker's seat (T-08).

    For the audit alone, and of the asker's clinic alone: no row of theirs names a stranger.
    """
    if "patient_id" in named:
        person = walls.get_for(session, actor, Patient, named["patient_id"])
        return person.id if person else None
    seat = select(Participant.room_id).where(Participant.id == actor.participant_id)
    asked = Visit.id == named["visit_id"] if "visit_id" in named else Visit.room_id.in_(seat)
    own = walls.of_clinic(Visit.clinic_id, actor)
    return session.scalar(select(Visit.patient_id).where(asked, own).limit(1))


def room_of(session: Session, seat: Participant) -> Room:
    """The room a seat is in."""
    return session.get_one(Room, seat.room_id)


def check_in_of(session: Session, participant_id: uuid.UUID) -> CheckIn | None:
    """What this person said before the visit, as far as they have come."""
    return session.scalar(_CHECK_IN, {"participant_id": participant_id})
