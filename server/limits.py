"""How often one person may write, whatever cookies and headers they come with (T-28, C-35).

A door says its own rate where the usual one does not fit. Turns are counted by the row somebody
has in our tables, or of a link by the link: a new cookie or an invented address makes nobody
another person. Kept in memory, in each web process for itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from threading import Lock


@dataclass(frozen=True)
class Rate:
    """So many a second in the long run, so many at once."""

    per_second: float
    burst: int


#: more than any page of ours asks for, less than hurts
USUAL = Rate(5, 60)
_REMEMBERED = 20_000


class Allowances:
    """When each person has their next turn at each thing."""

    def __init__(self) -> None:
        self._turns: dict[tuple[str, str], float] = {}
        self._lock = Lock()

    def take(self, what: str, who: str, rate: Rate, now: float) -> bool:
        """Whether one more may pass at `now`, in seconds of a clock that never goes back."""
        apart = 1 / rate.per_second
        with self._lock:
            turn = max(self._turns.get((what, who), now), now)
            if turn - now > (rate.burst - 0.5) * apart:
                return False
            if len(self._turns) >= _REMEMBERED:
                self._turns = {key: at for key, at in self._turns.items() if at > now}
            self._turns[what, who] = turn + apart
        return True
