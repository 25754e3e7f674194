"""Logs without people in them: only fields on a list are written, never what was said (C-31).

Our own events go through structlog. Whatever a library logs is reduced to its template, its
numbers, and for an exception the kind and the places; the message of an exception may quote
what somebody typed, so it is dropped.
"""

from __future__ import annotations

import json
import logging
import sys
import traceback
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

import structlog
from structlog.typing import EventDict

#: Fields an event may carry. A new one is added here after asking: can it name a person?
ALLOWED = frozenset(
    {
        "at", "attempts", "channel", "code", "count", "do", "endpoint", "error", "event",
        "kind", "level", "log", "method", "ms", "node", "path", "process", "reason",
        # "record" is an audit row the database did not take: ids and codes, as there
        "record", "request_id", "seconds", "status", "step", "version", "where",
    }
)  # fmt: skip
_QUIET = ("sqlalchemy", "httpx", "httpcore", "huey", "alembic", "werkzeug", "aioice", "aiortc")
_PLACES = 8
ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None]


def configure(level: str = "INFO", *, process: str = "web") -> None:
    """Send every log of this process to stderr, one JSON object a line."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            _places_of_exception,
            _only_allowed,
            _pass_on,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Lines(process))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for name in _QUIET:
        logging.getLogger(name).setLevel(max(logging.WARNING, root.level))


class Lines(logging.Formatter):
    """One JSON object a line, for our events and for what libraries say."""

    def __init__(self, process: str) -> None:
        super().__init__()
        self._process = process

    def format(self, record: logging.LogRecord) -> str:
        """The allowed fields of an event, or a library's template with its numbers."""
        fields: dict[str, Any] = getattr(record, "fields", None) or _of_library(record)
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(
                timespec="milliseconds"
            ),
            "process": self._process,
            "level": record.levelname.lower(),
            "log": record.name,
            **fields,
        }
        return json.dumps(line, default=str)


def _of_library(record: logging.LogRecord) -> dict[str, Any]:
    args = record.args if isinstance(record.args, tuple) else ()
    numbers = [arg for arg in args if isinstance(arg, int | float)]
    fields: dict[str, Any] = {"event": str(record.msg)}
    if isinstance(record.msg, BaseException) or (not record.args and record.exc_info):
        fields["event"] = "exception"
    if numbers:
        fields["count"] = numbers[0] if len(numbers) == 1 else numbers
    if record.exc_info and record.exc_info[0]:
        fields.update(_places(record.exc_info))
    return fields


def _places(exc_info: Any) -> dict[str, Any]:
    kind, _, trace = exc_info
    frames = traceback.extract_tb(trace)[-_PLACES:]
    return {
        "error": kind.__name__,
        "where": [f"{f.filename.rpartition('/')[2]}:{f.lineno} {f.name}" for f in frames],
    }


def _places_of_exception(_logger: Any, _method: str, event: EventDict) -> EventDict:
    told = event.pop("exc_info", None)
    exc_info = sys.exc_info() if told is True else told
    if isinstance(exc_info, BaseException):
        exc_info = (type(exc_info), exc_info, exc_info.__traceback__)
    if exc_info and exc_info[0]:
        event.update(_places(exc_info))
    return event


def _only_allowed(_logger: Any, _method: str, event: EventDict) -> EventDict:
    return {name: value for name, value in event.items() if name in ALLOWED}


def _pass_on(_logger: Any, _method: str, event: EventDict) -> tuple[tuple[str], dict[str, Any]]:
    return (event["event"],), {"extra": {"fields": dict(event)}}
