"""Count, by address, the handshakes that never got a seat (T-28, T-30)."""

from ipaddress import ip_address
from typing import Any

from signaling.limits import UNSEATED_AT_ONCE, UNSEATED_HANDSHAKES, Bucket


class Addresses:
    """Who may begin another handshake.

    Only failures count, so a whole clinic behind one address is never locked out by being busy.
    No address means this machine itself: its demo, its tests, its health checks.
    """

    def __init__(self) -> None:
        self._failed: dict[str, Bucket] = {}
        self._unseated: dict[str, int] = {}

    def allow(self, address: str | None, now: float) -> bool:
        """Whether a new handshake from here may begin."""
        if address is None:
            return True
        bucket = self._failed.get(address)
        spent = bucket is not None and bucket.empty(now)
        return not spent and self._unseated.get(address, 0) < UNSEATED_AT_ONCE

    def opened(self, address: str | None) -> None:
        """A handshake from here has begun."""
        if address is not None:
            self._unseated[address] = self._unseated.get(address, 0) + 1

    def seated(self, address: str | None) -> None:
        """It ended in a seat."""
        if address is not None:
            left = self._unseated.pop(address, 1) - 1
            if left > 0:
                self._unseated[address] = left

    def failed(self, address: str | None, now: float) -> None:
        """It ended without one."""
        self.seated(address)
        if address is not None:
            self._failed.setdefault(address, Bucket(UNSEATED_HANDSHAKES, now)).take(now)

    def sweep(self, now: float) -> None:
        """Forget addresses that have been quiet long enough."""
        self._failed = {a: b for a, b in self._failed.items() if not b.full(now)}


def address_of(environ: dict[str, Any]) -> str | None:
    """The client's address; a proxy on this machine says it in the last forwarded entry."""
    remote = str(environ.get("REMOTE_ADDR") or "127.0.0.1")
    if not ip_address(remote.partition("%")[0]).is_loopback:
        return remote
    forwarded = str(environ.get("HTTP_X_FORWARDED_FOR") or "").rpartition(",")[2].strip()
    return forwarded[:64] or None
