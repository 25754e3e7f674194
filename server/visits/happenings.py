"""What signaling claims to have seen: presence and media states, bound to a seat; nothing more.

A claim never admits, ends or attests; it only keeps a seat warm and a board truthful.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from config.policy import Policy
from server.control import service as control
from server.errors import Invalid
from server.visits.models import Participant, Room, SignalingNodeLife, Visit
from server.visits.queries import visit_in

#: a node that said nothing for this long may be gone
SILENCE = timedelta(seconds=12)


Name = Annotated[str, Field(max_length=64)]
Count = Annotated[int, Field(ge=0, lt=2**53)]


class Happening(BaseModel):
    """One claim about one seat."""

    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)

    room: Name
    peer: Name
    page: Name
    seat: Count
    what: Literal["joined", "left", "state", "present"]
    muted: bool = False
    camera: bool = True
    hidden: bool = False
    connected: bool = False


class Batch(BaseModel):
    """What one life of a node saw, in its own order."""

    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)

    node: Name
    boot: Name
    seq: Count
    events: list[Happening]


def hear(session: Session, claims: Mapping[str, Any], times: Policy, *, now: datetime) -> int:
    """Take in one signed batch; returns how many of its claims were about a living seat.

    A batch that was heard already, or is older than one heard from the same life of the node,
    has no effect.
    """
    try:
        batch = Batch.model_validate(claims)
    except ValidationError:
        raise Invalid("These are no claims of ours.") from None
    if not _is_news(session, batch, now):
        return 0
    taken = 0
    touched: dict[uuid.UUID, Visit] = {}
    seats = _seats(session, batch.events)
    for event in batch.events:
        seat = seats.get((event.room, event.peer))
        if seat is None or (seat.seat, seat.page) != (event.seat, event.page):
            continue  # an older seat or page of theirs: its news is no longer about them
        if seat.seat_session is None:
            continue  # their access has ended: no claim keeps that seat warm (C-06)
        taken += 1
        if _apply(seat, event, times, now):
            visit = visit_in(session, seat.room_id)
            touched[visit.id] = visit
    for visit in touched.values():
        tell_boards(session, visit, now=now)
    return taken


def is_silent(session: Session, node: str, *, now: datetime) -> bool:
    """Whether a node has said nothing for a while; its silence proves nothing about people."""
    life = session.get(SignalingNodeLife, node)
    return life is None or now - life.heard_at > SILENCE


def tell_boards(session: Session, visit: Visit, *, now: datetime) -> None:
    """Everybody who looks at this clinic's day fetches it again."""
    control.tell_boards(session, visit.clinic_id, now=now)


def _is_news(session: Session, batch: Batch, now: datetime) -> bool:
    node, boot, seq = batch.node, batch.boot, batch.seq
    life = session.get(SignalingNodeLife, node, with_for_update=True)
    if life is None:
        session.add(SignalingNodeLife(node=node, boot=boot, seq=seq, heard_at=now))
        return True
    if life.boot == boot and seq <= life.seq:
        return False
    life.boot, life.seq, life.heard_at = boot, seq, now
    return True


def _seats(session: Session, events: Sequence[Happening]) -> dict[tuple[str, str], Participant]:
    """The seats a batch is about, in one look, and held in one order: nobody waits in a circle.

    A board's peer is no seat of ours and is not found.
    """
    peers = {peer for event in events if (peer := id_of(event.peer)) is not None}
    found = session.execute(
        select(Participant, Room.name)
        .join(Room, Participant.room_id == Room.id)
        .where(Participant.id.in_(peers))
        .order_by(Participant.id)
        .with_for_update(of=Participant, key_share=True)
    )
    return {(room, str(seat.id)): seat for seat, room in found}


def id_of(peer: str) -> uuid.UUID | None:
    """The row a peer names; a board names none."""
    try:
        return uuid.UUID(peer)
    except ValueError:
        return None


def _apply(seat: Participant, event: Happening, times: Policy, now: datetime) -> bool:
    """Whether a board would look different now."""
    before = (seat.connected, seat.muted, seat.camera, seat.hidden, seat.present_until is None)
    if event.what == "left":
        seat.present_until = None
        seat.connected = False
        seat.left_at = now
    else:
        seat.present_until = now + times.seat_lease
        seat.left_at = None
        seat.connected, seat.muted = event.connected, event.muted
        seat.camera, seat.hidden = event.camera, event.hidden
    after = (seat.connected, seat.muted, seat.camera, seat.hidden, seat.present_until is None)
    return before != after or event.what == "joined"
