"""A client that speaks Engine.IO and Socket.IO by hand, so that it can speak them wrongly."""

from __future__ import annotations

import json
import socket
import time
from typing import Any, ClassVar

import websocket

from tests.faults.signaling.node import ORIGIN, Node


class Refused(Exception):
    """The server did not seat this socket; `code` is what it said."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Client:
    """One WebSocket to a node; `frames` is every byte of text it was ever sent."""

    opened: ClassVar[list[socket.socket]] = []

    def __init__(
        self, node: Node, *, room: str = "room-1", origin: str | None = ORIGIN,
        header: dict[str, str] | None = None, host: str | None = None,
        transport: str = "websocket", port: int | None = None,
        sock: socket.socket | None = None,
    ) -> None:  # fmt: skip
        self.frames: list[str] = []
        self._inbox: list[dict[str, Any]] = []
        address = ("127.0.0.1", port or node.port)
        self.sock = sock or socket.create_connection(address, timeout=10)
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.opened.append(self.sock)
        self.ws = websocket.create_connection(
            f"ws://127.0.0.1:{port or node.port}{node.path}/?EIO=4&transport={transport}"
            f"&room={room}",
            timeout=10, socket=self.sock, host=host, origin=origin,
            suppress_origin=origin is None, header=header or {},
        )  # fmt: skip
        assert self._frame(10).startswith("0{")

    def sit(self, ticket: str | None, *, offer: object = None) -> Client:
        auth = {"ticket": ticket, "offer": offer}
        self.ws.send("40" + json.dumps({name: said for name, said in auth.items() if said}))
        answer = self._frame(10)
        if answer.startswith("44"):
            raise Refused(json.loads(answer[2:])["message"])
        assert answer.startswith("40"), answer
        self.sid = json.loads(answer[2:])["sid"]
        return self

    def say(self, message: object, ack: str = "") -> None:
        self.ws.send(f"42{ack}" + json.dumps(["signal", message]))

    def describe(
        self, to: str, sdp: str = "v=0\r\n", kind: str = "offer", epoch: int = 1
    ) -> None:
        description = {"type": kind, "sdp": sdp}
        self.say({"type": "describe", "to": to, "description": description, "epoch": epoch})

    def hear(self, kind: str | None = None, seconds: float = 5.0) -> dict[str, Any]:
        """The next message, or the next of a type; others before it are dropped."""
        end = time.monotonic() + seconds
        while True:
            while self._inbox:
                message = self._inbox.pop(0)
                if kind in (None, message["type"]):
                    return message
            left = end - time.monotonic()
            if left <= 0:
                raise AssertionError(f"no {kind} came")
            self._read(left)

    def silence(self, seconds: float = 0.5) -> list[dict[str, Any]]:
        """What comes in this time (expected: nothing)."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            try:
                self._read(left)
            except (OSError, websocket.WebSocketException):
                break
        heard, self._inbox = self._inbox, []
        return heard

    def round_trip(self) -> float:
        """Seconds until the server acknowledges an event."""
        began = time.monotonic()
        self.say({"type": "nothing"}, ack="7")
        while not self._frame(20).startswith("437"):
            pass
        return time.monotonic() - began

    def closed_within(self, seconds: float) -> bool:
        end = time.monotonic() + seconds
        try:
            while (left := end - time.monotonic()) > 0:
                self._read(left)
        except websocket.WebSocketTimeoutException:
            return False
        except (websocket.WebSocketException, OSError):
            return True
        return False

    def close(self) -> None:
        """Be gone without a WebSocket goodbye, as a crashed browser is."""
        self.sock.close()

    def _read(self, seconds: float) -> None:
        frame = self._frame(seconds)
        if frame.startswith("42"):
            self._inbox.append(json.loads(frame[2:])[1])

    def _frame(self, seconds: float) -> str:
        end = time.monotonic() + seconds
        while True:
            self.ws.settimeout(max(0.01, end - time.monotonic()))
            frame = self.ws.recv()
            if not frame:
                raise websocket.WebSocketConnectionClosedException("closed")
            if frame != "2":
                break
            self.ws.send("3")
        self.frames.append(frame)
        return frame
