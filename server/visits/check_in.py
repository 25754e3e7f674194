"""Keep what a person answers before the visit, screen by screen, and do what it calls for."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from config.policy import Policy
from server.access.actor import Actor
from server.audit import service as audit
from server.errors import Conflict
from server.identity import link_sessions
from server.visits import check_in_answers as shapes
from server.visits import check_in_keeping as keeping
from server.visits import check_in_policy as rules
from server.visits import conversion, danger, guests, happenings, policy, quietly
from server.visits.check_in_policy import Asking, Step
from server.visits.kinds import OPEN_STATES, Role, VisitState
from server.visits.models import CheckIn, Participant, Visit
from server.visits.queries import check_in_of, hold_room, seat_of, visit_in


class Then(StrEnum):
    """Where an answer leads."""

    ON = "on"
    PARK_FIRST = "park-first"
    NOT_PRIVATE = "not-private"
    SAFETY_VISIT = "safety-visit"


@dataclass(frozen=True)
class Answered:
    """What follows, or what is missing by field; nothing typed is lost either way."""

    then: Then = Then.ON
    problems: shapes.Problems = field(default_factory=dict)


@dataclass(frozen=True)
class Position:
    """How far this person has come: everything asked today, and what is still due."""

    seat: Participant
    visit: Visit
    said: CheckIn | None
    asked: tuple[Step, ...]
    due: tuple[Step, ...]


def position(session: Session, actor: Actor, times: Policy, *, now: datetime) -> Position:
    """Where the asker stands in the check-in of their own visit."""
    seat = seat_of(session, actor)
    visit = visit_in(session, seat.room_id)
    said = check_in_of(session, seat.id)
    asking = _asking(session, actor, seat, visit, times)
    asked = tuple(
        step
        for step in rules.steps_for(seat.role, visit.kind)
        if step not in rules.NOW or now >= asking.near_from
    )
    return Position(seat, visit, said, asked, rules.due(asking, said, now=now))


def answer(
    session: Session,
    actor: Actor,
    step: Step,
    form: Mapping[str, str],
    times: Policy,
    *,
    base_url: str,
    now: datetime,
) -> Answered:
    """Keep the answer of one screen at once; say what follows.

    Missing answers come back by field and are not raised: a wrong try must be counted.
    """
    seat = seat_of(session, actor)
    hold_room(session, seat.room_id)  # two taps, one check-in
    visit = visit_in(session, seat.room_id)
    danger.keep_nobody_out(session, visit)
    if visit.state not in OPEN_STATES:
        raise Conflict("This visit is over. Please call us.", code="visit-ended")
    # Kept as it was typed, for her own page shows it again; staff read it without the word.
    quietly.hear(session, seat, visit, form.values(), times, now=now)
    if step not in rules.steps_for(seat.role, visit.kind):
        return Answered()  # it became a safety visit while they typed, and asks other things
    typed, problems = shapes.read(step, form)
    if typed is None:
        return Answered(problems=problems)
    said = _check_in(session, seat, now)
    problems = keeping.keep(session, actor, seat, visit, said, step, typed, times, now=now)
    if problems:
        return Answered(problems=problems)
    said.saved_at = now
    reason = _reason_to_convert(step, said)
    if reason and seat.role is Role.PATIENT:
        conversion.to_safety_visit(
            session, actor, visit.id, reason, times, base_url=base_url, now=now
        )
        return Answered(Then.SAFETY_VISIT)
    _come_closer(session, actor, seat, visit, said, times, now=now)
    happenings.tell_boards(session, visit, now=now)
    audit.record(
        session,
        actor,
        f"check-in:{step.value}",
        visit.id,
        now=now,
        policy_version=times.version,
        clinic_id=visit.clinic_id,
        patient_id=visit.patient_id,
    )
    return Answered(_then(step, said))


def _reason_to_convert(step: Step, said: CheckIn) -> str | None:
    if step not in rules.SAFETY:
        return None
    return rules.reason_to_convert(step, getattr(said, rules.SAFETY[step]))


def _then(step: Step, said: CheckIn) -> Then:
    if step is Step.DRIVING and said.driving == rules.YES:
        return Then.PARK_FIRST
    if step is Step.PRIVATE and said.private == rules.NO:
        return Then.NOT_PRIVATE
    return Then.ON


def _come_closer(
    session: Session,
    actor: Actor,
    seat: Participant,
    visit: Visit,
    said: CheckIn,
    times: Policy,
    *,
    now: datetime,
) -> None:
    """The visit learns that its patient is coming; the check-in, that it is complete."""
    asking = _asking(session, actor, seat, visit, times)
    complete = rules.is_complete(asking, said, now=now)
    said.completed_at = (said.completed_at or now) if complete else None
    may_join = policy.reason_not_to_join(visit, times, now=now) is None
    early = visit.state in (VisitState.BOOKED, VisitState.CONFIRMED)
    if seat.role is Role.PATIENT and may_join and early:
        visit.state = VisitState.PRECHECK
        visit.version += 1


def _asking(
    session: Session, actor: Actor, seat: Participant, visit: Visit, times: Policy
) -> Asking:
    wrong = link_sessions.tries_of(session, actor.session)
    told = guests.as_invited(session, seat, visit)
    return Asking(
        seat.role,
        told.kind,
        starts_at=told.starts_at,
        counts_for=times.said_now_counts_for,
        consent_version=times.telehealth_consent_version,
        unsure_who=wrong >= rules.TRIES_BEFORE_GOING_ON,
    )


def _check_in(session: Session, seat: Participant, now: datetime) -> CheckIn:
    said = check_in_of(session, seat.id)
    if said is None:
        said = CheckIn(id=uuid.uuid4(), participant_id=seat.id, started_at=now, saved_at=now)
        session.add(said)
        session.flush()
    return said
