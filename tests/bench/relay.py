"""Frozen reference: serves its page and passes WebSocket messages between two people."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from aiohttp import WSMsgType, web

HERE = Path(__file__).parent


class Room:
    """One visit: the patient is heard once the clinician has admitted her."""

    def __init__(self) -> None:
        self.sockets: dict[str, web.WebSocketResponse] = {}
        self.admitted = False

    def other(self, role: str) -> web.WebSocketResponse | None:
        """The socket of the other side, if there is one."""
        return self.sockets.get("patient" if role == "clinician" else "clinician")

    async def admit(self) -> None:
        """Both may talk; the patient offers."""
        self.admitted = True
        for role, socket in self.sockets.items():
            await socket.send_json({"type": "admitted", "offer": role == "patient"})

    async def come_back(self, role: str) -> None:
        """A page was loaded again: it offers, the other side starts over."""
        if other := self.other(role):
            await other.send_json({"type": "again"})
        await self.sockets[role].send_json({"type": "admitted", "offer": True})


ROOMS: dict[str, Room] = {}


async def page(_request: web.Request) -> web.FileResponse:
    """The page of both sides."""
    return web.FileResponse(HERE / "reference.html")


async def script(_request: web.Request) -> web.FileResponse:
    """Its script."""
    return web.FileResponse(HERE / "reference.js")


async def relay(request: web.Request) -> web.WebSocketResponse:
    """One socket, from its opening to its end."""
    room = ROOMS.setdefault(request.query["room"], Room())
    role = request.query["role"]
    socket = web.WebSocketResponse()
    await socket.prepare(request)
    room.sockets[role] = socket
    if room.admitted:
        await room.come_back(role)
    async for frame in socket:
        if frame.type is not WSMsgType.TEXT:
            break
        if json.loads(frame.data)["type"] == "admit":
            await room.admit()
        elif (other := room.other(role)) and not other.closed:
            await other.send_str(frame.data)
    if room.sockets.get(role) is socket:
        del room.sockets[role]
    return socket


if __name__ == "__main__":
    app = web.Application()
    app.add_routes([web.get("/", page), web.get("/reference.js", script)])
    app.add_routes([web.get("/ws", relay)])
    web.run_app(app, host="127.0.0.1", port=int(sys.argv[1]), print=None)
