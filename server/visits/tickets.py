"""Decide what one page of one participant may do on the socket now: a ticket to be signed."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from config.policy import Policy
from server.access.actor import Actor
from server.audit import service as audit
from server.control import service as control
from server.control.placement import board_peer, board_room, place
from server.errors import Conflict, Gone, NotAllowed
from server.visits import danger, guardian_access, guests, happenings, policy, seats
from server.visits.guests import AsInvited
from server.visits.kinds import HOSTS, Role, Stage, VisitState
from server.visits.models import Participant, Room, Visit
from server.visits.queries import check_in_of, hold_room, seat_of, visit_in
from signaling.tickets import Ticket

CLOSED_WORDS = {
    "visit-cancelled": "This visit was cancelled.",
    "visit-ended": "This visit has ended.",
    "visit-over": "The time for this visit is over.",
    "not-open-yet": "This visit is not open yet.",
    "on-hold": "This visit is not open yet. Do you need somebody now? Please call us.",
}


@dataclass(frozen=True)
class Asked:
    """What the page says when it asks; `unreachable` names a node it cannot reach."""

    page: str
    tab: str
    move: bool = False
    unreachable: str | None = None


class DoorClosed(Gone):
    """The visit cannot be joined now; `code` says which of the reasons it is."""

    bars_person_in_danger = True


def ticket_for(
    session: Session,
    actor: Actor,
    asked: Asked,
    times: Policy,
    nodes: Collection[str],
    *,
    now: datetime,
    visit_id: uuid.UUID | None = None,
) -> tuple[Ticket, Participant, Visit]:
    """The ticket for this page, after every rule of the visit has been asked again.

    Raises DoorClosed, SeatTaken, NotAllowed("removed"), Conflict("check-in-needed").
    """
    seat = seat_of(session, actor, visit_id)
    hold_room(session, seat.room_id)
    visit = visit_in(session, seat.room_id)
    danger.keep_nobody_out(session, visit)
    room = visit.room
    told = visit if seat.stage is Stage.ADMITTED else guests.as_invited(session, seat, visit)
    if code := policy.reason_not_to_join(told, times, now=now):
        raise DoorClosed(CLOSED_WORDS[code], code=code)
    stage = policy.stage_now(seat, actor.session)
    if stage is Stage.REMOVED:
        raise NotAllowed("You are no longer part of this visit.", code="removed")
    guardian_access.refuse_unless_invited(session, seat, now=now)
    if seat.role not in HOSTS and not _has_checked_in(session, seat, told):
        raise Conflict("Please answer a few questions first.", code="check-in-needed")
    page = seats.Page(actor.session, asked.tab, asked.page)
    newer = seats.take(seat, page, move=asked.move, lease=times.seat_lease, now=now)
    _place(session, room, nodes, asked.unreachable, now=now)
    if newer is not None:
        control.order(
            session, room.node, "move", room=room.name, peer=seat.id, seat=newer, now=now
        )
        audit.record(session, actor, "seat:move", seat.id, now=now, patient_id=visit.patient_id)
    seat.left_at = None
    if stage is Stage.WAITING:
        _wait(session, visit, seat, now=now)
    ticket = Ticket(
        room=room.name,
        peer=seats.name(seat.id),
        role=seat.role.value,
        stage="admitted" if stage is Stage.ADMITTED else "waiting",
        seat=seat.seat,
        epoch=room.epoch,
        node=room.node,
        page=asked.page,
        # C-12: it rises with what happens in the room, of which somebody outside learns nothing
        visit_version=visit.version if stage is Stage.ADMITTED else 0,
        host=seat.role in HOSTS,
    )
    return ticket, seat, visit


def board_ticket(actor: Actor, page: str, nodes: Collection[str]) -> Ticket:
    """A socket for a day list or board: it hears `changed` of its clinic and nothing else."""
    room = board_room(actor.clinic_id)
    return Ticket(
        room=room,
        peer=board_peer(actor.session),
        role=actor.role,
        stage="board",
        seat=1,
        epoch=1,
        node=place(room, nodes),
        page=page,
    )


def move_room_off(
    session: Session, room_id: uuid.UUID, dead: str, nodes: Collection[str]
) -> None:
    """Take a room off a node that is gone, once, however many clients ask (compare-and-set)."""
    others = [node for node in nodes if node != dead]
    if not others:
        return
    room = session.get_one(Room, room_id)
    session.execute(
        update(Room)
        .where(Room.id == room_id, Room.node == dead, Room.epoch == room.epoch)
        .values(node=place(room.name, others), epoch=room.epoch + 1)
    )
    session.refresh(room)


def _place(
    session: Session,
    room: Room,
    nodes: Collection[str],
    unreachable: str | None,
    *,
    now: datetime,
) -> None:
    if not room.node:
        room.node = place(room.name, nodes)
    elif unreachable == room.node and happenings.is_silent(session, room.node, now=now):
        move_room_off(session, room.id, room.node, nodes)


def _has_checked_in(session: Session, seat: Participant, visit: AsInvited) -> bool:
    answers = check_in_of(session, seat.id)
    if answers is None:
        return False
    return answers.completed_at is not None or visit.continues_id is not None


def _wait(session: Session, visit: Visit, seat: Participant, *, now: datetime) -> None:
    if seat.stage is not Stage.WAITING:
        # Another browser took the seat: it is the one that waits, and staff must see it wait.
        seat.stage, seat.admitted_session, seat.waiting_since = Stage.WAITING, None, now
    if seat.waiting_since is None:
        seat.waiting_since = now
    if seat.role is Role.PATIENT and visit.state in (
        VisitState.BOOKED,
        VisitState.CONFIRMED,
        VisitState.PRECHECK,
    ):
        visit.state = VisitState.WAITING
        visit.version += 1
    happenings.tell_boards(session, visit, now=now)
