"""Everything a day list or board shows, fetched by the handful instead of row by row."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from server.access.actor import Actor
from server.visits import scopes
from server.visits.kinds import OPEN_STATES, Role, VisitKind, VisitState
from server.visits.measurements import DeviceTest
from server.visits.models import (
    CheckIn,
    Participant,
    Visit,
    VisitLink,
    VisitMessage,
)


@dataclass(frozen=True)
class VisitOfDay:
    """One visit with its people and what they brought."""

    visit: Visit
    seats: Sequence[Participant]
    check_in: CheckIn | None
    test: DeviceTest | None
    #: participants whose link somebody has opened
    opened: frozenset[uuid.UUID] = frozenset()
    messages: Sequence[VisitMessage] = field(default_factory=tuple)

    @property
    def patient(self) -> Participant:
        """The patient's seat; every visit has one."""
        return next(seat for seat in self.seats if seat.role is Role.PATIENT)


def of_actor(
    session: Session, actor: Actor, permission: str, start: datetime, end: datetime
) -> list[VisitOfDay]:
    """Their visits of that span, and what is still going on from before.

    Somebody who waited yesterday and was never let in is not waiting today.
    """
    seen_since = (
        select(Participant.id)
        .where(Participant.room_id == Visit.room_id, Participant.present_until > start)
        .exists()
    )
    waiting = and_(Visit.state == VisitState.WAITING, or_(Visit.ends_at > start, seen_since))
    running = and_(Visit.starts_at < end, or_(Visit.state == VisitState.IN_PROGRESS, waiting))
    urgent = and_(Visit.kind == VisitKind.CRISIS_CHECKIN, Visit.state.in_(OPEN_STATES))
    spans = and_(Visit.starts_at >= start, Visit.starts_at < end)
    visits = session.scalars(
        select(Visit)
        .where(
            *scopes.within(actor, permission),
            Visit.state != VisitState.CONVERTED_SAFETY,
            or_(spans, running, urgent),
        )
        .order_by(Visit.starts_at, Visit.id)
    ).all()
    return with_people(session, visits)


def with_people(session: Session, visits: Sequence[Visit]) -> list[VisitOfDay]:
    """The same visits with seats, check-ins, tests, links and messages of the patients."""
    rooms = {visit.room_id for visit in visits}
    seats: dict[uuid.UUID, list[Participant]] = {room: [] for room in rooms}
    for seat in session.scalars(
        select(Participant)
        .where(Participant.room_id.in_(rooms))
        .order_by(Participant.invited_at, Participant.id)
    ):
        seats[seat.room_id].append(seat)
    everybody = {seat.id for room in seats.values() for seat in room}
    patients = {
        seat.id for room in seats.values() for seat in room if seat.role is Role.PATIENT
    }
    check_ins = {
        each.participant_id: each
        for each in session.scalars(select(CheckIn).where(CheckIn.participant_id.in_(patients)))
    }
    tests = _latest_tests(session, patients)
    opened = frozenset(
        session.scalars(
            select(VisitLink.participant_id).where(
                VisitLink.participant_id.in_(everybody), VisitLink.first_session.is_not(None)
            )
        )
    )
    messages = _messages(session, rooms)
    found = []
    for visit in visits:
        people = seats[visit.room_id]
        patient = next((p for p in people if p.role is Role.PATIENT), None)
        if patient is None:
            continue
        found.append(
            VisitOfDay(
                visit=visit,
                seats=people,
                check_in=check_ins.get(patient.id),
                test=tests.get(patient.id),
                opened=opened & {p.id for p in people},
                messages=messages.get(visit.room_id, ()),
            )
        )
    return found


def past_visits(session: Session, patient_id: uuid.UUID, before: Visit) -> Sequence[Visit]:
    """Earlier visits of a patient, newest first, for those who treat them."""
    return session.scalars(
        select(Visit)
        .where(
            Visit.patient_id == patient_id,
            Visit.clinic_id == before.clinic_id,
            Visit.id != before.id,
            Visit.starts_at <= before.starts_at,
        )
        .order_by(Visit.starts_at.desc(), Visit.created_at.desc())
        .limit(50)
    ).all()


def _latest_tests(
    session: Session, participants: Collection[uuid.UUID]
) -> dict[uuid.UUID, DeviceTest]:
    oldest_first = (
        select(DeviceTest)
        .where(DeviceTest.participant_id.in_(participants))
        .order_by(DeviceTest.at)
    )
    return {
        test.participant_id: test
        for test in session.scalars(oldest_first)
        if test.participant_id is not None
    }


def _messages(
    session: Session, rooms: Collection[uuid.UUID]
) -> dict[uuid.UUID, list[VisitMessage]]:
    by_room: dict[uuid.UUID, list[VisitMessage]] = {}
    for message in session.scalars(
        select(VisitMessage)
        .where(VisitMessage.room_id.in_(rooms), VisitMessage.from_clinic.is_(False))
        .order_by(VisitMessage.at)
    ):
        by_room.setdefault(message.room_id, []).append(message)
    return by_room
