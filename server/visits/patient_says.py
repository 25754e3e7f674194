"""One tap for the clinic: running late, cannot come, please call me instead."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from config.policy import Policy
from server.access.actor import Actor
from server.audit import service as audit
from server.control import service as control
from server.visits import front_desk, happenings, invitations, quietly, words
from server.visits.kinds import Role, VisitKind, VisitState
from server.visits.models import Participant, Visit
from server.visits.queries import check_in_of, hold_room, seat_of, visit_in

#: until it has begun, the patient's word frees the time
MAY_CALL_OFF = frozenset(
    {VisitState.BOOKED, VisitState.CONFIRMED, VisitState.PRECHECK, VisitState.WAITING}
)


def running_late(session: Session, actor: Actor, *, now: datetime) -> None:
    """They are on their way; staff see it, and the link stays open."""
    seat = seat_of(session, actor)
    visit = visit_in(session, seat.room_id)
    seat.running_late_at = now
    happenings.tell_boards(session, visit, now=now)
    audit.record(
        session, actor, "visit:running-late", visit.id, now=now, patient_id=visit.patient_id
    )


def cannot_come(
    session: Session, actor: Actor, why: str, *, call_me: bool, times: Policy, now: datetime
) -> None:
    """The patient calls it off; a safety visit stays open, and somebody calls (NUD-9).

    Asking twice changes nothing, and is no mistake of theirs (R-07).
    """
    seat = seat_of(session, actor)
    hold_room(session, seat.room_id)
    visit = visit_in(session, seat.room_id)
    if visit.state is VisitState.CANCELLED_PT:
        quietly.hear(session, seat, visit, [why], times, now=now)
        return
    if why.strip():
        words.to_clinic(session, actor, why, times, now=now)
    if _is_theirs_to_call_off(seat, visit):
        visit.state = VisitState.CANCELLED_PT
        visit.version += 1
        invitations.say_cancelled(session, visit, by=seat, now=now)
        room = visit.room
        control.order(session, room.node, "end", room=room.name, reason="cancelled", now=now)
    wish = "Please call for a new time." if call_me else "They do not ask for a new time."
    told = f"{seat.name} cannot come. {wish}"
    due_at = now + times.cannot_come_due
    front_desk.ask(session, visit, "cannot-come", told, due_at=due_at, now=now)
    audit.record(
        session, actor, "visit:cannot-come", visit.id, now=now, patient_id=visit.patient_id
    )


def phone_instead(session: Session, actor: Actor, times: Policy, *, now: datetime) -> None:
    """No picture today: somebody calls the number they checked in with."""
    seat = seat_of(session, actor)
    visit = visit_in(session, seat.room_id)
    answers = check_in_of(session, seat.id)
    number = answers.phone if answers and answers.phone else "the number on file"
    told = f"{seat.name} asks to be called: {number}."
    front_desk.ask(session, visit, "phone-instead", told, due_at=now + times.late_step, now=now)
    audit.record(
        session, actor, "visit:phone-instead", visit.id, now=now, patient_id=visit.patient_id
    )


def _is_theirs_to_call_off(seat: Participant, visit: Visit) -> bool:
    return (
        seat.role is Role.PATIENT
        and visit.state in MAY_CALL_OFF
        and visit.kind is not VisitKind.CRISIS_CHECKIN
    )
