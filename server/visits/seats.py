"""One seat per participant, however many tabs and devices; who holds it, and moving (C-18)."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from server.errors import Conflict
from server.visits.models import Participant


class SeatTaken(Conflict):
    """The visit is open on another tab or device of the same person."""

    code = "seat-taken"


@dataclass(frozen=True)
class Page:
    """One load of a page, in one tab, of one browser session."""

    session: str
    tab: str
    page: str


def take(
    seat: Participant, page: Page, *, move: bool, lease: timedelta, now: datetime
) -> int | None:
    """Sit down; returns the new seat number when somebody must make room, else None.

    The same tab keeps it after a reload. Another is asked first while the seat is warm.
    """
    if (seat.seat_session, seat.seat_tab) == (page.session, page.tab):
        seat.page = page.page
        return None
    warm = seat.present_until is not None and seat.present_until > now
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
