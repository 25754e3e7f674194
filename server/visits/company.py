"""Who else is in a visit, and the links by which they come."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy.orm import Session

from server.access.actor import Actor
from server.audit import service as audit
from server.control import service as control
from server.errors import Conflict, Invalid, NotFound
from server.guardians import service as guardians
from server.guardians.models import Scope
from server.people import queries as people
from server.people import scopes as known
from server.visits import danger, happenings, invitations, scopes
from server.visits import seats as seating
from server.visits.booking import visit_to_arrange
from server.visits.kinds import HOSTS, OPEN_STATES, ROLE_WORDS, Role, Stage, VisitKind
from server.visits.models import Participant, Visit
from server.visits.queries import (
    hold_room,
    participants,
    seat_in,
    visit_in,
)

MOST_PEOPLE = 5
COMPANIONS = frozenset({Role.GUARDIAN, Role.INTERPRETER, Role.SUPPORT_PERSON, Role.OBSERVER})


def add_participant(
    session: Session,
    actor: Actor,
    visit_id: uuid.UUID,
    role: Role,
    person_id: uuid.UUID,
    now: datetime,
    *,
    base_url: str,
) -> tuple[Participant, str]:
    """Bring somebody in: a companion by their own link, a colleague by signing in (ROLE-3)."""
    visit = visit_to_arrange(session, actor, visit_id)
    seats = [s for s in participants(session, visit.room_id) if s.stage is not Stage.REMOVED]
    if any(person_id in (seat.account_id, seat.companion_id) for seat in seats):
        raise Conflict("They are in this visit already.", code="already-invited")
    if len(seats) >= MOST_PEOPLE:
        raise Conflict(f"A visit has room for {MOST_PEOPLE} people.", code="room-full")
    if role in COMPANIONS:
        seat = _seat_companion(session, visit, role, person_id, now)
        token = invitations.invite(session, visit, seat, base_url, now=now)
    elif role in HOSTS:
        seat, token = _seat_colleague(session, visit, role, person_id, now), ""
    else:
        raise Invalid("Please choose who comes along.", fields={"role": "Choose who comes."})
    visit.version += 1
    control.order(session, visit.room.node, "change", room=visit.room.name, now=now)
    happenings.tell_boards(session, visit, now=now)
    audit.record(
        session,
        actor,
        "visit:add-participant",
        seat.id,
        now=now,
        patient_id=visit.patient_id,
        reason=role.value,
    )
    return seat, token


def step_in(session: Session, actor: Actor, visit_id: uuid.UUID, now: datetime) -> None:
    """A clinician who takes the page of a safety visit gets a seat in it (NUD-9, TEL-15).

    Until then a colleague learns nobody's name; from then on they treat, and it is audited.
    """
    visit = scopes.current(session, actor, "visit:step-in", visit_id)
    if actor.account_id is None:
        raise NotFound
    if visit.kind is not VisitKind.CRISIS_CHECKIN or visit.state not in OPEN_STATES:
        raise NotFound
    danger.keep_nobody_out(session, visit)
    hold_room(session, visit.room_id)
    visit = visit_in(session, visit.room_id)
    seats = participants(session, visit.room_id)
    seat = next((seat for seat in seats if seat.account_id == actor.account_id), None)
    if seat is not None and seat.stage is not Stage.REMOVED:
        return
    role = invitations.role_of_staff(session, actor.account_id, visit.clinic_id)
    seat = _seat_colleague(session, visit, role, actor.account_id, now)
    control.order(session, visit.room.node, "change", room=visit.room.name, now=now)
    happenings.tell_boards(session, visit, now=now)
    audit.record(
        session,
        actor,
        "visit:step-in",
        seat.id,
        now=now,
        patient_id=visit.patient_id,
        reason="NUD-9",
    )


def resend(
    session: Session,
    actor: Actor,
    visit_id: uuid.UUID,
    participant_id: uuid.UUID,
    now: datetime,
    *,
    base_url: str,
) -> None:
    """A fresh link by letter; the old one goes on working (a late message must not strand)."""
    visit, seat = _seat(session, actor, visit_id, participant_id)
    invitations.invite(session, visit, seat, base_url, now=now)
    audit.record(
        session, actor, "visit:resend-link", seat.id, now=now, patient_id=visit.patient_id
    )


def copy_link(
    session: Session,
    actor: Actor,
    visit_id: uuid.UUID,
    participant_id: uuid.UUID,
    now: datetime,
    *,
    base_url: str,
) -> str:
    """A fresh link to read out or paste; only its hash stays with us."""
    _visit, seat = _seat(session, actor, visit_id, participant_id)
    audit.record(session, actor, "visit:copy-link", seat.id, now=now)
    return invitations.address(base_url, invitations.new_link(session, seat, now=now))


def _seat(
    session: Session, actor: Actor, visit_id: uuid.UUID, participant_id: uuid.UUID
) -> tuple[Visit, Participant]:
    visit = visit_to_arrange(session, actor, visit_id)
    seat = seat_in(session, visit.room_id, participant_id)
    if seat.account_id is not None:
        raise NotFound
    if seat.stage is Stage.REMOVED:
        raise Conflict("They were taken out of this visit.", code="removed")
    return visit, seat


def _seat_companion(
    session: Session, visit: Visit, role: Role, person_id: uuid.UUID, now: datetime
) -> Participant:
    person = known.companion_of(session, visit.clinic_id, visit.patient_id, person_id)
    if person.kind.value != role.value:
        raise Conflict(f"{person.name} is not a {ROLE_WORDS[role].lower()}.", code="E_ROLE")
    invited = role is not Role.GUARDIAN or guardians.may(
        session, person.id, Scope.JOIN, now=now
    )
    if not invited:
        words = f"{person.name} may not join visits. See who may know."
        raise Conflict(words, code="guardian-scope")
    seat = seating.sit(session, visit.room, role, person.name, now, companion=person.id)
    session.flush()
    return seat


def _seat_colleague(
    session: Session, visit: Visit, role: Role, account_id: uuid.UUID, now: datetime
) -> Participant:
    if invitations.role_of_staff(session, account_id, visit.clinic_id) is not role:
        raise NotFound
    doctor = people.clinician(session, account_id)
    name = doctor.short_name if doctor else ROLE_WORDS[role]
    seat = seating.sit_colleague(session, visit.room, role, name, now, account_id=account_id)
    session.flush()
    return seat
