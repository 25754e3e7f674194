"""How busy this process is, so that a browser can tell a slow line from a slow server."""

import asyncio
import time
from collections import deque
from dataclasses import dataclass

EVERY_SECONDS = 0.25
REMEMBERED = 100
"""25 s: longer than any session, so the answer to DELETE covers the whole test."""


@dataclass(frozen=True)
class Reading:
    """One moment's measurement."""

    at: float
    lag_ms: float
    cpu: float


class LoadMeter:
    """Watches how late the event loop wakes and how much of a core the process uses."""

    def __init__(self) -> None:
        self._readings: deque[Reading] = deque(maxlen=REMEMBERED)

    async def run(self) -> None:
        """Measure until cancelled."""
        while True:
            wall, cpu = time.monotonic(), time.process_time()
            await asyncio.sleep(EVERY_SECONDS)
            passed = time.monotonic() - wall
            self._readings.append(
                Reading(
                    at=time.monotonic(),
                    lag_ms=max(0.0, (passed - EVERY_SECONDS) * 1000),
                    cpu=(time.process_time() - cpu) / passed,
                )
            )

    def server_timing(self, *, sessions: int, limit: int, since: float) -> str:
        """The worst since then, as Server-Timing: lag in ms, cpu in percent of a core."""
        seen = [r for r in self._readings if r.at >= since] or list(self._readings)[-1:]
        lag = max((r.lag_ms for r in seen), default=0.0)
        cpu = max((r.cpu for r in seen), default=0.0) * 100
        return (
            f'lag;dur={lag:.1f}, cpu;dur={cpu:.0f};desc="percent of a core", '
            f'sessions;dur={sessions};desc="of {limit}"'
        )
