"""Hold tickets against what web has said since they were issued (T-24, C-13)."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from signaling.limits import CLOCK_SLACK, TOMBSTONE
from signaling.protocol import IceServer, Seated
from signaling.tickets import Ticket, TicketRefused


@dataclass(frozen=True, slots=True)
class Word:
    """The last thing web said about a participant, kept until no older ticket can be alive."""

    do: Literal["admit", "park", "remove"]
    said_at: datetime
    seat: int | None = None
    ice_servers: tuple[IceServer, ...] = ()


@dataclass
class Words:
    """What web has said about one room and everybody who was ever in it."""

    epoch: int = 0
    ended_at: datetime | None = None
    last: dict[str, Word] = field(default_factory=dict)
    lowest_seat: dict[str, int] = field(default_factory=dict)

    def refuse(self, ticket: Ticket) -> None:
        """Raise TicketRefused when web has said something newer than this ticket."""
        word = self.last.get(ticket.peer)
        if self.ended_at and ticket.issued_at <= self.ended_at + CLOCK_SLACK:
            raise TicketRefused("ended")
        if word and word.do == "remove" and ticket.issued_at <= word.said_at + CLOCK_SLACK:
            raise TicketRefused("removed")
        if ticket.epoch < self.epoch:
            raise TicketRefused("old-epoch")
        if ticket.seat < self.lowest_seat.get(ticket.peer, 0):
            raise TicketRefused("moved")

    def stage(self, ticket: Ticket) -> Seated:
        """The stage of a ticket, corrected by an admission or a parking it does not know of."""
        if ticket.stage == "echo":
            raise TicketRefused("bad-ticket")
        word = self.last.get(ticket.peer)
        if word is None or ticket.stage == "board":
            return ticket.stage
        if word.do == "admit" and ticket.issued_at <= word.said_at:
            # Admission belongs to one seat: another browser with the same link still waits.
            return "admitted" if word.seat in (None, ticket.seat) else ticket.stage
        if word.do == "park" and ticket.issued_at <= word.said_at + CLOCK_SLACK:
            return "waiting"
        return ticket.stage

    def overtaken(self, peer: str, said_at: datetime) -> bool:
        """Whether web has said something newer about this participant already."""
        word = self.last.get(peer)
        return word is not None and said_at < word.said_at

    def seated(self, ticket: Ticket) -> None:
        """A ticket was used: older epochs and lower seats are over."""
        self.epoch = max(self.epoch, ticket.epoch)
        if ticket.stage != "board":
            self.lowest_seat[ticket.peer] = ticket.seat

    def moved(self, peer: str, seat: int) -> None:
        """The participant's seat is on another device now."""
        self.lowest_seat[peer] = max(seat, self.lowest_seat.get(peer, 0))

    def fade(self, now: datetime) -> bool:
        """Drop words older than any living ticket; whether none is left."""
        self.last = {p: w for p, w in self.last.items() if now - w.said_at < TOMBSTONE}
        return not self.last
