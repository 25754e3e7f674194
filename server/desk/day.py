"""The day as a list of people who may need somebody: most urgent first, then by time."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from server.access.actor import Actor
from server.desk import clock, readiness, words
from server.desk.facts import of as facts_of
from server.desk.facts import writer_of
from server.desk.words import Chip, Facts, Patience
from server.people import queries as people
from server.people import rosters
from server.people.models import Clinic, Clinician, Patient
from server.visits import day as visits
from server.visits import happenings
from server.visits.day import VisitOfDay
from server.visits.kinds import OPEN_STATES, ROLE_WORDS, Role, Stage, VisitKind
from server.visits.models import Participant, Visit, VisitMessage


@dataclass(frozen=True)
class Waiting:
    """Somebody who may be let in."""

    id: uuid.UUID
    name: str
    role: str
    is_patient: bool


@dataclass(frozen=True)
class Seat:
    """Somebody of the visit, for links and messages."""

    id: uuid.UUID
    name: str
    role: str
    link_opened: bool


@dataclass(frozen=True)
class Row:
    """One visit of the day, ready to be shown."""

    id: uuid.UUID
    time: str
    patient: str
    patient_time: str
    phone: str
    clinician: str
    clinician_id: uuid.UUID
    kind: str
    state: Chip
    ready: Sequence[Chip]
    waiting: Sequence[Waiting]
    seats: Sequence[Seat]
    said: Sequence[str]
    #: "" | safety | late | over: how the row looks
    tone: str
    is_open: bool
    group: str  # "waiting" | "in visit" | "not arrived" | ""
    patient_seat: uuid.UUID
    order: tuple[int, datetime]


@dataclass(frozen=True)
class Day:
    """The page's own words around its rows."""

    title: str
    zone: str
    rows: Sequence[Row]
    waiting: int
    in_visit: int
    not_arrived: int


def of_clinician(session: Session, actor: Actor, rules: Patience, *, now: datetime) -> Day:
    """The visits in which this clinician has a seat."""
    clinic = _clinic(session, actor)
    start, end = clock.span_of_day(now, clinic.timezone)
    mine = visits.of_actor(session, actor, "day:read", start, end)
    return _day(session, clinic, mine, rules, clinical=True, now=now)


def of_clinic(session: Session, actor: Actor, rules: Patience, *, now: datetime) -> Day:
    """Every visit of the clinic, without clinical content (ROLE-4)."""
    clinic = _clinic(session, actor)
    start, end = clock.span_of_day(now, clinic.timezone)
    everything = visits.of_actor(session, actor, "board:use", start, end)
    return _day(session, clinic, everything, rules, clinical=False, now=now)


def waiting_elsewhere(
    session: Session, actor: Actor, visit_id: uuid.UUID, rules: Patience, *, now: datetime
) -> Sequence[Row]:
    """Who waits for this clinician in another visit while they are in this one."""
    rows = of_clinician(session, actor, rules, now=now).rows
    return [row for row in rows if row.group == "waiting" and row.id != visit_id]


def one(session: Session, actor: Actor, visit: Visit, rules: Patience, *, now: datetime) -> Row:
    """One visit as a row of the board."""
    found = visits.with_people(session, [visit])
    clinic = _clinic(session, actor)
    return _day(session, clinic, found, rules, clinical=False, now=now).rows[0]


def _clinic(session: Session, actor: Actor) -> Clinic:
    if actor.clinic_id is None:
        raise LookupError("staff without a clinic")
    return people.clinic(session, actor.clinic_id)


def _day(
    session: Session,
    clinic: Clinic,
    found: Sequence[VisitOfDay],
    rules: Patience,
    *,
    clinical: bool,
    now: datetime,
) -> Day:
    patients = rosters.patients(session, {each.visit.patient_id for each in found})
    doctors = {each.visit.clinician_id for each in found}
    names = rosters.clinicians(session, doctors)
    licensed = rosters.licensed(session, doctors, now.date())
    nodes = {each.visit.room.node for each in found}
    silent = {node for node in nodes if happenings.is_silent(session, node, now=now)}
    rows = [
        _row(
            each,
            facts_of(each, licensed, now, silent=each.visit.room.node in silent),
            patients[each.visit.patient_id],
            names.get(each.visit.clinician_id),
            clinic,
            rules,
            clinical=clinical,
            now=now,
        )
        for each in found
    ]
    rows.sort(key=lambda row: row.order)
    groups = [row.group for row in rows]
    return Day(
        title=clock.day(clock.local(now, clinic.timezone).date()),
        zone=clock.zone_words(now, clinic.timezone),
        rows=rows,
        waiting=groups.count("waiting"),
        in_visit=groups.count("in visit"),
        not_arrived=groups.count("not arrived"),
    )


def _row(
    each: VisitOfDay,
    facts: Facts,
    patient: Patient,
    doctor: Clinician | None,
    clinic: Clinic,
    rules: Patience,
    *,
    clinical: bool,
    now: datetime,
) -> Row:
    visit = each.visit
    chip = words.state_chip(facts, rules, now=now)
    is_open = visit.state in OPEN_STATES
    ready = readiness.readiness(facts) if clinical else readiness.neutral_readiness(facts)
    if not clinical and is_open and (readiness.flags(facts) or each.messages):
        ready.append(Chip("Clinician must look", "care"))
    return Row(
        id=visit.id,
        time=clock.hour(visit.starts_at, clinic.timezone),
        patient=patient.short_name,
        patient_time=_elsewhere(visit.starts_at, patient.timezone, clinic.timezone),
        phone=(each.check_in.phone if each.check_in else "") or patient.phone,
        clinician=doctor.short_name if doctor else "",
        clinician_id=visit.clinician_id,
        kind=words.kind_words(visit.kind, clinical=clinical),
        state=chip,
        ready=ready,
        waiting=[_waiting(seat) for seat in each.seats if may_be_admitted(seat)]
        if is_open
        else [],
        seats=[_seat(seat, each) for seat in each.seats if seat.account_id is None],
        said=[_said(m, each) for m in each.messages[-3:]] if clinical else [],
        tone=_tone(visit.kind, chip, is_open=is_open),
        is_open=is_open,
        group=_group(facts, chip, is_open=is_open, now=now),
        patient_seat=each.patient.id,
        order=(words.urgency(facts, rules, now=now), visit.starts_at),
    )


def _tone(kind: VisitKind, chip: Chip, *, is_open: bool) -> str:
    if not is_open:
        return "over"
    if kind is VisitKind.CRISIS_CHECKIN:
        return "safety"
    return "late" if chip.tone in ("care", "alarm") and chip.since else ""


def _group(facts: Facts, chip: Chip, *, is_open: bool, now: datetime) -> str:
    if words.is_waiting(facts):
        return "waiting"
    if facts.admitted and is_open:
        return "in visit"
    late = is_open and facts.starts_at <= now and not facts.checking_in
    return "not arrived" if late else ""


def _elsewhere(instant: datetime, zone: str, clinic_zone: str) -> str:
    if clock.hour(instant, zone) == clock.hour(instant, clinic_zone):
        return ""
    return f"{clock.hour(instant, zone)} in {clock.place_of(zone)}"


def may_be_admitted(seat: Participant) -> bool:
    """They came as far as the waiting room; that signaling is away keeps nobody out (R-01)."""
    return seat.stage is Stage.WAITING and seat.seat_session is not None


def _said(message: VisitMessage, each: VisitOfDay) -> str:
    writer = writer_of(message, each)
    return f"{writer}: {message.text}" if writer else message.text


def _waiting(seat: Participant) -> Waiting:
    return Waiting(seat.id, seat.name, ROLE_WORDS[seat.role], seat.role is Role.PATIENT)


def _seat(seat: Participant, each: VisitOfDay) -> Seat:
    return Seat(seat.id, seat.name, ROLE_WORDS[seat.role], seat.id in each.opened)
