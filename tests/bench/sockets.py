"""A Socket.IO client over a bare WebSocket: two thousand of them fit beside the server."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import aiohttp
import orjson

CONNECT_SECONDS = 20


class Socket:
    """One client on namespace "/", event "signal"; what arrives is queued by its type."""

    def __init__(self, wire: aiohttp.ClientWebSocketResponse) -> None:
        self._wire = wire
        self._arrived: dict[str, asyncio.Queue[Any]] = {}
        self.closed = asyncio.Event()
        self.refused: str | None = None

    @classmethod
    async def open(
        cls, http: aiohttp.ClientSession, url: str, auth: dict[str, str] | None = None
    ) -> Socket:
        """Connected and, if the server asks for a ticket, let in; ConnectionError if not."""
        # Deflate is offered, as every browser does; the server decides.
        wire = await http.ws_connect(url, max_msg_size=2**20, compress=15)
        socket = cls(wire)
        await wire.receive_str(timeout=CONNECT_SECONDS)  # Engine.IO open
        await wire.send_str("40" + (json.dumps(auth) if auth else ""))
        while not (packet := await wire.receive_str(timeout=CONNECT_SECONDS)).startswith("4"):
            await socket._take(packet)
        if not packet.startswith("40"):
            await wire.close()
            raise ConnectionError(packet)
        socket._listening = asyncio.create_task(socket._listen())
        return socket

    async def emit(self, event: str, message: object) -> None:
        """Send one event."""
        await self._wire.send_str(encoded(event, message))

    async def send_packet(self, packet: str) -> None:
        """Send an event that was encoded before the clock ran."""
        await self._wire.send_str(packet)

    async def next(self, kind: str, seconds: float = 60) -> Any:
        """The next message of this type, in the order they came."""
        return await asyncio.wait_for(self._queue(kind).get(), seconds)

    async def close(self) -> None:
        """Go, as a browser that closes its tab."""
        self._listening.cancel()
        await self._wire.close()

    def _queue(self, kind: str) -> asyncio.Queue[Any]:
        return self._arrived.setdefault(kind, asyncio.Queue())

    async def _listen(self) -> None:
        async for frame in self._wire:
            if frame.type is aiohttp.WSMsgType.TEXT:
                await self._take(frame.data)
        self.closed.set()

    async def _take(self, packet: str) -> None:
        if packet == "2":
            await self._wire.send_str("3")
        elif packet.startswith("42"):
            event, message = orjson.loads(packet[2:])
            kind = message.get("type", event)
            self._queue("refused!" if kind == "refused" else kind).put_nowait(message)
            if kind == "refused":
                self.refused = message["code"]


def encoded(event: str, message: object) -> str:
    """An event as it goes over the wire."""
    return "42" + orjson.dumps([event, message]).decode()
