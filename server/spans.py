"""Where the time of one request goes, for a measurement: names and milliseconds, nothing else.

Off unless the edge was asked (`X-Mooring-Spans: 1`, in the demo alone); then a span costs two
looks at the clock.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from time import perf_counter

#: who the asker is and whether they may, as far as the door and the loading query ask
AUTHORIZATION = "authorization"
#: chaining and adding the rows of the record
AUDIT = "audit"
#: waiting for the one writer SQLite has
LOCK = "lock"
#: the commit, which on SQLite is one fsync of its log
COMMIT = "commit"
TOTAL = "total"
_INSIDE = ""

_spent: ContextVar[dict[str, float] | None] = ContextVar("spent", default=None)


def begin(*, asked: bool) -> None:
    """A new request; measured only when somebody asked for it."""
    _spent.set({TOTAL: -perf_counter()} if asked else None)


@contextmanager
def span(name: str) -> Iterator[None]:
    """Add the time of this block to the account of `name`, less what spans inside it took."""
    spent = _spent.get()
    if spent is None:
        yield
        return
    began, inside = perf_counter(), spent.get(_INSIDE, 0.0)
    try:
        yield
    finally:
        took = perf_counter() - began
        spent[name] = spent.get(name, 0.0) + took - (spent.get(_INSIDE, 0.0) - inside)
        spent[_INSIDE] = inside + took


def told() -> str:
    """As a Server-Timing header says it, in milliseconds; nothing when nobody asked."""
    spent = _spent.get()
    if spent is None:
        return ""
    whole = {**spent, TOTAL: spent[TOTAL] + perf_counter()}
    whole.pop(_INSIDE, None)
    return ", ".join(f"{name};dur={seconds * 1000:.2f}" for name, seconds in whole.items())
