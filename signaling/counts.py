"""Count what goes wrong and log the numbers now and then; never what was in it (T-37)."""

from collections import Counter

import structlog

log = structlog.get_logger("signaling")


class Counts:
    """Refusals and cuts by kind."""

    def __init__(self) -> None:
        self.total: Counter[str] = Counter()
        self._since: Counter[str] = Counter()

    def add(self, kind: str) -> None:
        """One more of these."""
        self.total[kind] += 1
        self._since[kind] += 1

    def flush(self) -> None:
        """Log what came since the last time."""
        for kind, count in sorted(self._since.items()):
            log.info("turned-away", kind=kind, count=count)
        self._since.clear()
