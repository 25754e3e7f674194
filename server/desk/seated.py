"""Who has a seat in a visit, as its clinician reads it, and what may be done about each."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from server.desk import day, words
from server.desk.words import Chip, Facts
from server.visits import policy
from server.visits.day import VisitOfDay
from server.visits.kinds import HOSTS, OPEN_STATES, ROLE_WORDS, Role, Stage
from server.visits.models import Participant


@dataclass(frozen=True)
class Person:
    """Somebody with a seat, and what may be done about them."""

    id: uuid.UUID
    name: str
    role: str
    state: Chip
    own: bool
    new_browser: bool
    may_admit: bool
    may_wait: bool
    may_remove: bool
    is_patient: bool
    #: rises when another browser sits down: who is let in is who was seen
    seat: int


def of(
    each: VisitOfDay, own: Participant | None, facts: Facts, *, now: datetime
) -> Sequence[Person]:
    """The patient first, then companions, then colleagues."""
    seats = sorted(
        each.seats, key=lambda seat: (seat.role is not Role.PATIENT, seat.role in HOSTS)
    )
    return [_person(seat, own, facts, now) for seat in seats]


def _person(seat: Participant, own: Participant | None, facts: Facts, now: datetime) -> Person:
    guest = seat.role not in HOSTS
    is_open = facts.state in OPEN_STATES
    return Person(
        id=seat.id,
        name=seat.name,
        role=ROLE_WORDS[seat.role],
        state=_person_chip(seat, now) if is_open else _looking_back(seat),
        own=own is not None and seat.id == own.id,
        new_browser=seat.new_browser_at is not None and guest,
        may_admit=is_open and guest and day.may_be_admitted(seat),
        may_wait=is_open and guest and seat.stage is Stage.ADMITTED,
        may_remove=is_open
        and guest
        and seat.role is not Role.PATIENT
        and seat.stage is not Stage.REMOVED,
        is_patient=seat.role is Role.PATIENT,
        seat=seat.seat,
    )


def _person_chip(seat: Participant, now: datetime) -> Chip:
    here = policy.is_here(seat, now=now)
    if seat.stage is Stage.REMOVED:
        return Chip("Taken out")
    if seat.stage is Stage.WAITING and seat.waiting_since is not None:
        since = seat.waiting_since
        return Chip("Waiting", "live", since, words.clock(since, now), "" if here else "away")
    if seat.stage is Stage.ADMITTED or seat.role in HOSTS:
        if here and seat.hidden:
            return Chip("In the room, page in the background", "care")
        if here:
            return Chip("In the room", "calm")
        return (
            Chip("Not in the room") if seat.admitted_at is None else Chip("Line lost", "care")
        )
    return Chip("Not here yet")


def _looking_back(seat: Participant) -> Chip:
    """When the visit is over no line is lost, and nobody is in the room."""
    if seat.stage is Stage.REMOVED:
        return Chip("Taken out")
    came = seat.admitted_at is not None or seat.role in HOSTS
    return Chip("Was in the visit" if came else "Did not come in")
