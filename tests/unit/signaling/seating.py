"""Shorthand for tests of rooms: tickets, messages, and what a socket was told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from signaling.candidates import Sieve
from signaling.protocol import (
    IceServer,
    Message,
    Relayed,
    RelayedDescribe,
    Roster,
    parse,
)
from signaling.rooms import Order, Rooms
from signaling.seats import Cut, Delivery, Effect, Report
from signaling.tickets import Ticket

NINE = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)
RELAY = IceServer(urls=["turn:relay.example"], username="u", credential="c")


def a_ticket(peer: str, *, at: datetime = NINE, **claims: Any) -> Ticket:
    fields: dict[str, Any] = {
        "room": "morgan", "role": "patient", "stage": "admitted", "seat": 1, "epoch": 1,
        "node": "n1", "page": f"{peer}-page", **claims,
    }  # fmt: skip
    return Ticket(peer=peer, issued_at=at, expires_at=at + timedelta(seconds=60), **fields)


def some_rooms(*, loopback: bool = False) -> Rooms:
    return Rooms(Sieve(loopback=loopback))


def an_order(do: str, peer: str | None = None, **more: Any) -> Order:
    return Order.model_validate({"do": do, "room": "morgan", "peer": peer, **more})


def describe(to: str, *, kind: str = "offer", sdp: str = "v=0\r\n", epoch: int = 1) -> Any:
    description = {"type": kind, "sdp": sdp}
    return parse({"type": "describe", "to": to, "description": description, "epoch": epoch})


def candidates(to: str, *lines: str, epoch: int = 1) -> Any:
    batch = [{"candidate": line, "sdpMid": "0"} for line in lines]
    return parse({"type": "candidates", "to": to, "candidates": batch, "epoch": epoch})


def state(**changed: bool) -> Any:
    quiet = {"muted": False, "camera": False, "hidden": False, "connected": False}
    return parse({"type": "state", **quiet, **changed})


def told(effects: list[Effect], socket: str) -> list[Message]:
    return [e.message for e in effects if isinstance(e, Delivery) and e.to == socket]


def handed(effects: list[Effect], socket: str) -> list[tuple[str, str]]:
    """From whom this socket gets which descriptions."""
    return [
        (each.sender, each.message.description.sdp)
        for each in told(effects, socket)
        if isinstance(each, Relayed) and isinstance(each.message, RelayedDescribe)
    ]


def kinds(effects: list[Effect], socket: str) -> list[str]:
    return [message.type for message in told(effects, socket)]  # type: ignore[attr-defined]


def cut(effects: list[Effect]) -> list[str]:
    return [e.socket for e in effects if isinstance(e, Cut)]


def reported(effects: list[Effect]) -> list[tuple[str, str]]:
    return [(e.what, e.seat.ticket.peer) for e in effects if isinstance(e, Report)]


def roster(effects: list[Effect], socket: str) -> Roster | None:
    rosters = [message for message in told(effects, socket) if isinstance(message, Roster)]
    return rosters[-1] if rosters else None


def a_call() -> Rooms:
    """Dr. Rivera and Morgan, admitted in this order; their sockets are named after them."""
    rooms = some_rooms()
    rooms.join(a_ticket("rivera", role="psychiatrist"), "rivera")
    rooms.join(a_ticket("morgan"), "morgan")
    return rooms
