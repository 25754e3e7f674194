"""Decide who sends the first offer to whom: the one who came last, to all the others."""

from dataclasses import dataclass, field
from typing import Literal

from signaling.protocol import CANDIDATES_PER_NEGOTIATION


@dataclass(frozen=True, slots=True)
class Arrival:
    """When a page came among the admitted."""

    page: str
    number: int


@dataclass
class Offers:
    """The pairs of one room: who came when, and which pairs have begun."""

    _arrivals: dict[str, Arrival] = field(default_factory=dict)
    _count: int = 0
    _pairs: dict[tuple[str, str], Literal["made", "answered"]] = field(default_factory=dict)
    _candidates: dict[tuple[str, str], int] = field(default_factory=dict)

    def arrive(self, peer: str, page: str) -> None:
        """Somebody is among the admitted, for the first time or again."""
        known = self._arrivals.get(peer)
        if known and known.page == page:
            # Back on the same page: an offer without an answer may have died with a socket.
            lost = [p for p, how in self._pairs.items() if peer in p and how == "made"]
            for pair in lost:
                del self._pairs[pair]
            return
        self.forget(peer)
        self._count += 1
        self._arrivals[peer] = Arrival(page, self._count)

    def forget(self, peer: str) -> None:
        """Somebody is no longer among the admitted; if they come back, they come last."""
        self._arrivals.pop(peer, None)
        self._pairs = {p: how for p, how in self._pairs.items() if peer not in p}
        self._candidates = {p: n for p, n in self._candidates.items() if peer not in p}

    def described(self, sender: str, to: str, kind: Literal["offer", "answer"]) -> None:
        """A description passed: the pair has begun, and its candidates count from zero."""
        self._candidates[sender, to] = 0
        if kind == "answer" and (to, sender) in self._pairs:
            self._pairs[to, sender] = "answered"
        elif kind == "offer" and (sender, to) not in self._pairs:
            self._pairs[sender, to] = "made"

    def due(self, peer: str) -> list[str]:
        """Whom this peer shall send a first offer: who came before and has none from it yet."""
        mine = self._arrivals[peer].number
        return [
            other
            for other, arrival in self._arrivals.items()
            if arrival.number < mine and (peer, other) not in self._pairs
        ]

    def candidates_left(self, sender: str, to: str) -> int:
        """How many more candidates may follow the last description (T-26)."""
        return CANDIDATES_PER_NEGOTIATION - self._candidates.get((sender, to), 0)

    def spend(self, sender: str, to: str, count: int) -> None:
        """So many candidates passed."""
        self._candidates[sender, to] = self._candidates.get((sender, to), 0) + count
