"""A few words between the clinic and somebody who waits (ASKS 28, 31)."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy.orm import Session

from config.policy import Policy
from server.access.actor import Actor
from server.audit import service as audit
from server.control import service as control
from server.errors import Conflict, Invalid, NotAllowed, NotFound
from server.signals.policy import without
from server.visits import quietly, scopes
from server.visits.kinds import OPEN_STATES, Role, Stage
from server.visits.models import Participant, VisitMessage
from server.visits.queries import (
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
    whose = visit_in(session, room.id).patient_id
    audit.record(session, actor, "visit:message", seat.id, now=now, patient_id=whose)


def to_clinic(
    session: Session, actor: Actor, text: str, times: Policy, *, now: datetime
) -> None:
    """From somebody waiting to the clinic; staff see it beside their name.

    A code word in it is heard and taken out; where nothing else was written, nothing is shown.
    """
    seat = seat_of(session, actor)
    visit = visit_in(session, seat.room_id)
    if seat.stage is Stage.REMOVED:
        raise NotAllowed("You are no longer part of this visit.", code="removed")
    if visit.state not in OPEN_STATES:
        raise Conflict("This visit is over. Please call us.", code="visit-ended")
    written = _checked(text)
    code_word = quietly.hear(session, seat, visit, [written], times, now=now)
    if shown := without(code_word, written):
        session.add(
            VisitMessage(
                room_id=seat.room_id,
                participant_id=seat.id,
                from_clinic=False,
                text=shown,
                at=now,
            )
        )
    quietly.tell_hosts(session, visit, now=now)
    audit.record(session, actor, "visit:message", seat.id, now=now, patient_id=visit.patient_id)


def seat_to_write_to(
    session: Session, actor: Actor, visit_id: uuid.UUID, seat_id: uuid.UUID | None
) -> Participant:
    """The seat a member of staff writes to: the patient's unless they say another.

    Clinicians of the visit and coordinators of the clinic may write.
    """
    visit = scopes.current(session, actor, "visit:write", visit_id)
    return _seat_in(session, visit.room_id, seat_id)


def _seat_in(session: Session, room_id: uuid.UUID, seat_id: uuid.UUID | None) -> Participant:
    for seat in participants(session, room_id):
        if seat.id == seat_id or (seat_id is None and seat.role is Role.PATIENT):
            return seat
    raise NotFound


def _checked(text: str) -> str:
    words = text.strip()
    if not words:
        raise Invalid("Please write a few words first.", fields=["text"])
    if len(words) > LONGEST:
        raise Invalid("Please keep it under 500 letters.", fields=["text"])
    return words
