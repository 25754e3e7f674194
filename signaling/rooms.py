"""All rooms of this node: from a socket, or from a word of web, to what must be sent (T-25)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import Field

from signaling.candidates import Sieve
from signaling.limits import CLOCK_SLACK, TOMBSTONE
from signaling.protocol import (
    Bye,
    Candidates,
    Describe,
    Description,
    Expect,
    FromBrowser,
    IceServer,
    Message,
    PeerState,
    Refused,
)
from signaling.room import Answer, Room
from signaling.seats import Cut, Delivery, Effect, Report, Seat, key_of, relayed
from signaling.tickets import Ticket, TicketRefused

NAME = Annotated[str, Field(min_length=1, max_length=64)]
PEERS_AT_ONCE = 256


class Order(Message):
    """One thing web tells this node to do."""

    do: Literal["admit", "park", "remove", "move", "end", "change", "revoke", "rehome"]
    room: NAME | None = None
    peer: NAME | None = None
    peers: Annotated[list[NAME], Field(max_length=PEERS_AT_ONCE)] = Field(default_factory=list)
    """Whom a `revoke` is about, besides `peer`: all seats and boards of one person."""
    seat: int | None = None
    epoch: int = 0
    ice_servers: list[IceServer] | None = None
    reason: Annotated[str, Field(max_length=64)] | None = None
    said_at: float | None = None
    """When web decided, in seconds; an order that was overtaken on its way is not obeyed."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a socket sits."""

    room: str
    key: str


@dataclass
class Rooms:
    """Every room by id, and every seated socket's place; no sockets, no clock."""

    sieve: Sieve
    _rooms: dict[str, Room] = field(default_factory=dict)
    _places: dict[str, Place] = field(default_factory=dict)
    _revoked: dict[str, datetime] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self._rooms)

    def reason_to_refuse(self, ticket: Ticket) -> None:
        """Raise TicketRefused when web has said something newer than this ticket."""
        revoked_at = self._revoked.get(ticket.peer)
        if revoked_at and ticket.issued_at <= revoked_at + CLOCK_SLACK:
            raise TicketRefused("removed")
        self._rooms.get(ticket.room, Room()).reason_to_refuse(ticket)

    def join(
        self, ticket: Ticket, socket: str, offer: Description | None = None
    ) -> list[Effect]:
        """Seat a socket by its ticket, with the first offer it may have brought along."""
        self.reason_to_refuse(ticket)
        room = self._rooms.setdefault(ticket.room, Room())
        brought = None if offer is None else self.sieve.description(offer, ticket.epoch)
        effects = room.join(ticket, socket, brought)
        self._places[socket] = Place(ticket.room, key_of(ticket))
        return self._settled(effects)

    def leave(self, socket: str) -> list[Effect]:
        """A socket closed; one that was replaced before no longer has a seat to lose."""
        place = self._places.pop(socket, None)
        if place is None:
            return []
        return list(self._rooms[place.room].lose(place.key))

    def hear(self, socket: str, message: FromBrowser) -> list[Effect]:
        """What follows from a browser's message; who and where it is, its seat says."""
        place = self._places.get(socket)
        if place is None:
            return []
        room = self._rooms[place.room]
        seat = room.seats[place.key]
        if isinstance(message, Describe | Candidates):
            return list(self._relay(room, seat, message))
        if isinstance(message, Expect):
            if seat.stage == "admitted" and seat.ticket.host:
                return list(room.expect(seat, message.peer))
            # As in _relay: the same words whether anybody waits or not.
            return [Delivery(socket, Refused(code="not-admitted"))]
        if seat.stage == "board":
            return [Delivery(socket, Refused(code="not-admitted"))]
        if isinstance(message, Bye):
            return self._settled(room.dismiss(place.key))
        state = PeerState.model_construct(**message.model_dump(exclude={"type"}))
        return room.say(place.key, state)

    def _relay(self, room: Room, seat: Seat, message: Describe | Candidates) -> list[Delivery]:
        """Pass a message to another admitted peer of the same visit, and to nobody else."""
        sender, to, socket = seat.ticket.peer, message.to, seat.socket
        assert socket is not None  # noqa: S101  (it has just spoken)
        if seat.stage != "admitted":
            # The same words whoever is in the room, or nobody: a waiting client learns nothing.
            return [Delivery(socket, Refused(code="not-admitted"))]
        if message.epoch != seat.ticket.epoch:
            return []
        other = room.seats.get(to)
        if other is None or other.stage != "admitted" or to == sender:
            return [Delivery(socket, Refused(code="unknown-peer"))]
        if other.socket is None:
            return []  # away for a moment; the roster says when they are back
        if isinstance(message, Describe):
            room.offers.described(sender, to, message.description.type)
            return relayed(other.socket, sender, self.sieve.describe(message))
        batch = self.sieve.candidates(message, room_for=room.offers.candidates_left(sender, to))
        if batch is None:
            return []
        room.offers.spend(sender, to, len(batch.candidates))
        return relayed(other.socket, sender, batch)

    def obey(self, order: Order, *, now: datetime) -> tuple[bool, list[Effect]]:
        """Do what web says; whether anybody it concerns was here, and what follows."""
        if order.said_at is not None:
            now = min(now, datetime.fromtimestamp(order.said_at, UTC))
        if order.do == "revoke":
            return self._revoke([*order.peers, *([order.peer] if order.peer else [])], now)
        if order.room is None:
            return False, []
        room = self._rooms.setdefault(order.room, Room())
        if order.peer is not None and room.words.overtaken(order.peer, now):
            return False, []
        here, effects = _obey(room, order, now)
        return here, self._settled(effects)

    def _revoke(self, peers: Sequence[str], said_at: datetime) -> tuple[bool, list[Effect]]:
        """Nothing they were given before that moment opens or holds a socket any more."""
        found, effects = False, list[Effect]()
        for peer in peers:
            self._revoked[peer] = max(said_at, self._revoked.get(peer, said_at))
            for room in self._rooms.values():
                here, more = room.revoke(peer, said_at=said_at)
                found, effects = found or here, effects + more
        return found, self._settled(effects)

    def _settled(self, effects: list[Effect]) -> list[Effect]:
        """Free the places of sockets to be cut, so that their late close changes nothing."""
        for effect in effects:
            if isinstance(effect, Cut):
                self._places.pop(effect.socket, None)
        return effects

    def present(self) -> Iterator[Report]:
        """Everybody who sits here: web keeps a lease, and says who may sit no longer (C-06)."""
        for room in self._rooms.values():
            for seat in room.seats.values():
                if seat.socket is not None:
                    yield Report("present", seat)

    def sweep(self, *, now: datetime) -> None:
        """Forget rooms that are empty and whose last tickets have run out."""
        self._rooms = {k: room for k, room in self._rooms.items() if not room.forgettable(now)}
        self._revoked = {p: at for p, at in self._revoked.items() if now - at < TOMBSTONE}


def _obey(room: Room, order: Order, now: datetime) -> Answer:
    match order.do:
        case "end":
            return room.end(code=order.reason or "ended", now=now)
        case "rehome":
            return room.rehome(epoch=order.epoch)
        case "change":
            return room.change(order.peer)
    if order.peer is None:
        return False, []
    match order.do:
        case "admit":
            servers = order.ice_servers or []
            return room.admit(order.peer, seat=order.seat, ice_servers=servers, now=now)
        case "park":
            return room.park(order.peer, now=now)
        case "remove":
            return room.remove(order.peer, code="removed", now=now)
        case _:
            return room.move(order.peer, seat=order.seat or 0)
