"""Where somebody stands: what their page asks web every few seconds, and obeys (R-01, C-12).

While they wait the answer holds their own state and one fact declassified on purpose: whether
the clinician is free, busy, or late by a multiple of five minutes.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.policy import Policy
from server.access.actor import Actor
from server.visits import ending, guardian_access, guests, policy, seats
from server.visits.guests import AsInvited
from server.visits.kinds import (
    CANCELLED_STATES,
    HOSTS,
    OPEN_STATES,
    Stage,
    VisitState,
)
from server.visits.models import Participant, Room, Visit, VisitMessage
from server.visits.queries import check_in_of, participants, seat_of, visit_in

Standing = dict[str, Any]
RECENT = timedelta(hours=12)


def standing(
    session: Session,
    actor: Actor,
    page: str,
    times: Policy,
    *,
    now: datetime,
    visit_id: uuid.UUID | None = None,
) -> Standing:
    """The state of the asker's own part in the visit."""
    seat = seat_of(session, actor, visit_id)
    visit = visit_in(session, seat.room_id)
    told = guests.as_invited(session, seat, visit)
    room = visit.room
    is_host = seat.role in HOSTS and seat.stage is not Stage.REMOVED
    stage = _stage_word(session, seat, visit, actor, page)
    #: C-12: somebody outside learns only that the visit is open, not what happens in it
    outside = stage in ("precheck", "waiting", "removed", "moved")
    answer: Standing = {
        "visit": {
            "id": str(told.id),
            "state": "OPEN" if outside else visit.state.value,
            "version": 0 if outside else visit.version,
            "kind": visit.kind.value if is_host else "visit",
            "starts_at": told.starts_at.isoformat(),
            "ends_at": told.ends_at.isoformat(),
        },
        "me": {"peer": seats.name(seat.id), "role": seat.role.value, "stage": stage},
        "seat": seat.seat,
        "epoch": room.epoch,
        "node": room.node,
        "clinician": clinician_presence(session, told, times, now=now),
        "messages": [] if is_host else _messages(session, room, seat, now),
        "people": [],
        "ended": _ended(session, visit, seat, times, now) if stage == "ended" else None,
    }
    answer["me"]["seat"] = seat.seat
    if stage == "admitted":
        everybody = participants(session, room.id)
        answer["people"] = [
            _person(p, now, is_host=is_host)
            for p in everybody
            if _may_see(seat, p) and p.id != seat.id
        ]
    return answer


def clinician_presence(
    session: Session, visit: AsInvited, times: Policy, *, now: datetime
) -> dict[str, Any]:
    """Free, busy with somebody, or late: all that a waiting person is told of anybody."""
    elsewhere = session.scalar(
        select(Visit.id)
        .join(Participant, Participant.room_id == Visit.room_id)
        .where(
            Visit.clinician_id == visit.clinician_id,
            Visit.room_id != visit.room_id,
            Visit.state == VisitState.IN_PROGRESS,
            Participant.account_id == visit.clinician_id,
            Participant.present_until > now,
        )
        .limit(1)
    )
    late = policy.minutes_late(visit.starts_at, times, now=now)
    if visit.state is VisitState.IN_PROGRESS:
        late = 0
    presence = "busy" if elsewhere else "late" if late else "free"
    return {"presence": presence, "late_minutes": late}


def _stage_word(
    session: Session, seat: Participant, visit: Visit, actor: Actor, page: str
) -> str:
    if visit.state not in OPEN_STATES:
        return "cancelled" if visit.state in CANCELLED_STATES else "ended"
    stage = policy.stage_now(seat, actor.session)
    if stage is Stage.REMOVED:
        return "removed"
    if seat.seat and page and not seats.holds(seat, actor.session, page):
        return "moved"
    if stage is Stage.ADMITTED:
        return "admitted"
    answers = check_in_of(session, seat.id)
    told = guests.as_invited(session, seat, visit)
    ready = answers is not None and (answers.completed_at or told.continues_id)
    return "waiting" if ready else "precheck"


def _may_see(seat: Participant, other: Participant) -> bool:
    """Hosts see who waits; everybody else sees who is in the room with them."""
    if other.stage is Stage.REMOVED:
        return False
    return seat.role in HOSTS or other.stage is Stage.ADMITTED or other.role in HOSTS


def _person(other: Participant, now: datetime, *, is_host: bool) -> Standing:
    here = policy.is_here(other, now=now)
    return {
        "peer": seats.name(other.id),
        "role": other.role.value,
        "name": other.name,
        "stage": _stage_shown(other),
        "here": here,
        "connected": other.connected and here,
        "new_browser": is_host and other.new_browser_at is not None,
    }


def _stage_shown(other: Participant) -> str:
    """A clinician is in by right, unless their access has ended and nobody holds their seat."""
    by_right = other.role in HOSTS and other.seat_session is not None
    return "admitted" if by_right else other.stage.value


def _messages(session: Session, room: Room, seat: Participant, now: datetime) -> list[Standing]:
    """What the clinic has just written to this seat; clinicians read theirs in the chart."""
    if seat.stage is Stage.REMOVED:
        return []
    found: Sequence[VisitMessage] = session.scalars(
        select(VisitMessage)
        .where(
            VisitMessage.room_id == room.id,
            VisitMessage.participant_id == seat.id,
            VisitMessage.from_clinic.is_(True),
            VisitMessage.at > now - RECENT,
        )
        .order_by(VisitMessage.at)
    ).all()
    return [{"id": str(m.id), "text": m.text, "at": m.at.isoformat()} for m in found]


def _ended(
    session: Session, visit: Visit, seat: Participant, times: Policy, now: datetime
) -> Standing:
    """What comes next is for the patient and whoever answers for them (CLINICAL.md §7)."""
    may_come_back = ending.may_come_back(visit, seat, times, now=now)
    words = _closing_words(visit, seat, may_come_back=may_come_back)
    hears = seat.role in HOSTS or guardian_access.hears_what_comes_next(
        session, seat, visit, times, now=now
    )
    next_words = visit.next_words if hears else ""
    return {"words": words, "next": next_words, "may_come_back": may_come_back}


def _closing_words(visit: Visit, seat: Participant, *, may_come_back: bool) -> str:
    if seat.role in HOSTS:
        why = "The room closed because no clinician was in it." if visit.unattended else ""
        return f"{why} Your note stays open.".strip()
    if visit.unattended:
        then = "You can come back in." if may_come_back else "Please call us."
        return f"The room was closed because your clinician was away. {then}"
    return "This visit is closed." if seat.admitted_at is None else "Thank you for coming."
