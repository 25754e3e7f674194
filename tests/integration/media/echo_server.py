"""A real media process in this event loop, and a browser stand-in that calls it."""

import asyncio
import json
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from fractions import Fraction

import aiohttp
from aiohttp import web
from aiortc import (
    RTCConfiguration,
    RTCPeerConnection,
    RTCSessionDescription,
    VideoStreamTrack,
)
from aiortc.mediastreams import AudioStreamTrack
from av import VideoFrame
from joserfc.jwk import OKPKey

from config.settings import MediaSettings
from signaling import tickets
from signaling.media.echo import create_app

KEY = OKPKey.generate_key("Ed25519")
OTHER_KEY = OKPKey.generate_key("Ed25519")
ORIGIN = "http://localhost:8000"
MORGAN = "participant-morgan"


def media_settings(**changes) -> MediaSettings:
    told = {
        "demo": True,
        "origins": [ORIGIN],
        "node": "m1",
        "ticket_public_key": json.dumps(KEY.as_dict(private=False)),
        "host": "127.0.0.1",
        "port": 0,
        "max_sessions": 3,
        "session_seconds": 20,
        "allow_private_candidates": True,
    }
    return MediaSettings(**{**told, **changes})


@asynccontextmanager
async def echo_server(**changes):
    """The address of a running echo, as configured."""
    runner = web.AppRunner(create_app(media_settings(**changes)))
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        host, port = runner.addresses[0][:2]
        async with aiohttp.ClientSession(f"http://{host}:{port}") as browser:
            yield browser
    finally:
        await runner.cleanup()


def a_ticket(peer: str = MORGAN, *, key: OKPKey = KEY, now=None, **changes) -> str:
    claims = {
        "room": "room-1",
        "peer": peer,
        "role": "patient",
        "stage": "echo",
        "seat": 1,
        "epoch": 0,
        "node": "m1",
        "page": "page-1",
        "audience": "media",
    }
    ticket = tickets.Ticket(**{**claims, **changes})
    return tickets.issue(ticket, key, now=now or datetime.now(UTC))


class Picture(VideoStreamTrack):
    """A small moving picture at 15 frames a second, as the page sends it."""

    def __init__(self, width: int = 320, height: int = 180) -> None:
        super().__init__()
        self._size, self._count = (width, height), 0

    async def recv(self):
        if self._count:
            await asyncio.sleep(1 / 15)
        frame = VideoFrame(*self._size, "yuv420p")
        for plane in frame.planes:
            plane.update(bytes([self._count * 5 % 256]) * plane.buffer_size)
        frame.pts, frame.time_base = self._count * 6000, Fraction(1, 90000)
        self._count += 1
        return frame


class Caller:
    """One browser's side of the echo call."""

    def __init__(self, picture: Picture | None = None) -> None:
        self.pc = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self.channel = self.pc.createDataChannel("ping", ordered=False, maxRetransmits=0)
        self.heard: asyncio.Queue = asyncio.Queue()
        self.returned: dict = {}
        self.channel.on("message", self.heard.put_nowait)
        self.pc.on("track", lambda track: self.returned.__setitem__(track.kind, track))
        self.pc.addTrack(AudioStreamTrack())
        self.pc.addTrack(picture or Picture())

    async def offer(self) -> str:
        await self.pc.setLocalDescription(await self.pc.createOffer())
        return self.pc.localDescription.sdp

    async def call(self, browser, ticket: str):
        """POST the offer, take the answer, wait until connected; the response's headers."""
        response = await post_offer(browser, ticket, await self.offer())
        assert response.status == 201, await response.text()
        answer = RTCSessionDescription(await response.text(), "answer")
        await self.pc.setRemoteDescription(answer)
        await self.until("connected")
        return response.headers

    async def until(self, *states: str, seconds: float = 10) -> None:
        async with asyncio.timeout(seconds):
            while self.pc.connectionState not in states:
                changed = asyncio.get_running_loop().create_future()
                self.pc.once("connectionstatechange", lambda f=changed: f.set_result(None))
                await changed

    async def channel_opens(self) -> None:
        async with asyncio.timeout(10):
            while self.channel.readyState != "open":
                opened = asyncio.get_running_loop().create_future()
                self.channel.once("open", lambda f=opened: f.set_result(None))
                await opened

    async def __aenter__(self):
        return self

    async def __aexit__(self, *_) -> None:
        await self.pc.close()


async def hang_up(browser, headers):
    """DELETE what the answer's Location named, relative to /echo."""
    return await browser.delete("/" + headers["Location"])


async def post_offer(browser, ticket: str | None, sdp: str, **headers):
    told = {"Content-Type": "application/sdp", **headers}
    if ticket is not None:
        told["Authorization"] = f"Bearer {ticket}"
    return await browser.post("/echo", data=sdp.encode(), headers=told)


async def error_code(response) -> tuple[int, str]:
    return response.status, (await response.json())["error"]["code"]
