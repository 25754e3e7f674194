"""One side of the synthetic call: a socket and a peer connection, as in a browser."""

import asyncio
import contextlib
import json
import time
from collections.abc import Awaitable, Callable
from fractions import Fraction
from typing import Any

import socketio
from aiortc import (
    AudioStreamTrack,
    MediaStreamTrack,
    RTCConfiguration,
    RTCIceServer,
    RTCPeerConnection,
    RTCSessionDescription,
    VideoStreamTrack,
)
from aiortc.mediastreams import MediaStreamError
from aiortc.sdp import candidate_from_sdp
from av import VideoFrame

from signaling.media.probe_door import ProbeFailed

FRAMES_A_SECOND = 15
Ticket = dict[str, Any]


class MovingPicture(VideoStreamTrack):
    """A small picture that changes with every frame."""

    def __init__(self) -> None:
        super().__init__()
        self._count = 0

    async def recv(self) -> VideoFrame:
        if self._count:
            await asyncio.sleep(1 / FRAMES_A_SECOND)
        frame = VideoFrame(320, 180, "yuv420p")
        for plane in frame.planes:
            plane.update(bytes([self._count * 7 % 256]) * plane.buffer_size)
        frame.pts = self._count * 90000 // FRAMES_A_SECOND
        frame.time_base = Fraction(1, 90000)
        self._count += 1
        return frame


class ProbePeer:
    """Connects with a ticket, waits, is admitted, negotiates with the one other peer."""

    def __init__(self, fetch: Callable[[], Awaitable[Ticket]], *, origin: str) -> None:
        self._fetch = fetch
        self._origin = origin
        self._socket = socketio.AsyncClient(reconnection=False)
        self._socket.on("signal", self._arrived)
        self._inbox: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._tasks: set[asyncio.Task[None]] = set()
        self._connection: RTCPeerConnection | None = None
        self._ice: list[dict[str, Any]] = []
        self.ticket: Ticket = {}
        self.welcomed = asyncio.Event()
        self.first_frame_at: float | None = None
        self.seen = asyncio.Event()
        self.pictures = 0
        self.trips: list[float] = []
        self.relayed = 0
        self.failure: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def connect(self) -> None:
        """Fetch a ticket and take the seat."""
        self.ticket = await self._fetch()
        self._ice = self.ticket.get("ice_servers") or []
        self._begin(self._listen())
        await self._socket.connect(
            f"{self.ticket['url']}?room={self.ticket['room']}",
            socketio_path=self.ticket["path"],
            transports=["websocket"],
            auth={"ticket": self.ticket["ticket"]},
            headers={"Origin": self._origin},
            wait_timeout=10,
        )
        await self.welcomed.wait()

    async def counts(self) -> tuple[int, int]:
        """Packets received and lost so far, sound and picture together."""
        received = lost = 0
        report = await self._connection.getStats() if self._connection else {}
        for entry in report.values():
            if entry.type == "inbound-rtp":
                received += entry.packetsReceived
                lost += max(0, entry.packetsLost)
        return received, lost

    async def close(self) -> None:
        """Say bye and let everything go."""
        if self._socket.connected:
            await self._send({"type": "bye"})
            await self._socket.disconnect()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._connection is not None:
            await self._connection.close()
        self.failure.cancel()

    async def _arrived(self, message: dict[str, Any]) -> None:
        self._inbox.put_nowait(message)

    def _begin(self, work: Awaitable[None]) -> None:
        async def told() -> None:
            try:
                await work
            except Exception as broken:  # reported by whoever waits for this peer
                if not self.failure.done():
                    self.failure.set_exception(broken)

        self._tasks.add(asyncio.create_task(told()))

    async def _listen(self) -> None:
        while True:
            message = await self._inbox.get()
            match message["type"]:
                case "welcome":
                    self.welcomed.set()
                case "admitted":
                    self._ice = message["ice_servers"]
                case "roster":
                    for peer in message["offer_to"]:
                        await self._offer(peer)
                case "relayed":
                    self.relayed += 1
                    await self._heard(message["sender"], message["message"])
                case "ended" | "refused" | "moved":
                    code = message.get("code", message["type"])
                    raise ProbeFailed(f"signaling said {code}")

    async def _offer(self, peer: str) -> None:
        connection = self._fresh()
        connection.addTrack(AudioStreamTrack())
        connection.addTrack(MovingPicture())
        await connection.setLocalDescription(await connection.createOffer())
        await self._describe(peer)

    async def _heard(self, sender: str, message: dict[str, Any]) -> None:
        if message["type"] == "candidates":
            await self._take(message["candidates"])
            return
        description = RTCSessionDescription(**message["description"])
        if description.type == "answer" and self._connection is not None:
            await self._connection.setRemoteDescription(description)
            return
        connection = self._fresh()
        await connection.setRemoteDescription(description)
        connection.addTrack(AudioStreamTrack())
        connection.addTrack(MovingPicture())
        await connection.setLocalDescription(await connection.createAnswer())
        await self._describe(sender)

    async def _take(self, candidates: list[dict[str, Any]]) -> None:
        for each in candidates:
            if self._connection is not None and each["candidate"]:
                candidate = candidate_from_sdp(each["candidate"].removeprefix("candidate:"))
                candidate.sdpMid = each["sdpMid"]
                candidate.sdpMLineIndex = each["sdpMLineIndex"]
                await self._connection.addIceCandidate(candidate)

    async def _describe(self, peer: str) -> None:
        assert self._connection is not None  # noqa: S101  # set by _fresh just before
        own = self._connection.localDescription
        await self._send(
            {
                "type": "describe",
                "to": peer,
                "description": {"type": own.type, "sdp": own.sdp},
                "epoch": self.ticket["epoch"],
            }
        )

    async def _send(self, message: dict[str, Any]) -> None:
        await self._socket.emit("signal", message)

    def _fresh(self) -> RTCPeerConnection:
        servers = [RTCIceServer(**{k: v for k, v in s.items() if v}) for s in self._ice]
        connection = self._connection = RTCPeerConnection(RTCConfiguration(iceServers=servers))
        channel = connection.createDataChannel("mooring", negotiated=True, id=0)

        @connection.on("track")
        def _read(track: MediaStreamTrack) -> None:
            self._begin(self._watch(track))

        @channel.on("open")
        def _open() -> None:
            self._begin(ping())

        @channel.on("message")
        def _message(text: str) -> None:
            told = json.loads(text)
            if "ask" in told:
                channel.send(json.dumps({"told": told["ask"]}))
            else:
                self.trips.append((time.monotonic() - told["told"]) * 1000)

        async def ping() -> None:
            while channel.readyState == "open":
                channel.send(json.dumps({"ask": time.monotonic()}))
                await asyncio.sleep(0.1)

        return connection

    async def _watch(self, track: MediaStreamTrack) -> None:
        with contextlib.suppress(MediaStreamError):
            while True:
                await track.recv()
                if track.kind == "video":
                    self.pictures += 1
                    if self.first_frame_at is None:
                        self.first_frame_at = time.monotonic()
                        self.seen.set()
