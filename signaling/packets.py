"""Read and write the JSON in Socket.IO packets, so that a broken one is only a malformed event.

Socket.IO swallows what goes wrong while it decodes; here it becomes an event nobody has a name
for, which is counted against its sender like any other (T-31).
"""

from typing import Any

import orjson

_BROKEN = "broken"
_RESERVED = frozenset({"connect", "disconnect"})


class Json:
    """orjson behind the interface Socket.IO expects."""

    @staticmethod
    def dumps(value: object, **_: object) -> str:
        """The value as JSON text."""
        return orjson.dumps(value).decode()

    @staticmethod
    def loads(text: str | bytes, **_: object) -> Any:
        """What a packet carries: an event's list, or the dictionary of a connect."""
        try:
            value = orjson.loads(text)
        except orjson.JSONDecodeError:
            return [_BROKEN]
        if isinstance(value, dict) or _is_event(value):
            return value
        return [_BROKEN]


def _is_event(value: object) -> bool:
    """Whether this is an event of some name; it must not play Socket.IO's own."""
    return (
        isinstance(value, list)
        and bool(value)
        and isinstance(value[0], str)
        and value[0] not in _RESERVED
    )
