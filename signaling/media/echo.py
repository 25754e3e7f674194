"""The echo test's front door: WHIP-style HTTP around a call that only talks back (T-24)."""

import asyncio
import contextlib
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime

import structlog
from aiohttp import web

from config.settings import MediaSettings
from signaling import tickets
from signaling.media.load import LoadMeter
from signaling.media.offer import OfferRefused, accept
from signaling.media.sessions import Busy, EchoSessions, own_ice

OFFER_BYTES = 32 * 1024
EXPOSED = "Location, Retry-After, Server-Timing"
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

log = structlog.get_logger("media")


class Refused(Exception):
    """What the browser is told instead of an answer: a stable code and a sentence."""

    def __init__(self, status: int, code: str, message: str, **headers: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}


class EchoService:
    """Checks the ticket, the origin and the offer, then lets `EchoSessions` do the talking."""

    def __init__(self, settings: MediaSettings) -> None:
        if not settings.origins or "*" in settings.origins:
            raise ValueError("MOORING_ORIGINS must name the exact origins")
        self._settings = settings
        self._keys = tickets.public_keys(settings.ticket_public_key)
        self._born_at = datetime.now(UTC)
        self._used: dict[str, datetime] = {}
        self._load = LoadMeter()
        self.sessions = EchoSessions(
            own_ice(
                settings.ice_urls,
                settings.ice_username,
                settings.ice_secret.get_secret_value(),
            ),
            limit=settings.max_sessions,
            seconds=settings.session_seconds,
        )

    async def alive(self, app: web.Application) -> AsyncIterator[None]:
        """Measure while serving; end every call before the process goes."""
        meter = asyncio.create_task(self._load.run())
        yield
        meter.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await meter
        await self.sessions.close()

    async def start(self, request: web.Request) -> web.Response:
        """POST /echo: a ticket and an offer in, an answer out."""
        now = datetime.now(UTC)
        ticket = self._ticket(request, now=now)
        if request.content_type != "application/sdp":
            raise Refused(415, "not-sdp", "Send the offer as application/sdp.")
        sdp = (await request.read()).decode("utf-8", errors="replace")
        try:
            offer = accept(sdp, allow_private=self._settings.allow_private_candidates)
            self.sessions.make_room(ticket.peer)  # a full house does not use the ticket up
            self._use_once(ticket, now=now)
            session, answer = await self.sessions.open(ticket.peer, offer)
        except Busy as busy:
            wait = str(busy.retry_after)
            raise Refused(
                503, "busy", "The test is busy. One moment.", Retry_After=wait
            ) from None
        except OfferRefused as refused:
            raise Refused(400, refused.code, str(refused)) from None
        except TimeoutError:
            raise Refused(504, "no-road", "The test could not start in time.") from None
        return web.Response(
            status=201,
            text=answer,
            content_type="application/sdp",
            headers={"Location": f"echo/{session.id}", **self._timing(session.started_at)},
        )

    async def finish(self, request: web.Request) -> web.Response:
        """DELETE the Location: hang up, and tell how busy this server was meanwhile."""
        began = await self.sessions.end(request.match_info["session"])
        if began is None:
            raise Refused(404, "not-found", "There is no such test.")
        return web.Response(status=204, headers=self._timing(began))

    async def preflight(self, request: web.Request) -> web.Response:
        """OPTIONS: what another origin may send; `cors` adds to whom it applies."""
        return web.Response(
            status=204,
            headers={
                "Access-Control-Allow-Methods": "POST, DELETE",
                "Access-Control-Allow-Headers": "Authorization, Content-Type",
                "Access-Control-Max-Age": "600",
            },
        )

    async def health(self, request: web.Request) -> web.Response:
        """Whether this process serves, and how full it is."""
        return web.json_response(
            {
                "status": "ok",
                "node": self._settings.node,
                "sessions": len(self.sessions),
                "max_sessions": self._settings.max_sessions,
            }
        )

    @web.middleware
    async def cors(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Answer exactly the configured origins; every refusal has one shape."""
        origin = request.headers.get("Origin")
        try:
            if origin is not None and origin not in self._settings.origins:
                raise Refused(403, "wrong-origin", "This page may not use the test.")
            response = await handler(request)
        except Refused as refused:
            response = _refusal(refused)
        except web.HTTPRequestEntityTooLarge:
            response = _refusal(Refused(413, "too-large", "This offer is too large."))
        except web.HTTPException as refusal:
            response = _refusal(Refused(refusal.status, "not-found", "There is nothing here."))
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Vary"] = "Origin"
        if origin in self._settings.origins:
            response.headers["Access-Control-Allow-Origin"] = origin
            response.headers["Access-Control-Expose-Headers"] = EXPOSED
            response.headers["Timing-Allow-Origin"] = origin
        return response

    def _ticket(self, request: web.Request, *, now: datetime) -> tickets.Ticket:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        try:
            if scheme.lower() != "bearer" or not token:
                raise tickets.TicketRefused("no-ticket")
            ticket = tickets.verify(token.strip(), self._keys, audience="media", now=now)
            if ticket.stage != "echo":
                raise tickets.TicketRefused("wrong-audience")
            if ticket.issued_at < self._born_at:
                # What was used before a restart is forgotten, so nothing older counts.
                raise tickets.TicketRefused("before-start")
            if ticket.jti in self._used:
                raise tickets.TicketRefused("used")
        except tickets.TicketRefused as refused:
            log.info("ticket refused", code=refused.code)
            raise Refused(401, refused.code, "Ask for a new test.") from None
        return ticket

    def _use_once(self, ticket: tickets.Ticket, *, now: datetime) -> None:
        if ticket.jti in self._used:  # two requests raced while their bodies arrived
            raise Refused(401, "used", "Ask for a new test.")
        self._used = {jti: end for jti, end in self._used.items() if end > now}
        self._used[ticket.jti] = ticket.expires_at

    def _timing(self, began: float) -> dict[str, str]:
        value = self._load.server_timing(
            sessions=len(self.sessions),
            limit=self._settings.max_sessions,
            since=min(began, time.monotonic() - 1),
        )
        return {"Server-Timing": value}


def create_app(settings: MediaSettings) -> web.Application:
    """The media process as an aiohttp application."""
    echo = EchoService(settings)
    app = web.Application(client_max_size=OFFER_BYTES, middlewares=[echo.cors])
    app.cleanup_ctx.append(echo.alive)
    app.router.add_post("/echo", echo.start)
    app.router.add_delete("/echo/{session}", echo.finish)
    app.router.add_route("OPTIONS", "/echo", echo.preflight)
    app.router.add_route("OPTIONS", "/echo/{session}", echo.preflight)
    app.router.add_get("/healthz", echo.health)
    return app


def _refusal(refused: Refused) -> web.Response:
    body = {"error": {"code": refused.code, "message": refused.message}}
    return web.Response(
        status=refused.status,
        text=json.dumps(body),
        content_type="application/json",
        headers=refused.headers,
    )
