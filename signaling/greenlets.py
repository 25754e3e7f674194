"""Run things beside each other so that one which fails is logged by place, not by content."""

from collections.abc import Callable
from typing import Any

import gevent
import structlog

log = structlog.get_logger("signaling")


def discreet_errors() -> None:
    """Replace gevent's traceback on stderr, which quotes the exception's message (T-37)."""
    gevent.get_hub().handle_error = _handle_error


def forever(step: Callable[[], None], *, every: float) -> None:
    """Repeat a step in its own greenlet; a failure costs one turn, not the rest."""

    def run() -> None:
        while True:
            gevent.sleep(every)
            try:
                step()
            except Exception:
                log.error("background-step-failed", exc_info=True)

    gevent.spawn(run)


def _handle_error(_context: object, kind: Any, value: Any, trace: Any) -> None:
    if kind is not None and issubclass(kind, Exception):
        log.error("greenlet-failed", exc_info=(kind, value, trace))
