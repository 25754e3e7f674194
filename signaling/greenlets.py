"""Run things beside each other so that one which fails is logged by place, not by content."""

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import gevent
import structlog
from socketio.exceptions import ConnectionRefusedError

log = structlog.get_logger("signaling")
P = ParamSpec("P")
R = TypeVar("R")


def discreet_errors() -> None:
    """Replace gevent's traceback on stderr, which quotes the exception's message (T-37)."""
    gevent.get_hub().handle_error = _handle_error


def discreet(handler: Callable[P, R]) -> Callable[P, R]:
    """Log where a handler failed, since Socket.IO, muted, would say nothing."""

    @wraps(handler)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return handler(*args, **kwargs)
        except ConnectionRefusedError:
            raise
        except Exception:
            log.error("handler-failed", exc_info=True)
            raise

    return run


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
