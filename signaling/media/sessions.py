"""Live echo calls: a few at once, one a person, each over within twenty seconds."""

import asyncio
import secrets
import time
from collections import deque
from dataclasses import dataclass, field

import structlog
from aiortc import (
    MediaStreamTrack,
    RTCConfiguration,
    RTCDataChannel,
    RTCIceServer,
    RTCPeerConnection,
    RTCSessionDescription,
)

from signaling.media.offer import OfferRefused
from signaling.media.tracks import Echo, answer_messages

NEGOTIATION_SECONDS = 5.0
#: calls that ended by themselves while their browser was about to hang up
REMEMBERED = 32

log = structlog.get_logger("media")


class Busy(Exception):
    """Every place is taken; `retry_after` seconds from now one is certainly free."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(retry_after)
        self.retry_after = retry_after


@dataclass(eq=False)
class EchoSession:
    """One browser's echo call."""

    peer: str
    connection: RTCPeerConnection
    ends_at: float
    id: str = field(default_factory=lambda: secrets.token_urlsafe(18))
    started_at: float = field(default_factory=time.monotonic)
    echoes: list[Echo] = field(default_factory=list)
    timer: asyncio.TimerHandle | None = None


class EchoSessions:
    """Opens, replaces and ends echo calls; nothing outlives `close`."""

    def __init__(self, configuration: RTCConfiguration, *, limit: int, seconds: float) -> None:
        self._configuration = configuration
        self._limit = limit
        self._seconds = seconds
        self._live: dict[str, EchoSession] = {}
        self._ending: set[asyncio.Task[None]] = set()
        self._over: deque[tuple[str, float]] = deque(maxlen=REMEMBERED)

    def __len__(self) -> int:
        return len(self._live)

    def make_room(self, peer: str) -> None:
        """Refuse when full; somebody's new test takes the place of their own old one."""
        others = [s for s in self._live.values() if s.peer != peer]
        if len(others) >= self._limit:
            first = min(s.ends_at for s in others) - time.monotonic()
            raise Busy(max(1, round(first + 0.5)))

    async def open(self, peer: str, sdp: str) -> tuple[EchoSession, str]:
        """Answer an offer; the answer carries all our candidates."""
        self.make_room(peer)
        for old in [s for s in self._live.values() if s.peer == peer]:
            self._forget(old, "replaced")
        session = EchoSession(
            peer=peer,
            connection=RTCPeerConnection(self._configuration),
            ends_at=time.monotonic() + self._seconds,
        )
        self._live[session.id] = session  # before the first await: the cap counts it
        loop = asyncio.get_running_loop()
        session.timer = loop.call_later(self._seconds, self._forget, session, "time")
        self._give_back(session)
        try:
            async with asyncio.timeout(NEGOTIATION_SECONDS):
                answer = await _negotiate(session.connection, sdp)
        except TimeoutError:
            self._forget(session, "no answer in time")
            raise
        except Exception as broken:  # whatever an odd offer stirs up in the library
            self._forget(session, "not negotiated")
            raise OfferRefused("bad-offer", "This offer cannot be answered.") from broken
        return session, answer

    async def end(self, session_id: str) -> float | None:
        """Hang up; when the call had begun, or None when there was no such call.

        Hanging up what is over already changes nothing: time, or a connection that closed, may
        have been faster than the request.
        """
        session = self._live.get(session_id)
        if session is not None:
            self._forget(session, "hung up")
        return dict(self._over).get(session_id)

    async def close(self) -> None:
        """End every call, and wait until the last socket is closed."""
        for session in list(self._live.values()):
            self._forget(session, "shutdown")
        while self._ending:
            await asyncio.gather(*self._ending)

    def _give_back(self, session: EchoSession) -> None:
        connection = session.connection

        @connection.on("track")
        def _echo(track: MediaStreamTrack) -> None:
            echo = Echo(track)
            session.echoes.append(echo)
            connection.addTrack(echo)

        @connection.on("datachannel")
        def _answer(channel: RTCDataChannel) -> None:
            answer_messages(channel)

        @connection.on("connectionstatechange")
        def _gone() -> None:
            if connection.connectionState in ("failed", "closed"):
                self._forget(session, connection.connectionState)

    def _forget(self, session: EchoSession, reason: str) -> None:
        if self._live.pop(session.id, None) is None:
            return
        self._over.append((session.id, session.started_at))
        lasted = time.monotonic() - session.started_at
        log.info("echo ended", reason=reason, seconds=round(lasted, 1), count=len(self._live))
        if session.timer is not None:
            session.timer.cancel()
        task = asyncio.get_running_loop().create_task(_hang_up(session))
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)


async def _negotiate(connection: RTCPeerConnection, sdp: str) -> str:
    await connection.setRemoteDescription(RTCSessionDescription(sdp, "offer"))
    await connection.setLocalDescription(await connection.createAnswer())
    return str(connection.localDescription.sdp)


async def _hang_up(session: EchoSession) -> None:
    for echo in session.echoes:
        echo.stop()
    await session.connection.close()


def own_ice(urls: list[str], username: str, credential: str) -> RTCConfiguration:
    """Our own list, said even when empty: the library's default is a stranger's public STUN."""
    stun = [url for url in urls if url.startswith("stun")]
    turn = [url for url in urls if url.startswith("turn")]
    servers = [RTCIceServer(urls=stun)] if stun else []
    if turn:
        servers.append(RTCIceServer(urls=turn, username=username, credential=credential))
    # Not max-bundle: aiortc would read the candidates of the last section, not the first.
    return RTCConfiguration(iceServers=servers)
