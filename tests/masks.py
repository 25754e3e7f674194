"""What may differ between two worlds that somebody must not tell apart: all of it, here.

Everything else is compared byte for byte: both worlds are copies of one database, the clock
stands still, and each browser holds the same cookies in both. A mask that hides nothing fails.
"""

from __future__ import annotations

import re

#: name -> what is hidden; never more than six, each with its reason
MASKS: dict[str, re.Pattern[str]] = {
    # a ticket is signed anew each time it is asked for, over a number used once (T-24)
    "ticket": re.compile(r'(?<="ticket":")[\w.-]+'),
    # a link is 256 fresh random bits, shown once to whoever asked for it (T-17)
    "link": re.compile(r"(?<=/v/)[\w-]{43}"),
    # Engine.IO names each socket itself (T-32)
    "socket": re.compile(r'(?<="sid":")[^"]*'),
}
MOST = 6


class Veil:
    """Hides what these masks name, and says which of them hid nothing."""

    def __init__(self, *names: str) -> None:
        self._unused = set(names)
        self._names = names

    def over(self, text: str) -> str:
        """The text as it is compared."""
        for name in self._names:
            text, times = MASKS[name].subn("…", text)
            if times:
                self._unused.discard(name)
        return text

    @property
    def idle(self) -> set[str]:
        """Masks that were asked for and hid nothing."""
        return self._unused
