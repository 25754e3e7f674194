"""How much one socket, and one address, may ask of the server (SECURITY 2.8, T-28, T-29)."""

from dataclasses import dataclass, field
from datetime import timedelta

MESSAGE_BYTES = 64 * 1024
UNSEATED_SECONDS = 5.0
OUTGOING_PACKETS = 64
INVALID_LIMIT = 20
INVALID_WINDOW = 60.0
BOARDS_PER_PERSON = 5
TOMBSTONE = timedelta(seconds=90)
CLOCK_SLACK = timedelta(seconds=2)


@dataclass(frozen=True)
class Rate:
    """So many a second in the long run, so many at once."""

    per_second: float
    burst: float


RATES = {
    "describe": Rate(2, 6),
    "candidates": Rate(10, 20),
    "state": Rate(2, 10),
    "expect": Rate(1, 4),
    "bye": Rate(2, 4),
}
FRAMES = Rate(50, 200)
UNSEATED_HANDSHAKES = Rate(20 / 60, 20)
UNSEATED_AT_ONCE = 100


@dataclass
class Bucket:
    """A token bucket that is told the time."""

    rate: Rate
    at: float
    tokens: float = field(init=False)

    def __post_init__(self) -> None:
        self.tokens = self.rate.burst

    def take(self, now: float) -> bool:
        """Whether one more may pass at `now`."""
        self._fill(now)
        if self.tokens < 1:
            return False
        self.tokens -= 1
        return True

    def empty(self, now: float) -> bool:
        """Whether nothing more would pass at `now`."""
        self._fill(now)
        return self.tokens < 1

    def full(self, now: float) -> bool:
        """Whether everything spent has come back, so that the bucket may be forgotten."""
        self._fill(now)
        return self.tokens >= self.rate.burst

    def _fill(self, now: float) -> None:
        self.tokens = min(
            self.rate.burst, self.tokens + max(0.0, now - self.at) * self.rate.per_second
        )
        self.at = now


class Allowance:
    """What one seated socket may still send."""

    def __init__(self, now: float) -> None:
        self._buckets = {kind: Bucket(rate, now) for kind, rate in RATES.items()}
        self._invalid = Bucket(Rate(INVALID_LIMIT / INVALID_WINDOW, INVALID_LIMIT), now)

    def take(self, kind: str, now: float) -> bool:
        """Whether a message of this type may pass now."""
        return self._buckets[kind].take(now)

    def forgive(self, now: float) -> bool:
        """Whether one more refused message is bearable; if not, the socket is cut."""
        return self._invalid.take(now)
