"""Who sits on a node and may no longer: what web answers to signaling's own claims (C-06).

Orders carry a revocation at once. This is its second road, for an order that was lost, a node
that came back after it, or a control port that nobody reaches: each batch of presence is held
against the rows, and the answer names whoever must go. It is asked of the rows alone, so that
it is right whatever was or was not delivered before.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.control.placement import BOARD, board_room
from server.identity import sessions
from server.visits.happenings import Happening, id_of
from server.visits.kinds import OPEN_STATES, Stage, VisitState
from server.visits.models import Participant, Room, Visit

#: an order as signaling reads it
Order = dict[str, Any]


@dataclass(frozen=True)
class Found:
    """What the node must do, and the browsers whose seats web has not taken back itself yet."""

    orders: Sequence[Order]
    browsers: frozenset[str]


@dataclass(frozen=True)
class Seat:
    """What of a row decides whether the socket that claims it may stay."""

    stage: Stage
    seat: int
    page: str | None
    #: who holds it, or nobody since `ended_at`
    browser: str
    ended_at: datetime | None
    is_open: bool


def found_in(session: Session, claims: Mapping[str, Any], *, now: datetime) -> Found:
    """Who of the sockets this node has just told us of must go; most often nobody."""
    here = [
        event
        for each in claims["events"]
        if (event := Happening.model_validate(each)).what != "left"
    ]
    boards = [event for event in here if event.room.startswith(BOARD)]
    calls = [event for event in here if not event.room.startswith(BOARD)]
    seats = _seats(session, calls, now)
    orders = [*_of_boards(session, boards, now), *_of_calls(calls, seats, now)]
    ended = {seat.browser for seat in seats.values() if seat.ended_at is not None}
    return Found(orders, frozenset(ended - {""}))


def order_about(event: Happening, seat: Seat | None, *, now: datetime) -> Order | None:
    """What follows from one claim and the row it is about; pure."""

    def do(what: str, said_at: datetime, **facts: Any) -> Order:
        return {"do": what, "room": event.room, "said_at": said_at.timestamp(), **facts}

    if seat is None or seat.stage is Stage.REMOVED:
        return do("remove", now, peer=event.peer)
    if not seat.is_open:
        return do("end", now, reason="ended")
    if seat.seat > event.seat:
        return do("move", now, peer=event.peer, seat=seat.seat)
    if seat.ended_at is not None and seat.page == event.page:
        # As of then: a ticket given since, to another browser of theirs, is a good one.
        return do("revoke", seat.ended_at, peer=event.peer)
    return None


def _of_calls(
    events: Sequence[Happening], seats: Mapping[tuple[str, str], Seat], now: datetime
) -> Iterator[Order]:
    said: set[tuple[str, str]] = set()
    for event in events:
        order = order_about(event, seats.get((event.room, event.peer)), now=now)
        if order is None:
            continue
        once = (order["do"], event.room if order["do"] == "end" else event.peer)
        if once not in said:
            said.add(once)
            yield order


def _seats(
    session: Session, events: Collection[Happening], now: datetime
) -> dict[tuple[str, str], Seat]:
    peers = {peer for event in events if (peer := id_of(event.peer)) is not None}
    if not peers:
        return {}
    found = session.execute(
        select(Participant, Room.name, Visit.state)
        .join(Room, Participant.room_id == Room.id)
        .join(Visit, Visit.room_id == Room.id)
        .where(Participant.id.in_(peers), Visit.state != VisitState.CONVERTED_SAFETY)
    ).all()
    held = {seat.seat_session for seat, _, _ in found if seat.seat_session}
    ended = sessions.ended_at(session, held)
    return {
        (room, str(seat.id)): Seat(
            stage=seat.stage,
            seat=seat.seat,
            page=seat.page,
            browser=seat.seat_session or "",
            ended_at=ended.get(seat.seat_session) if seat.seat_session else seat.left_at or now,
            is_open=state in OPEN_STATES,
        )
        for seat, room, state in found
    }


def _of_boards(session: Session, events: Sequence[Happening], now: datetime) -> Iterator[Order]:
    for room in sorted({event.room for event in events}):
        clinic_id = id_of(room.removeprefix(BOARD))
        may = (
            sessions.boards_that_may_listen(session, clinic_id, now=now)
            if clinic_id is not None and room == board_room(clinic_id)
            else frozenset[str]()
        )
        peers = {event.peer for event in events if event.room == room} - may
        if peers:
            yield {"do": "revoke", "peers": sorted(peers), "said_at": now.timestamp()}
