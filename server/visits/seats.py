"""One seat per person, however many tabs and devices; who holds it, and moving (C-18)."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.errors import Conflict
from server.visits import policy
from server.visits.kinds import Role, Stage
from server.visits.models import Participant, Room


class SeatTaken(Conflict):
    """The visit is open on another tab or device of the same person."""

    code = "seat-taken"


@dataclass(frozen=True)
class Page:
    """One load of a page, in one tab, of one browser session."""

    session: str
    tab: str
    page: str


def sit(
    session: Session,
    room: Room,
    role: Role,
    name: str,
    now: datetime,
    *,
    patient: uuid.UUID | None = None,
    account: uuid.UUID | None = None,
    companion: uuid.UUID | None = None,
) -> Participant:
    """A new seat in the room, for exactly one person."""
    seat = Participant(
        id=uuid.uuid4(),
        room_id=room.id,
        role=role,
        name=name[:60],
        stage=Stage.INVITED,
        invited_at=now,
        patient_id=patient,
        account_id=account,
        companion_id=companion,
    )
    session.add(seat)
    return seat


def sit_colleague(
    session: Session,
    room: Room,
    role: Role,
    name: str,
    now: datetime,
    *,
    account_id: uuid.UUID,
) -> Participant:
    """A colleague's one seat in the room; whoever was replaced before sits in it again."""
    mine = (Participant.room_id == room.id, Participant.account_id == account_id)
    seat = session.scalar(select(Participant).where(*mine))
    if seat is None:
        return sit(session, room, role, name, now, account=account_id)
    if seat.stage is Stage.REMOVED:
        seat.stage = Stage.INVITED
    seat.role = role  # they may have another one since
    return seat


def take(
    seat: Participant, page: Page, *, move: bool, lease: timedelta, now: datetime
) -> int | None:
    """Sit down; returns the new seat number when somebody must make room, else None.

    The same tab keeps it after a reload. Another is asked first while the seat is warm.
    """
    if (seat.seat_session, seat.seat_tab) == (page.session, page.tab):
        seat.page = page.page
        return None
    warm = policy.is_here(seat, now=now)
    if warm and not move:
        raise SeatTaken("Your visit is open in another tab or on another device.")
    seat.seat += 1
    seat.seat_session, seat.seat_tab, seat.page = page.session, page.tab, page.page
    # Warm until the newcomer's own socket is seen: two tabs that ask at once get one answer.
    seat.present_until = now + lease
    return seat.seat if warm else None


def holds(seat: Participant, session: str, page: str) -> bool:
    """Whether this very page holds the seat."""
    return seat.seat_session == session and seat.page == page


def leave(seat: Participant, *, now: datetime) -> None:
    """Left on purpose, or told by signaling; the seat stays theirs, and cold."""
    seat.present_until = None
    seat.connected = False
    seat.left_at = now


def give_up(seat: Participant, *, now: datetime) -> None:
    """Nobody holds it any more: whoever did has no access, and the others close the call."""
    leave(seat, now=now)
    seat.seat_session = seat.seat_tab = None


def name(participant_id: uuid.UUID) -> str:
    """What a participant is called on the wire."""
    return str(participant_id)
