"""Compose the signaling process from its settings."""

import logging
import time
from datetime import UTC, datetime
from typing import Any

from flask import Flask, Response, jsonify
from flask_socketio import SocketIO

from config.settings import SettingsRefused, SignalingSettings
from signaling import control, tickets, wire
from signaling.addresses import Addresses
from signaling.candidates import Sieve
from signaling.counts import Counts
from signaling.door import Door
from signaling.gate import HEALTH, Gate
from signaling.gateway import Gateway
from signaling.greenlets import discreet_errors, forever
from signaling.limits import MESSAGE_BYTES
from signaling.packets import Json
from signaling.reporter import Reporter
from signaling.rooms import Rooms

#: with the time to gather and to answer, whoever may not sit here is gone in 5 s (C-06)
PRESENCE_SECONDS = 3.5
SWEEP_SECONDS = 5.0
ORDER_BYTES = 64 * 1024

# Engine.IO and Socket.IO log packets, and tracebacks with what was in them; neither may (T-37).
_muted = logging.getLogger("signaling.muted")
_muted.disabled = True


def create_app(settings: SignalingSettings) -> Flask:
    """The whole process as a WSGI application, with its background greenlets running."""
    _check_origins(settings.origins)
    app = Flask("signaling", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = ORDER_BYTES
    path = f"/signaling/{settings.node}"
    addresses, counts, rooms = Addresses(), Counts(), Rooms(Sieve(loopback=settings.demo))
    keys = tickets.public_keys(settings.ticket_public_key)
    door = Door(keys, settings.node, opened_at=datetime.now(UTC))
    obedience = control.Obedience(
        keys=keys,
        node=settings.node,
        rooms=rooms,
        carry_out=lambda effects: gateway.carry_out(effects),
    )
    reporter = Reporter(
        url=settings.web_url,
        node=settings.node,
        obedience=obedience,
        key=tickets.private_key(settings.reporter_private_key.get_secret_value()),
        count=counts.add,
    )
    socketio = _socketio(app, path=path, origins=settings.origins)
    server: Any = socketio.server  # type: ignore[attr-defined]  # missing in its stubs
    wire.install(server.eio, addresses=addresses)
    gateway = Gateway(
        socketio, server, door=door, rooms=rooms, reporter=reporter, counts=counts
    )
    app.register_blueprint(control.blueprint(obedience))

    @app.get(HEALTH)
    def healthz() -> Response:
        return jsonify(ok=True, node=settings.node)

    engine = server.eio
    app.wsgi_app = Gate(  # type: ignore[method-assign]  # how WSGI middleware is put on in Flask
        app.wsgi_app,
        socket_path=path,
        control_path=control.PATH,
        control_port=settings.control_listen.rpartition(":")[2],
        addresses=addresses,
        crowded=lambda: len(engine.sockets) >= settings.max_sockets,
    )

    def tell_presence() -> None:
        for report in rooms.present():
            reporter.tell(report)

    def sweep() -> None:
        rooms.sweep(now=datetime.now(UTC))
        door.sweep(now=datetime.now(UTC))
        addresses.sweep(time.monotonic())
        wire.cut_the_silent(engine, time.monotonic())
        counts.flush()

    discreet_errors()
    forever(reporter.send_next, every=0)
    forever(tell_presence, every=PRESENCE_SECONDS)
    forever(sweep, every=SWEEP_SECONDS)
    return app


def _check_origins(origins: object) -> None:
    """Refuse what switches the origin check off: no list, an empty one, a star (C-16)."""
    if not isinstance(origins, list) or not origins or not all(map(_is_origin, origins)):
        raise SettingsRefused("MOORING_ORIGINS must list the exact origins of the web pages")


def _is_origin(origin: object) -> bool:
    return (
        isinstance(origin, str)
        and origin.startswith(("https://", "http://"))
        and "*" not in origin
        and origin.count("/") == 2
    )


def _socketio(app: Flask, *, path: str, origins: list[str]) -> SocketIO:
    options: dict[str, Any] = {
        "path": path,
        "async_mode": "gevent",
        "transports": ["websocket"],  # a polling sid would be a bearer token (T-32)
        "cors_allowed_origins": origins,
        "cors_credentials": False,
        "manage_session": False,
        "async_handlers": False,
        "max_http_buffer_size": MESSAGE_BYTES,
        "http_compression": False,
        "ping_interval": 5,
        "ping_timeout": 5,
        "logger": _muted,
        "engineio_logger": _muted,
        "json": Json,
    }
    return SocketIO(app, **options)
