"""The two servers that are compared: our signaling node, all checks on, and the reference."""

from __future__ import annotations

import json
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
from joserfc.jwk import OKPKey

from signaling import tickets
from signaling.tickets import Stage, Ticket
from tests.bench.processes import free_ports, gunicorn, running
from tests.bench.sockets import Socket

ORIGIN = "http://localhost"
NODE = "n1"


@dataclass(frozen=True)
class Reference:
    """A running Flask-SocketIO relay."""

    pid: int
    port: int

    async def sit(self, http: aiohttp.ClientSession, room: str, peer: str) -> Socket:
        """A socket in a room, which this relay lets anybody name."""
        url = f"ws://127.0.0.1:{self.port}/socket.io/?EIO=4&transport=websocket"
        socket = await Socket.open(http, url)
        await socket.emit("join", {"room": room, "peer": peer})
        await socket.next("status")
        return socket

    def out(self, kind: str, to: str, content: dict[str, object]) -> dict[str, object]:
        """The message as its sender writes it."""
        return {"type": kind, "to": to, **content, "epoch": 1}

    def kind_of_arrival(self, kind: str) -> str:
        """What the receiver waits for."""
        return kind


@dataclass(frozen=True)
class Signaling:
    """A running signaling node of ours, with web's key in our hand."""

    pid: int
    port: int
    control_port: int
    key: OKPKey

    def ticket(self, room: str, peer: str, stage: Stage = "admitted") -> str:
        """A ticket as web would write it."""
        said = Ticket(
            room=room, peer=peer, role="patient", stage=stage, seat=1, epoch=1, node=NODE,
            page=secrets.token_hex(8),
        )  # fmt: skip
        return tickets.issue(said, self.key, now=datetime.now(UTC))

    async def sit(self, http: aiohttp.ClientSession, room: str, peer: str) -> Socket:
        """A socket in the room of its ticket."""
        return await self.enter(http, room, self.ticket(room, peer))

    async def enter(self, http: aiohttp.ClientSession, room: str, ticket: str) -> Socket:
        """A socket with this ticket, welcomed."""
        path = f"/signaling/{NODE}/?EIO=4&transport=websocket&room={room}"
        socket = await Socket.open(
            http, f"ws://127.0.0.1:{self.port}{path}", {"ticket": ticket}
        )
        await socket.next("welcome")
        return socket

    async def order(self, http: aiohttp.ClientSession, do: str, room: str, peer: str) -> None:
        """What web orders on the internal listener."""
        claims = {"node": NODE, "do": do, "room": room, "peer": peer, "seat": 1, "epoch": 1,
                  "ice_servers": [], "reason": None}  # fmt: skip
        body = tickets.sign_claims(claims, self.key, audience="control", now=datetime.now(UTC))
        url = f"http://127.0.0.1:{self.control_port}/signaling-control"
        headers = {"Content-Type": "application/jwt"}
        async with http.post(url, data=body, headers=headers) as answer:
            said = await answer.json()
        if said != {"here": True}:
            raise RuntimeError(f"signaling did not obey: {said}")

    def out(self, kind: str, to: str, content: dict[str, object]) -> dict[str, object]:
        """The message as its sender writes it."""
        return {"type": kind, "to": to, **content, "epoch": 1}

    def kind_of_arrival(self, _kind: str) -> str:
        """What the receiver waits for."""
        return "relayed"


@contextmanager
def reference(folder: Path) -> Iterator[Reference]:
    """The reference relay under gunicorn's gevent worker."""
    (port,) = free_ports(1)
    command = gunicorn(
        *("-w", "1", "-k", "gevent", "--worker-connections", "4500"),
        *("-b", f"127.0.0.1:{port}", "--no-control-socket", "--log-level", "warning"),
        "tests.bench.flask_socketio_relay:app",
    )
    ready = f"http://127.0.0.1:{port}/healthz"
    with running(command, ready, {}, folder / "reference.log") as process:
        yield Reference(process.pid, port)


@contextmanager
def signaling(folder: Path) -> Iterator[Signaling]:
    """One real node: the production settings, happenings sent to somebody who takes them."""
    port, control_port, web_port = free_ports(3)
    web, own = (OKPKey.generate_key("Ed25519") for _ in range(2))
    for key in (web, own):
        key.ensure_kid()
    told = {
        "MOORING_NODE": NODE,
        "MOORING_ORIGINS": json.dumps([ORIGIN]),
        "MOORING_TICKET_PUBLIC_KEY": json.dumps(web.as_dict(private=False)),
        "MOORING_REPORTER_PRIVATE_KEY": json.dumps(own.as_dict(private=True)),
        "MOORING_WEB_URL": f"http://127.0.0.1:{web_port}",
        "MOORING_LISTEN": f"127.0.0.1:{port}",
        "MOORING_CONTROL_LISTEN": f"127.0.0.1:{control_port}",
    }
    ready = f"http://127.0.0.1:{port}/healthz"
    ear = [sys.executable, "-m", "tests.bench.ear", str(web_port)]
    log = folder / "signaling.log"
    command = gunicorn("-c", "python:config.gunicorn.signaling")
    with (
        running(ear, f"http://127.0.0.1:{web_port}/healthz", {}, folder / "ear.log"),
        running(command, ready, told, log) as process,
    ):
        yield Signaling(process.pid, port, control_port, web)
