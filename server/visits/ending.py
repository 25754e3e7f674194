"""Leave is not end: only a clinician ends a visit, or a room without one closes (NUD-10)."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from config.policy import Policy
from server.access.actor import SYSTEM, Actor
from server.audit import service as audit
from server.control import service as control
from server.errors import Conflict, Invalid
from server.visits import front_desk, happenings, policy, seats
from server.visits.admission import begin, host_of
from server.visits.kinds import HOSTS, OPEN_STATES, Role, Stage, VisitState
from server.visits.models import Participant, Visit
from server.visits.queries import hold_room, participants, seat_of, visit_in

#: How a visit went, and how the line was: closed words, shown to staff.
OUTCOMES = {
    "completed": "The visit took place",
    "partly": "Part of it took place",
    "not-held": "It could not be held",
    "moved-to-in-person": "Asked to come in person",
    "emergency": "Handed over to emergency help",
}
TECHNICAL_OUTCOMES = {
    "good": "Good throughout",
    "interrupted": "Interrupted, but finished",
    "audio-only": "Sound only",
    "phone": "Moved to the phone",
    "failed": "Failed",
}


@dataclass(frozen=True)
class Closing:
    """What the clinician says when ending: two closed words and what happens next."""

    outcome: str
    technical_outcome: str
    next_step: str
    next_words: str = ""

    @property
    def kept(self) -> tuple[str, str, str, str]:
        """It all, as the visit keeps it."""
        step, words = self.next_step.strip(), self.next_words.strip()
        return self.outcome, self.technical_outcome, step, words


def end(
    session: Session,
    actor: Actor,
    visit_id: uuid.UUID,
    closing: Closing,
    times: Policy,
    *,
    now: datetime,
) -> Visit:
    """End the visit for everybody; asking twice changes nothing (R-07)."""
    visit, _own = host_of(session, actor, visit_id)
    if visit.state is VisitState.ENDED and not visit.unattended:
        if _said_about(visit) != closing.kept:
            words = "A colleague has ended this visit. What you wrote here is not kept."
            raise Conflict(words, code="ended-already")
        return visit
    if visit.state not in OPEN_STATES | {VisitState.ENDED}:
        raise Conflict("This visit is closed already.", code="visit-ended")
    if closing.outcome not in OUTCOMES:
        raise Invalid("Please say how the visit went.", fields=["outcome"])
    if closing.technical_outcome not in TECHNICAL_OUTCOMES:
        raise Invalid("Please say how the line was.", fields=["technical_outcome"])
    if not closing.next_step.strip():
        raise Invalid("Please say what happens next.", fields=["next_step"])
    visit.outcome, visit.technical_outcome = closing.outcome, closing.technical_outcome
    visit.next_step, visit.next_words = closing.kept[2:]
    visit.unattended = False
    if visit.state is VisitState.ENDED:
        visit.version += 1  # it was closed already; when it stopped stays true (TEL-10)
        happenings.tell_boards(session, visit, now=now)
    else:
        _close(session, visit, "ended", now=now)
    audit.record(
        session,
        actor,
        "visit:end",
        visit.id,
        now=now,
        patient_id=visit.patient_id,
        policy_version=times.version,
    )
    return visit


def _said_about(visit: Visit) -> tuple[str, str, str, str]:
    return visit.outcome, visit.technical_outcome, visit.next_step, visit.next_words


def reopen(
    session: Session, actor: Actor, visit_id: uuid.UUID, times: Policy, *, now: datetime
) -> Visit:
    """Take an ended visit up again inside its appointment: same room, links and people."""
    visit, _own = host_of(session, actor, visit_id)
    if visit.state in OPEN_STATES:
        return visit
    if not policy.may_reopen(visit, times, now=now):
        raise Conflict("The time for this visit is over. Open a new one.", code="visit-over")
    _open_again(visit)
    visit.hostless_since = now
    begin(session, visit, now=now)  # whoever was in comes back without a second admission
    happenings.tell_boards(session, visit, now=now)
    audit.record(session, actor, "visit:reopen", visit.id, now=now, patient_id=visit.patient_id)
    return visit


def may_come_back(visit: Visit, seat: Participant, times: Policy, *, now: datetime) -> bool:
    """The room closed because no clinician was in it: the patient need not accept that."""
    is_hers = seat.role is Role.PATIENT and seat.stage is not Stage.REMOVED
    return is_hers and visit.unattended and policy.may_reopen(visit, times, now=now)


def come_back(session: Session, actor: Actor, times: Policy, *, now: datetime) -> None:
    """The patient opens the room again and waits in it, where staff see and hear of it."""
    seat = seat_of(session, actor)
    hold_room(session, seat.room_id)
    visit = visit_in(session, seat.room_id)
    if visit.state in OPEN_STATES:
        return
    if not may_come_back(visit, seat, times, now=now):
        raise Conflict("This visit is over. Please call us.", code="visit-over")
    _open_again(visit)
    seat.stage, seat.admitted_session, seat.waiting_since = Stage.WAITING, None, now
    told = f"{seat.name} waits again. The room had closed without a clinician."
    front_desk.ask(session, visit, "came-back", told, due_at=now + times.late_step, now=now)
    audit.record(
        session,
        actor,
        "visit:come-back",
        visit.id,
        now=now,
        patient_id=visit.patient_id,
        reason="NUD-10",
    )


def _open_again(visit: Visit) -> None:
    visit.state = VisitState.WAITING
    visit.ended_at = visit.hostless_since = None
    visit.unattended = False
    visit.outcome = visit.technical_outcome = ""  # how it went is said again at the end
    visit.version += 1


def leave(
    session: Session, actor: Actor, page: str, *, now: datetime, visit_id: uuid.UUID | None
) -> None:
    """One page goes away on purpose; seat, admission and link stay."""
    seat = seat_of(session, actor, visit_id)
    hold_room(session, seat.room_id)
    if not seats.holds(seat, actor.session, page):
        return  # an older page of theirs: the seat has moved on
    seats.leave(seat, now=now)
    happenings.tell_boards(session, visit_in(session, seat.room_id), now=now)


def to_watch(session: Session) -> Sequence[uuid.UUID]:
    """Open visits in which somebody is in the room, begun or not (NUD-10)."""
    somebody_in = (
        select(Participant.id)
        .where(Participant.room_id == Visit.room_id, Participant.stage == Stage.ADMITTED)
        .exists()
    )
    inside = or_(Visit.state == VisitState.IN_PROGRESS, somebody_in)
    found = select(Visit.id).where(Visit.state.in_(OPEN_STATES), inside)
    return session.scalars(found.order_by(Visit.id)).all()


def close_if_unattended(
    session: Session, visit_id: uuid.UUID, times: Policy, *, now: datetime
) -> bool:
    """Note since when no host is in the room, and close it after the limit.

    Silence of signaling does not count: a node that says nothing proves nothing.
    """
    hold_room(session, session.get_one(Visit, visit_id).room_id)
    visit = session.get_one(Visit, visit_id)
    hosts = [
        seat
        for seat in participants(session, visit.room_id)
        if seat.role in HOSTS and seat.stage is not Stage.REMOVED
    ]
    here = any(policy.is_here(host, now=now) for host in hosts)
    if here or happenings.is_silent(session, visit.room.node, now=now):
        visit.hostless_since = None
    elif visit.hostless_since is None:
        visit.hostless_since = max(_last_left(hosts) or now, visit.began_at or visit.starts_at)
    if not policy.is_unattended(visit, times, hostless_since=visit.hostless_since, now=now):
        return False
    visit.unattended = True
    _close(session, visit, "unattended", now=now)
    audit.record(
        session,
        SYSTEM,
        "visit:unattended",
        visit.id,
        now=now,
        reason="NUD-10",
        policy_version=times.version,
        clinic_id=visit.clinic_id,
        patient_id=visit.patient_id,
    )
    return True


def _last_left(hosts: Sequence[Participant]) -> datetime | None:
    """When the last of them went; None if one of them may only have fallen silent just now."""
    if any(host.present_until is not None for host in hosts):
        return None
    return max((host.left_at for host in hosts if host.left_at), default=None)


def _close(session: Session, visit: Visit, code: str, *, now: datetime) -> None:
    visit.state = VisitState.ENDED
    visit.ended_at = now
    visit.version += 1
    for seat in participants(session, visit.room_id):
        seats.leave(seat, now=now)
        if seat.stage is Stage.ADMITTED and seat.role not in HOSTS | {Role.PATIENT}:
            seat.stage = Stage.WAITING  # ROLE-3: companions are out when the visit is
            seat.admitted_session = None
    control.order(session, visit.room.node, "end", room=visit.room.name, reason=code, now=now)
    happenings.tell_boards(session, visit, now=now)
