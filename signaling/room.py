"""One visit's room: who sits in it, who waits before it, and what each of them is told."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from signaling import protocol
from signaling.limits import BOARDS_PER_PERSON, CLOCK_SLACK, TOMBSTONE
from signaling.offers import Offers
from signaling.protocol import IceServer, Message, PeerState, RelayedDescribe
from signaling.seats import (
    Cut,
    Delivery,
    Effect,
    Report,
    Seat,
    displaced,
    key_of,
    listed,
    relayed,
    taken_over,
    welcome,
)
from signaling.tickets import Ticket, TicketRefused
from signaling.words import Word, Words

Answer = tuple[bool, list[Effect]]
"""Whether the one meant is here, and what follows."""


@dataclass
class Room:
    """Soft state of one visit; a new node starts without it and nothing is lost."""

    seats: dict[str, Seat] = field(default_factory=dict)
    words: Words = field(default_factory=Words)
    offers: Offers = field(default_factory=Offers)
    quiet_since: datetime | None = None

    def reason_to_refuse(self, ticket: Ticket) -> None:
        """Raise TicketRefused when this ticket seats nobody here any more."""
        self.words.refuse(ticket)
        if ticket.stage == "board":
            mine = [
                key
                for key, seat in self.seats.items()
                if seat.stage == "board" and seat.ticket.peer == ticket.peer
            ]
            if len(mine) >= BOARDS_PER_PERSON and key_of(ticket) not in mine:
                raise TicketRefused("full")

    def join(
        self, ticket: Ticket, socket: str, offer: RelayedDescribe | None = None
    ) -> list[Effect]:
        """Seat a socket; a participant has one seat, and the newest socket has it."""
        self.reason_to_refuse(ticket)
        stage = self.words.stage(ticket)
        self.words.seated(ticket)
        key = key_of(ticket)
        before = self.seats.get(key)
        seat = Seat(ticket, socket, stage, taken_over(before, ticket), offer)
        self.seats[key] = seat
        effects = displaced(before, ticket) if before else []
        effects += [Delivery(socket, welcome(seat)), Report("joined", seat)]
        if stage == "admitted":
            self.offers.arrive(ticket.peer, ticket.page)
            if ticket.stage == "waiting":
                servers = list(self.words.last[ticket.peer].ice_servers)
                effects.append(Delivery(socket, protocol.Admitted(ice_servers=servers)))
            effects += self._introduced(ticket.peer)
        elif before and before.stage == "admitted":
            self.offers.forget(ticket.peer)
            effects += self.rosters()
        return effects

    def lose(self, key: str) -> list[Effect]:
        """The socket of a seat is gone; the admitted keep their place until web says more."""
        seat = self.seats[key]
        if seat.stage != "admitted":
            del self.seats[key]
            return [Report("left", seat)]
        self.seats[key] = replace(seat, socket=None)
        return [Report("left", seat), *self.rosters()]

    def dismiss(self, key: str, *words: Message) -> list[Effect]:
        """Somebody goes for good: the others close their connection at once."""
        seat = self.seats.pop(key)
        effects: list[Effect] = []
        if seat.socket is not None:
            effects += [Delivery(seat.socket, word) for word in words]
            effects += [Cut(seat.socket), Report("left", seat)]
        if seat.stage == "admitted":
            self.offers.forget(seat.ticket.peer)
            effects += self.rosters()
        return effects

    def say(self, key: str, state: PeerState) -> list[Effect]:
        """Somebody's microphone, camera, page or media changed."""
        seat = self.seats[key]
        if seat.state == state:
            return []
        changed = replace(seat, state=state)
        self.seats[key] = changed
        told = self.rosters() if seat.stage == "admitted" else []
        return [Report("state", changed), *(d for d in told if d.to != seat.socket)]

    def admitted(self) -> Iterator[tuple[str, Seat]]:
        """The seats among which messages may pass."""
        return ((key, seat) for key, seat in self.seats.items() if seat.stage == "admitted")

    def expect(self, host: Seat, peer: str) -> list[Delivery]:
        """Hand a host the offer of somebody who waits, and who hears nothing of it (C-12)."""
        seat = self.seats.get(peer)
        if seat is None or seat.stage != "waiting" or seat.offer is None:
            return []
        self.seats[peer] = replace(seat, expected_by=(host.ticket.peer, host.ticket.page))
        return relayed(host.socket or "", peer, seat.offer)

    def _introduced(self, peer: str) -> list[Delivery]:
        """Everybody hears who has come; one of them gets, or has, the offer they brought."""
        seat = self.seats[peer]
        self.seats[peer] = replace(seat, offer=None, expected_by=None)
        here = [each for each in self.offers.due(peer) if self.seats[each].socket is not None]
        if seat.offer is None or not here:
            return self.rosters()
        holding = [e for e in here if (e, self.seats[e].ticket.page) == seat.expected_by]
        to = (holding or here)[0]
        self.offers.described(peer, to, "offer")
        if holding:
            return self.rosters({peer: {"offered": to}, to: {"answer_to": peer}})
        handed = relayed(self.seats[to].socket or "", peer, seat.offer)
        return [*self.rosters({peer: {"offered": to}}), *handed]

    def rosters(self, more: Mapping[str, Mapping[str, Any]] | None = None) -> list[Delivery]:
        """The whole roster for each admitted socket, without its reader; `more` for some."""
        everybody = [listed(seat) for _, seat in self.admitted()]
        here = {each.peer for each in everybody if each.here}
        return [
            Delivery(
                seat.socket,
                protocol.Roster(
                    peers=[each for each in everybody if each.peer != peer],
                    offer_to=[other for other in self.offers.due(peer) if other in here],
                    **(more or {}).get(peer, {}),
                ),
            )
            for peer, seat in self.admitted()
            if seat.socket is not None
        ]

    def admit(
        self, peer: str, *, seat: int | None, ice_servers: list[IceServer], now: datetime
    ) -> Answer:
        """Let a waiting participant in, on the seat for which it was agreed."""
        self.words.last[peer] = Word("admit", now, seat, tuple(ice_servers))
        sitting = self.seats.get(peer)
        if sitting is None or sitting.socket is None or seat not in (None, sitting.ticket.seat):
            return False, []
        told: list[Effect] = [
            Delivery(sitting.socket, protocol.Admitted(ice_servers=ice_servers))
        ]
        if sitting.stage == "waiting":
            promoted = replace(sitting, stage="admitted")
            self.seats[peer] = promoted
            self.offers.arrive(peer, sitting.ticket.page)
            told += [Report("state", promoted), *self._introduced(peer)]
        return True, told

    def park(self, peer: str, *, now: datetime) -> Answer:
        """Send a participant back to waiting (private time, or sent back)."""
        self.words.last[peer] = Word("park", now)
        sitting = self.seats.get(peer)
        if sitting is None or sitting.stage != "admitted":
            return sitting is not None, []
        self.offers.forget(peer)
        if sitting.socket is None:
            del self.seats[peer]
            return False, [*self.rosters()]
        parked = replace(sitting, stage="waiting")
        self.seats[peer] = parked
        told = Delivery(sitting.socket, welcome(parked))
        return True, [told, Report("state", parked), *self.rosters()]

    def remove(self, peer: str, *, code: str, now: datetime) -> Answer:
        """Put a participant out; no ticket from before this moment opens the door again."""
        self.words.last[peer] = Word("remove", now)
        effects: list[Effect] = []
        keys = [key for key, seat in self.seats.items() if seat.ticket.peer == peer]
        for key in keys:
            effects += self.dismiss(key, protocol.Ended(code=code))
        return bool(keys), effects

    def revoke(self, peer: str, *, said_at: datetime) -> Answer:
        """Put out whoever sits by a ticket from before; a newer one was given rightly."""
        keys = [
            key
            for key, seat in self.seats.items()
            if seat.ticket.peer == peer and seat.ticket.issued_at <= said_at + CLOCK_SLACK
        ]
        effects: list[Effect] = []
        for key in keys:
            effects += self.dismiss(key, protocol.Ended(code="removed"))
        return bool(keys), effects

    def move(self, peer: str, *, seat: int) -> Answer:
        """Tell the old device that the seat went elsewhere; the new one brings its ticket."""
        self.words.moved(peer, seat)
        sitting = self.seats.get(peer)
        if sitting is None or sitting.socket is None or sitting.ticket.seat >= seat:
            return False, []
        socket = sitting.socket
        return True, [Delivery(socket, protocol.Moved()), Cut(socket), *self.lose(peer)]

    def end(self, *, code: str, now: datetime) -> Answer:
        """Close the room: everybody is told why, and older tickets are dead."""
        self.words.ended_at = now
        return self._clear(protocol.Ended(code=code))

    def rehome(self, *, epoch: int) -> Answer:
        """Send everybody for a fresh ticket: the room lives on another node now."""
        self.words.epoch = max(self.words.epoch, epoch)
        return self._clear(protocol.Changed())

    def change(self, peer: str | None) -> Answer:
        """Tell one participant, or everybody here, to ask web again; no content."""
        told: list[Effect] = [
            Delivery(seat.socket, protocol.Changed())
            for seat in self.seats.values()
            if seat.socket is not None and peer in (None, seat.ticket.peer)
        ]
        return bool(told), told

    def _clear(self, word: Message) -> Answer:
        effects: list[Effect] = []
        for seat in self.seats.values():
            if seat.socket is not None:
                effects.append(Delivery(seat.socket, word))
                effects += [Cut(seat.socket), Report("left", seat)]
        self.seats, self.offers = {}, Offers()
        return bool(effects), effects

    def forgettable(self, now: datetime) -> bool:
        """Whether nobody is here and every ticket this room must still refuse has run out."""
        silent = self.words.fade(now)
        if any(seat.socket is not None for seat in self.seats.values()):
            self.quiet_since = None
            return False
        self.quiet_since = self.quiet_since or now
        return silent and now - self.quiet_since >= TOMBSTONE
