"""Decide whether a ticket opens a socket on this node (T-22 to T-24)."""

from dataclasses import dataclass, field
from datetime import datetime

from joserfc.jwk import KeySet

from signaling import tickets
from signaling.tickets import Ticket, TicketRefused


@dataclass
class Door:
    """What this node must know to let somebody in: keys, its own name, since when it runs."""

    keys: KeySet
    node: str
    opened_at: datetime
    _used: dict[str, datetime] = field(default_factory=dict)

    def admit(self, token: object, *, room: str | None, now: datetime) -> Ticket:
        """The ticket, used up now; TicketRefused when it is not one for this door."""
        if not token:
            raise TicketRefused("no-ticket")
        if not isinstance(token, str):
            raise TicketRefused("bad-ticket")
        ticket = tickets.verify(token, self.keys, audience="signaling", now=now)
        if ticket.stage == "echo":
            raise TicketRefused("wrong-audience")
        if ticket.node != self.node:
            raise TicketRefused("wrong-node")
        if ticket.room != room:
            raise TicketRefused("wrong-room")
        if ticket.issued_at < self.opened_at:
            # What was used before a restart is not remembered, so nothing older is taken.
            raise TicketRefused("before-start")
        if ticket.jti in self._used:
            raise TicketRefused("used")
        self._used[ticket.jti] = ticket.expires_at
        return ticket

    def sweep(self, *, now: datetime) -> None:
        """Forget used tickets that have run out anyway."""
        self._used = {jti: end for jti, end in self._used.items() if end > now}
