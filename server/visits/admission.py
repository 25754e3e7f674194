"""Let somebody in, send them back to wait, or take them out; staff of the visit decide."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from config.policy import Policy
from server.access.actor import Actor
from server.audit import service as audit
from server.control import service as control
from server.errors import Conflict, NotAllowed, NotFound
from server.people import licences
from server.visits import check_in_policy, danger, happenings, policy, revocation
from server.visits.kinds import HOSTS, OPEN_STATES, Role, Stage, VisitKind, VisitState
from server.visits.models import Participant, Visit
from server.visits.queries import (
    check_in_of,
    hold_room,
    patient_in,
    seat_in,
    seat_of,
    visit_in,
)

IceServers = Sequence[Mapping[str, Any]]


class NotAHost(NotAllowed):
    """Only the clinicians of this visit decide who comes in."""

    code = "E_ROLE"


def admit(
    session: Session,
    actor: Actor,
    visit_id: uuid.UUID,
    participant_id: uuid.UUID,
    times: Policy,
    ice_servers: IceServers,
    *,
    now: datetime,
    shown: int | None = None,
) -> Participant:
    """Let this browser of this participant in; the visit begins if the rules allow therapy.

    A missing place or licence stops therapy, never contact: they come in, and the visit has
    not begun until it is a safety visit or the place is known (TEL-2, NUD-8). `shown` is the
    seat the clinician saw: a browser that sat down in it since is not let in (T-27).
    """
    visit, seat = _seat_for(session, actor, visit_id, participant_id)
    danger.keep_nobody_out(session, visit)
    if visit.state not in OPEN_STATES:
        raise Conflict("This visit has ended. Reopen it first.", code="visit-ended")
    if policy.is_on_hold(visit, now=now):
        words = "Nobody may join this visit yet (NUD-5). A safety visit may begin at any time."
        raise Conflict(words, code="on-hold")
    if seat.stage is Stage.REMOVED:
        raise Conflict("They were taken out of this visit.", code="removed")
    if seat.seat_session is None or seat.stage is Stage.INVITED:
        raise Conflict("They have not arrived yet.", code="not-arrived")
    if shown not in (None, seat.seat):
        words = "They have just opened the visit on another device. Please look once more."
        raise Conflict(words, code="seat-moved")
    seat.stage = Stage.ADMITTED
    seat.admitted_session = seat.seat_session
    seat.admitted_at = now
    seat.waiting_since = None
    if seat.role is Role.PATIENT:
        with session.no_autoflush:  # none of what it looks up was changed here
            begin(session, visit, seat, now=now)
    control.order(
        session,
        visit.room.node,
        "admit",
        room=visit.room.name,
        peer=seat.id,
        seat=seat.seat,
        epoch=visit.room.epoch,
        ice_servers=list(ice_servers),
        now=now,
    )
    happenings.tell_boards(session, visit, now=now)
    audit.record(
        session,
        actor,
        "visit:admit",
        seat.id,
        now=now,
        policy_version=times.version,
        patient_id=visit.patient_id,
    )
    return seat


def begin(
    session: Session, visit: Visit, patient: Participant | None = None, *, now: datetime
) -> str | None:
    """Start the visit once patient, place and licence are there; else say what is missing."""
    if visit.state is VisitState.IN_PROGRESS:
        return None
    if policy.is_on_hold(visit, now=now):
        return "E_ON_HOLD"
    patient = patient or patient_in(session, visit.room_id)
    if patient.stage is not Stage.ADMITTED:
        return "E_NOT_ADMITTED"
    answers = check_in_of(session, patient.id)
    if visit.kind is not VisitKind.CRISIS_CHECKIN and (
        code := check_in_policy.reason_not_therapy(answers)
    ):
        return code  # NUD-8 (a), (c), (g)
    state = answers.state if answers else ""
    licence = licences.valid_in(session, visit.clinician_id, state, on=now.date())
    licensed = frozenset({state}) if licence else frozenset()
    if code := policy.reason_not_to_start_therapy(visit, state=state, licensed_states=licensed):
        return code
    visit.state = VisitState.IN_PROGRESS
    visit.version += 1
    visit.began_at = visit.began_at or now
    visit.licence_id = licence.id if licence else None
    visit.hostless_since = now  # until signaling says that a host is there
    return None


def send_to_wait(
    session: Session,
    actor: Actor,
    visit_id: uuid.UUID,
    participant_id: uuid.UUID,
    *,
    now: datetime,
) -> None:
    """Back to the waiting room: private time, or a moment to prepare."""
    visit, seat = _seat_for(session, actor, visit_id, participant_id)
    if seat.stage is not Stage.ADMITTED:
        raise Conflict("They are not in the room.", code="not-in-the-room")
    seat.stage = Stage.WAITING
    seat.admitted_session = None
    seat.waiting_since = now
    control.order(session, visit.room.node, "park", room=visit.room.name, peer=seat.id, now=now)
    happenings.tell_boards(session, visit, now=now)
    whose = visit.patient_id
    audit.record(session, actor, "visit:send-to-wait", seat.id, now=now, patient_id=whose)


def remove(
    session: Session,
    actor: Actor,
    visit_id: uuid.UUID,
    participant_id: uuid.UUID,
    *,
    now: datetime,
) -> None:
    """Take somebody out for good: their tickets, socket and seat are dead from now on."""
    audit.happens_anyway(session)
    visit, seat = _seat_for(session, actor, visit_id, participant_id)
    if seat.role is Role.PATIENT:
        raise NotAllowed(
            "The patient cannot be removed. Send them back to wait, or end the visit.",
            code="E_ROLE",
        )
    seat.stage = Stage.REMOVED
    seat.admitted_session = None
    seat.present_until = None
    seat.connected = False
    revocation.close_links(session, seat, now=now)
    control.order(
        session, visit.room.node, "remove", room=visit.room.name, peer=seat.id, now=now
    )
    happenings.tell_boards(session, visit, now=now)
    whose = visit.patient_id
    audit.record(session, actor, "visit:remove", seat.id, now=now, patient_id=whose)


def host_of(session: Session, actor: Actor, visit_id: uuid.UUID) -> tuple[Visit, Participant]:
    """The visit and the actor's own seat, if they are one of its clinicians; holds the room."""
    own = seat_of(session, actor, visit_id)
    hold_room(session, own.room_id)
    if own.role not in HOSTS or own.stage is Stage.REMOVED:
        raise NotAHost("Only the clinicians of this visit can do that.")
    return visit_in(session, own.room_id), own


def _seat_for(
    session: Session, actor: Actor, visit_id: uuid.UUID, participant_id: uuid.UUID
) -> tuple[Visit, Participant]:
    visit, own = host_of(session, actor, visit_id)
    seat = seat_in(session, own.room_id, participant_id)
    if seat.role in HOSTS:
        raise NotFound
    return visit, seat
