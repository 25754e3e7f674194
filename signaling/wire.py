"""The WebSocket under Engine.IO, with the holes closed that simple-websocket leaves open.

Each override cures a defect that was reproduced: messages are measured before they are kept,
nothing is ever inflated, a frame is written whole, one busy socket starves nobody, and closed
means closed (T-28 to T-30).
"""

import socket
import struct
import time
from collections.abc import Callable
from typing import Any, Never

import gevent
from engineio.async_drivers import gevent as driver
from gevent.lock import Semaphore
from simple_websocket.errors import ConnectionClosed
from simple_websocket.ws import Server
from wsproto.events import (
    AcceptConnection,
    BytesMessage,
    CloseConnection,
    Event,
    Ping,
    Request,
    TextMessage,
)
from wsproto.frame_protocol import CloseReason
from wsproto.utilities import LocalProtocolError

from signaling.addresses import Addresses, address_of
from signaling.limits import FRAMES, MESSAGE_BYTES, UNSEATED_SECONDS, Bucket

READ_BYTES = 16 * 1024
SILENCE_SECONDS = 10.0
"""A ping goes out every 5 s and is answered within 5: who is silent for longer is gone."""
WAITING_MESSAGES = 4


class WholeWrites:
    """A TCP socket whose `send` writes everything, one writer at a time.

    It has no timeout of its own: a timer for each read was a sixth of the CPU of a busy node.
    `cut_the_silent` looks after all sockets together.
    """

    def __init__(self, sock: Any) -> None:
        sock.settimeout(None)
        # A small message must not wait for the answer to the one before it (40 ms, Nagle).
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._sock = sock
        self._writing = Semaphore()
        self.recv = sock.recv
        self.stuck_since: float | None = None

    def send(self, frame: bytes) -> int:
        """Write the whole frame; a partial write would garble everything after it."""
        with self._writing:
            self.stuck_since = time.monotonic()
            sent = self._sock.send(frame)
            if sent < len(frame):
                self._sock.sendall(memoryview(frame)[sent:])
            self.stuck_since = None
        return len(frame)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sock, name)


class Pipe(Server):
    """One WebSocket connection, safe against its own client."""

    def __init__(self, environ: dict[str, Any], **options: Any) -> None:
        self._frames = Bucket(FRAMES, time.monotonic())
        self._parts: list[str] = []
        self._size = 0
        self._heard_at = time.monotonic()
        environ["gunicorn.socket"] = WholeWrites(environ["gunicorn.socket"])
        super().__init__(environ, receive_bytes=READ_BYTES, **options)  # type: ignore[no-untyped-call]  # untyped base

    def send(self, data: str) -> None:
        """Send one text message in one frame."""
        if not self.connected:
            raise ConnectionClosed(self.close_reason, self.close_message)
        self.sock.send(_text_frame(data.encode()))

    def close(self, reason: int | None = None, message: str | None = None) -> None:
        """Say goodbye if there is somebody to hear it, and shut the connection in any case."""
        try:
            super().close(reason, message)  # type: ignore[no-untyped-call]  # untyped base
        except (ConnectionClosed, LocalProtocolError, OSError):
            self.connected = False
        self.drop()

    def drop(self) -> None:
        """Shut the connection now, without a word: both greenlets that hold it wake up."""
        self.connected = False
        self.event.set()
        try:
            self.sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            return  # it is shut already

    def silent(self, now: float) -> bool:
        """Whether nothing has come, or a write has been stuck, for too long."""
        stuck = self.sock.stuck_since
        return now - min(self._heard_at, now if stuck is None else stuck) > SILENCE_SECONDS

    def _handle_events(self) -> bool:
        going_on = True
        self._heard_at = time.monotonic()
        try:
            for event in self.ws.events():
                going_on = going_on and self._frames.take(self._heard_at)
                going_on = going_on and self._take(event)
                if not going_on:
                    break
        except (LocalProtocolError, ValueError):
            going_on = False
        # A read that finds bytes waiting does not yield by itself; when messages pile up, or
        # frames come that are no messages, the others have a turn.
        if len(self.input_buffer) != 1:
            gevent.sleep(0)
        while going_on and self.connected and len(self.input_buffer) > WAITING_MESSAGES:
            gevent.sleep(0.001)
        if not going_on:
            self.connected = False
            self.event.set()
        return going_on

    def _take(self, event: Event) -> bool:
        """Deal with one protocol event; whether the connection goes on."""
        match event:
            case TextMessage():
                return self._collect(event)
            case Ping():
                self.sock.send(self.ws.send(event.response()))
                return True
            case Request():
                # No extensions: what is never inflated cannot be a bomb.
                self.sock.send(self.ws.send(AcceptConnection()))
                return True
            case CloseConnection():
                self.close_reason = CloseReason.NORMAL_CLOSURE
                self.sock.send(self.ws.send(event.response()))
                return False
            case _:
                return not isinstance(event, BytesMessage)  # binary is not spoken here

    def _collect(self, event: TextMessage) -> bool:
        data = event.data
        self._size += len(data) if data.isascii() else len(data.encode())
        if self._size > MESSAGE_BYTES:
            self.sock.send(self.ws.send(CloseConnection(CloseReason.MESSAGE_TOO_BIG)))
            return False
        self._parts.append(data)
        if event.message_finished:
            self.input_buffer.append("".join(self._parts))
            self._parts, self._size = [], 0
            self.event.set()
        return True


class Wire(driver.WebSocketWSGI):
    """What Engine.IO calls for each upgraded request; it keeps the socket's seat honest."""

    def __init__(self, handler: Any, server: Any, *, addresses: Addresses) -> None:
        super().__init__(handler, server)  # type: ignore[no-untyped-call]  # untyped base
        self._engine_socket = handler.__self__
        self.ws: Pipe | None = None
        self._engine_socket.session["wire"] = self
        self._addresses = addresses
        self._address: str | None = None
        self._seated = False
        self._reaper: gevent.Greenlet | None = None

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Never:
        environ.pop("HTTP_SEC_WEBSOCKET_EXTENSIONS", None)
        self._address = address_of(environ)
        self._addresses.opened(self._address)
        try:
            self.ws = Pipe(environ, **self.server_args)
            self._reaper = gevent.spawn_later(UNSEATED_SECONDS, self.drop)
            self.app(self)
        finally:
            self._forget()
        raise StopIteration  # tells gunicorn that the socket is no longer HTTP

    def _forget(self) -> None:
        if self._reaper is not None:
            self._reaper.kill(block=False)
        if not self._seated:
            self._addresses.failed(self._address, time.monotonic())
        # Engine.IO would count the dead socket until its next round, and the node as full.
        self._engine_socket.server.sockets.pop(self._engine_socket.sid, None)

    def seat(self) -> None:
        """The socket sits in a room: it may stay, and its address is fine."""
        if not self._seated:
            self._seated = True
            if self._reaper is not None:
                self._reaper.kill(block=False)
            self._addresses.seated(self._address)

    def drop(self) -> None:
        """Cut the socket at once, without a word and without waiting for its reader."""
        if self.ws is not None:
            self.ws.drop()
        self._engine_socket.close(wait=False, abort=True)

    def drop_if_silent(self, now: float) -> None:
        """Cut a socket whose other end is gone without a word."""
        if self.ws is not None and self.ws.silent(now):
            self.drop()

    @property
    def waiting(self) -> int:
        """How many packets the client has not read yet."""
        return int(self._engine_socket.queue.qsize())

    def finish(self) -> None:
        """Close the socket when everything said so far has been written."""
        self._engine_socket.close(wait=False)

    def close(self) -> None:
        """Engine.IO has written its last packet."""
        if self.ws is not None:
            self.ws.close()

    def wait(self) -> str | None:
        """The next packet; one of a kind not spoken here ends the socket."""
        packet = super().wait()
        return packet if isinstance(packet, str) and packet.startswith(SPOKEN) else None


SPOKEN: tuple[str, ...] = ("3", "40", "41", "42", "1")
"""Pong, Socket.IO connect, disconnect and event, Engine.IO close; no binary, no probe."""


def _text_frame(payload: bytes) -> bytes:
    """One unmasked final text frame (RFC 6455 §5.2), four times faster than wsproto's."""
    size = len(payload)
    if size < 126:
        return bytes((0x81, size)) + payload
    if size < 65536:
        return struct.pack("!BBH", 0x81, 126, size) + payload
    return struct.pack("!BBQ", 0x81, 127, size) + payload


def cut_the_silent(engine: Any, now: float) -> None:
    """Drop every socket of this Engine.IO server that has gone quiet."""
    for engine_socket in tuple(engine.sockets.values()):
        wire = engine_socket.session.get("wire")
        if wire is not None:
            wire.drop_if_silent(now)


def install(engine: Any, *, addresses: Addresses) -> None:
    """Make this Engine.IO server use the safe wire, without touching the shared driver."""

    def wire(handler: Any, server: Any) -> Wire:
        return Wire(handler, server, addresses=addresses)

    engine._async = {**engine._async, "websocket": wire}
