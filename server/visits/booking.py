"""Open a visit for a patient, hand it to another clinician, call it off.

Double booking is refused later, with the calendar.
"""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from config.policy import Policy
from server.access.actor import Actor
from server.audit import service as audit
from server.control import service as control
from server.errors import Conflict, Invalid, NotAllowed, NotFound
from server.people import queries as people
from server.people import scopes as known
from server.visits import happenings, holds, invitations, paging, policy, scopes
from server.visits import seats as seating
from server.visits.kinds import OPEN_STATES, Role, Stage, VisitKind, VisitState
from server.visits.models import Participant, Room, Visit
from server.visits.queries import hold_room, participants

#: how far back a start may lie: a slip of the pen is not a visit of yesterday
LATEST_START = timedelta(minutes=5)
FARTHEST = timedelta(days=90)


@dataclass(frozen=True)
class Opened:
    """A new visit, its people, and a link for everybody who does not sign in."""

    visit: Visit
    seats: Mapping[Role, Participant]
    links: Mapping[uuid.UUID, str]


def open_visit(
    session: Session,
    actor: Actor,
    patient_id: uuid.UUID,
    clinician_id: uuid.UUID,
    kind: VisitKind,
    starts_at: datetime,
    minutes: int | None,
    now: datetime,
    *,
    times: Policy,
    base_url: str,
) -> Opened:
    """Room, visit, both seats, the patient's link, the invitation and the audit, at once."""
    patient = known.patient(session, actor, "visit:book", patient_id)
    clinic_id = patient.clinic_id
    doctor = people.clinician(session, clinician_id)
    if doctor is None:
        raise NotFound
    role = invitations.role_of_clinician(session, clinician_id, clinic_id)
    length = _length(kind, minutes, times)
    _check_start(kind, starts_at, now)
    clinic = people.clinic(session, clinic_id)
    room = Room(id=uuid.uuid4(), clinic_id=clinic_id, name=secrets.token_urlsafe(32))
    session.add(room)
    session.flush()
    visit = Visit(
        id=uuid.uuid4(),
        clinic_id=clinic_id,
        room_id=room.id,
        room=room,
        patient_id=patient.id,
        clinician_id=clinician_id,
        kind=kind,
        state=VisitState.BOOKED,
        starts_at=starts_at,
        ends_at=starts_at + length,
        not_before=holds.of_patient(session, patient.id, now=now),
        timezone=clinic.timezone,
        created_at=now,
        policy_version=times.version,
    )
    session.add(visit)
    seats = {
        Role.PATIENT: seating.sit(
            session, room, Role.PATIENT, patient.short_name, now, patient=patient.id
        ),
        role: seating.sit_colleague(
            session, room, role, doctor.short_name, now, account_id=clinician_id
        ),
    }
    session.flush()
    token = invitations.invite(session, visit, seats[Role.PATIENT], base_url, now=now)
    if kind is VisitKind.CRISIS_CHECKIN:  # NUD-9: whoever opened it, a clinician must know
        audit.happens_anyway(session)
        paging.call_a_clinician(
            session, actor, visit, clinician_id, times, base_url=base_url, now=now
        )
    happenings.tell_boards(session, visit, now=now)
    audit.record(
        session,
        actor,
        "visit:open",
        visit.id,
        now=now,
        patient_id=visit.patient_id,
        policy_version=times.version,
    )
    return Opened(visit, seats, {seats[Role.PATIENT].id: token})


def reassign(
    session: Session, actor: Actor, visit_id: uuid.UUID, clinician_id: uuid.UUID, now: datetime
) -> Visit:
    """Another clinician takes the visit; the patient's link, place and seat stay."""
    visit = visit_to_arrange(session, actor, visit_id)
    seats = participants(session, visit.room_id)
    if policy.has_begun(visit, seats, now=now):
        raise Conflict("This visit has begun; its clinician hands it over.", code="in-progress")
    doctor = people.clinician(session, clinician_id)
    if doctor is None:
        raise NotFound
    role = invitations.role_of_clinician(session, clinician_id, visit.clinic_id)
    for seat in seats:
        if seat.account_id == visit.clinician_id and seat.account_id != clinician_id:
            seat.stage = Stage.REMOVED
            seating.leave(seat, now=now)
            control.order(
                session, visit.room.node, "remove", room=visit.room.name, peer=seat.id, now=now
            )
    seating.sit_colleague(
        session, visit.room, role, doctor.short_name, now, account_id=clinician_id
    )
    visit.clinician_id = clinician_id
    visit.licence_id = None
    visit.version += 1
    happenings.tell_boards(session, visit, now=now)
    audit.record(
        session, actor, "visit:reassign", visit.id, now=now, patient_id=visit.patient_id
    )
    return visit


def cancel(session: Session, actor: Actor, visit_id: uuid.UUID, now: datetime) -> Visit:
    """The clinic calls it off; who was invited is told, unsent links are taken back."""
    visit = visit_to_arrange(session, actor, visit_id)
    seats = participants(session, visit.room_id)
    if policy.has_begun(visit, seats, now=now):
        raise Conflict("This visit has begun; its clinician ends it.", code="in-progress")
    if visit.kind is VisitKind.CRISIS_CHECKIN:
        raise NotAllowed("A safety visit is ended by its clinician.", code="E_VISIT_KIND")
    visit.state = VisitState.CANCELLED_CLINIC
    visit.version += 1
    invitations.say_cancelled(session, visit, now=now)
    control.order(
        session, visit.room.node, "end", room=visit.room.name, reason="cancelled", now=now
    )
    happenings.tell_boards(session, visit, now=now)
    audit.record(session, actor, "visit:cancel", visit.id, now=now, patient_id=visit.patient_id)
    return visit


def visit_to_arrange(session: Session, actor: Actor, visit_id: uuid.UUID) -> Visit:
    """An open visit of the actor's clinic; a clinician's own only."""
    hold_room(session, scopes.current(session, actor, "visit:arrange", visit_id).room_id)
    visit = scopes.current(session, actor, "visit:arrange", visit_id)
    if visit.state not in OPEN_STATES:
        raise Conflict("This visit is closed.", code="visit-ended")
    return visit


def _length(kind: VisitKind, minutes: int | None, times: Policy) -> timedelta:
    length = timedelta(minutes=minutes) if minutes else times.durations[kind.value]
    if not timedelta(minutes=5) <= length <= times.longest_visit:
        longest = int(times.longest_visit.total_seconds() // 60)
        words = f"A visit lasts 5 to {longest} minutes."
        raise Invalid(words, fields={"minutes": words})  # NUD-10
    return length


def _check_start(kind: VisitKind, starts_at: datetime, now: datetime) -> None:
    if kind is VisitKind.CRISIS_CHECKIN and starts_at > now + LATEST_START:
        words = "A safety visit begins now. For a later time choose another kind."
        raise Invalid(words, fields={"when": words})
    if starts_at < now - LATEST_START:
        words = "That time has passed. Choose “now” or a later time."
        raise Invalid(words, fields={"time": words})
    if starts_at > now + FARTHEST:
        words = "That is more than 90 days from now."
        raise Invalid(words, fields={"day": words})
