"""Find a visit, its room and its people; a conversion is followed to the visit of now."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.access.actor import Actor, ActorKind
from server.errors import NotFound
from server.visits.kinds import VisitState
from server.visits.models import CheckIn, DeviceTest, Participant, Room, Visit


def visit_in(session: Session, room_id: uuid.UUID) -> Visit:
    """The one current visit of a room."""
    found = session.scalar(
        select(Visit).where(
            Visit.room_id == room_id, Visit.state != VisitState.CONVERTED_SAFETY
        )
    )
    if found is None:
        raise NotFound
    return found


def current_visit(session: Session, visit_id: uuid.UUID) -> Visit:
    """The visit, or the safety visit it became; NotFound for a random id."""
    found = session.get(Visit, visit_id)
    if found is None:
        raise NotFound
    if found.state is VisitState.CONVERTED_SAFETY:
        return visit_in(session, found.room_id)
    return found


def hold_room(session: Session, room_id: uuid.UUID) -> None:
    """One use case at a time changes a room, its visit and its seats; none undoes another.

    What is read after this is what the one before has left. The room is always taken before
    any of its seats, so that nobody waits in a circle. SQLite holds its write lock already.
    """
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


def participant(session: Session, participant_id: uuid.UUID) -> Participant:
    """One seat by its id."""
    found = session.get(Participant, participant_id)
    if found is None:
        raise NotFound
    return found


def seat_of(session: Session, actor: Actor, visit_id: uuid.UUID | None = None) -> Participant:
    """The actor's own seat: by their link, by their call grant, or as staff of that visit.

    The relation is inside the query (T-01, T-02): a stranger gets what a random id gets.
    """
    if actor.kind in (ActorKind.LINK, ActorKind.UNCONFIRMED, ActorKind.GRANT):
        if actor.participant_id is None:
            raise NotFound
        seat = participant(session, actor.participant_id)
        if visit_id is not None and current_visit(session, visit_id).room_id != seat.room_id:
            raise NotFound
        return seat
    found = session.scalar(
        select(Participant)
        .join(Room, Participant.room_id == Room.id)
        .join(Visit, Visit.room_id == Room.id)
        .where(
            Visit.id == visit_id,
            Room.clinic_id == actor.clinic_id,
            Participant.account_id == actor.account_id,
        )
    )
    if found is None:
        raise NotFound
    return found


def room_of(session: Session, seat: Participant) -> Room:
    """The room a seat is in."""
    return session.get_one(Room, seat.room_id)


def check_in_of(session: Session, participant_id: uuid.UUID) -> CheckIn | None:
    """What this person said before the visit, as far as they have come."""
    return session.scalar(select(CheckIn).where(CheckIn.participant_id == participant_id))


def last_test_of(session: Session, participant_id: uuid.UUID) -> DeviceTest | None:
    """Their latest device and connection test."""
    return session.scalar(
        select(DeviceTest)
        .where(DeviceTest.participant_id == participant_id)
        .order_by(DeviceTest.at.desc())
        .limit(1)
    )
