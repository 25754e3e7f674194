"""Count what goes wrong, and say so in one short line a minute; never what was in it (T-37)."""

import logging
from collections import Counter

log = logging.getLogger("signaling")


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
        if self._since:
            log.info("counts %s", " ".join(f"{k}={n}" for k, n in sorted(self._since.items())))
            self._since.clear()
