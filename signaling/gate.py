"""Turn requests away before they cost anything: wrong listener or path, or too many."""

import time
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import parse_qs

from signaling.addresses import Addresses, address_of

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
HEALTH = "/healthz"


class Gate:
    """The outermost WSGI layer; each listener shows only what belongs on it."""

    def __init__(
        self,
        app: Wsgi,
        *,
        socket_path: str,
        control_path: str,
        control_port: str,
        addresses: Addresses,
        crowded: Callable[[], bool],
    ) -> None:
        self._app = app
        self._socket_path, self._control_path = socket_path, control_path
        self._control_port = control_port
        self._addresses, self._crowded = addresses, crowded

    def __call__(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        status = self._status(environ)
        if status is None:
            return self._app(environ, start_response)
        body = status.encode()
        headers = [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))]
        if status.startswith(("429", "503")):
            headers.append(("Retry-After", "5"))
        start_response(status, [*headers, ("Connection", "close")])
        return [body]

    def _status(self, environ: dict[str, Any]) -> str | None:
        """Why this request goes no further, or None."""
        path = environ.get("PATH_INFO", "")
        # The port is that of the socket it came in on; a header cannot change it.
        internal = environ.get("SERVER_PORT") == self._control_port
        if path == HEALTH or (internal and path == self._control_path):
            return None
        if internal or path.rstrip("/") != self._socket_path:
            return "404 Not Found"
        if not parse_qs(environ.get("QUERY_STRING", "")).get("room"):
            return "400 Bad Request"
        if self._crowded():
            return "503 Service Unavailable"
        if not self._addresses.allow(address_of(environ), time.monotonic()):
            return "429 Too Many Requests"
        return None
