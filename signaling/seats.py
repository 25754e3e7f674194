"""Who sits where, and what may follow from anything that happens in a room."""

from dataclasses import dataclass
from typing import Literal

from signaling import protocol
from signaling.protocol import Message, PeerState, RelayedDescribe
from signaling.tickets import Ticket

SILENT = PeerState(muted=False, camera=False, hidden=False, connected=False)


@dataclass(frozen=True, slots=True)
class Delivery:
    """Send this message to that socket."""

    to: str
    message: Message


@dataclass(frozen=True, slots=True)
class Cut:
    """Close that socket, after what was delivered to it."""

    socket: str


@dataclass(frozen=True, slots=True)
class Seat:
    """One participant in the room; without a socket they are only away for a moment."""

    ticket: Ticket
    socket: str | None
    stage: protocol.Seated
    state: PeerState = SILENT
    offer: RelayedDescribe | None = None
    """Their first offer, brought along; it waits until a host expects them or they are admitted
    (C-13)."""
    expected_by: tuple[str, str] | None = None
    """The host, and the page of theirs, that has asked for the offer and holds it."""


@dataclass(frozen=True, slots=True)
class Report:
    """Tell web what happened here; a claim, never a decision."""

    what: Literal["joined", "left", "state", "present"]
    seat: Seat


Effect = Delivery | Cut | Report


def key_of(ticket: Ticket) -> str:
    """Where a ticket sits: one place a participant; a board may be open on several pages."""
    return f"{ticket.peer}/{ticket.page}" if ticket.stage == "board" else ticket.peer


def relayed(to: str, sender: str, message: Message) -> list[Delivery]:
    """A message on its way to another peer; built from checked parts, for speed."""
    return [Delivery(to, protocol.Relayed.model_construct(sender=sender, message=message))]


def listed(seat: Seat) -> protocol.RosterPeer:
    """An admitted seat as the others see it."""
    return protocol.RosterPeer(
        peer=seat.ticket.peer,
        role=seat.ticket.role,
        page=seat.ticket.page,
        seat=seat.ticket.seat,
        state=seat.state,
        here=seat.socket is not None,
    )


def welcome(seat: Seat) -> protocol.Welcome:
    """What a seated socket hears first, and again when its stage is taken back."""
    ticket = seat.ticket
    return protocol.Welcome(
        self=ticket.peer, stage=seat.stage, epoch=ticket.epoch, seat=ticket.seat
    )


def taken_over(before: Seat | None, ticket: Ticket) -> PeerState:
    """What is said of somebody who has just sat down, until they say it themselves.

    A page loaded again in the same seat comes back as it was (R-04); its media comes anew.
    """
    if before is None or before.ticket.seat != ticket.seat:
        return SILENT
    if before.ticket.page == ticket.page:
        return before.state
    return before.state.model_copy(update={"connected": False})


def displaced(before: Seat, ticket: Ticket) -> list[Effect]:
    """What the seat's former socket is told; its own page back again needs no word."""
    if before.socket is None:
        return []
    if before.ticket.page == ticket.page:
        return [Cut(before.socket)]
    return [
        Delivery(before.socket, protocol.Moved()),
        Cut(before.socket),
        Report("left", before),
    ]
