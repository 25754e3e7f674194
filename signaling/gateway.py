"""Join Socket.IO to the rooms: parse at the door, decide in the core, send here."""

import time
from datetime import UTC, datetime
from typing import Any

import gevent
import orjson
from flask import request
from flask_socketio import SocketIO
from socketio import packet
from socketio.exceptions import ConnectionRefusedError

from signaling.counts import Counts
from signaling.door import Door
from signaling.greenlets import discreet
from signaling.limits import OUTGOING_PACKETS, Allowance
from signaling.protocol import (
    EVENT,
    Description,
    MalformedMessage,
    Message,
    Refused,
    parse,
    parse_offer,
)
from signaling.reporter import Reporter
from signaling.rooms import Rooms
from signaling.seats import Cut, Delivery, Effect, Report
from signaling.tickets import Ticket, TicketRefused
from signaling.wire import Wire


class Gateway:
    """Bytes in, deliveries out."""

    def __init__(
        self,
        socketio: SocketIO,
        server: Any,
        *,
        door: Door,
        rooms: Rooms,
        reporter: Reporter,
        counts: Counts,
    ) -> None:
        self._server = server
        self._door, self._rooms, self._reporter, self._counts = door, rooms, reporter, counts
        self._arriving: dict[str, tuple[Ticket, Description | None]] = {}
        self._allowances: dict[str, Allowance] = {}
        socketio.on_event("connect", discreet(self._connect))
        socketio.on_event("disconnect", discreet(self._disconnect))
        # The one hot event, a layer below Flask: no request context for each message.
        self._server.on(EVENT, discreet(self._signal))
        self._server.on("*", self._stray)

    def _connect(self, auth: object = None) -> None:
        now = datetime.now(UTC)
        token = auth.get("ticket") if isinstance(auth, dict) else None
        try:
            ticket = self._door.admit(token, room=request.args.get("room"), now=now)
            self._rooms.reason_to_refuse(ticket)
        except TicketRefused as refused:
            self._counts.add(f"refused-{refused.code}")
            raise ConnectionRefusedError(refused.code, {"code": refused.code}) from None
        sid: str = request.sid  # type: ignore[attr-defined]  # Flask-SocketIO puts it there
        self._arriving[sid] = ticket, self._offer_of(auth)
        # The CONNECT packet goes out after this returns; nothing may be said before it.
        gevent.spawn(self._seat, sid)

    def _offer_of(self, auth: object) -> Description | None:
        """The offer beside the ticket; a broken one keeps nobody out, it only is none."""
        brought = auth.get("offer") if isinstance(auth, dict) else None
        if brought is None:
            return None
        try:
            return parse_offer(brought)
        except MalformedMessage:
            self._counts.add("malformed")
            return None

    def _seat(self, sid: str) -> None:
        ticket, offer = self._arriving.pop(sid, (None, None))
        wire = self._wire(sid)
        if ticket is None or wire is None:
            return
        try:
            effects = self._rooms.join(ticket, sid, offer)
        except TicketRefused:  # web has spoken in between
            self._close(sid)
            return
        wire.seat()
        self._allowances[sid] = Allowance(time.monotonic())
        self.carry_out(effects)

    def _disconnect(self, reason: object = None) -> None:
        sid: str = request.sid  # type: ignore[attr-defined]  # Flask-SocketIO puts it there
        self._arriving.pop(sid, None)
        self._allowances.pop(sid, None)
        self.carry_out(self._rooms.leave(sid))
        if wire := self._wire(sid):
            # Leaving the namespace is leaving: no Engine.IO socket stays behind without a seat.
            gevent.spawn_later(1, wire.drop)

    def _signal(self, sid: str, *arguments: object) -> None:
        allowance, now = self._allowances.get(sid), time.monotonic()
        if allowance is None:
            return  # not seated yet, or no longer
        try:
            message = parse(arguments[0] if len(arguments) == 1 else None)
        except MalformedMessage:
            self._refuse(sid, allowance, Refused(code="malformed"), now)
            return
        if not allowance.take(message.type, now):
            self._refuse(sid, allowance, Refused(code="too-fast"), now)
            return
        for effect in self._rooms.hear(sid, message):
            if isinstance(effect, Delivery) and isinstance(effect.message, Refused):
                self._refuse(sid, allowance, effect.message, now)
            else:
                self._carry_out(effect)

    def _stray(self, event: str, sid: str, *arguments: object) -> None:
        """Count an event of another name like any other malformed message (T-31)."""
        if allowance := self._allowances.get(sid):
            self._refuse(sid, allowance, Refused(code="malformed"), time.monotonic())

    def _refuse(self, sid: str, allowance: Allowance, why: Refused, now: float) -> None:
        self._counts.add(why.code)
        if allowance.forgive(now):
            self._send(sid, why)
        elif wire := self._wire(sid):
            self._counts.add("cut-offender")
            wire.drop()

    def carry_out(self, effects: list[Effect]) -> None:
        """Do what the rooms decided, in their order."""
        for effect in effects:
            self._carry_out(effect)

    def _carry_out(self, effect: Effect) -> None:
        match effect:
            case Delivery(to, message):
                self._send(to, message)
            case Cut(socket):
                self._close(socket)
            case Report():
                self._reporter.tell(effect)

    def _send(self, sid: str, message: Message) -> None:
        engine_sid = self._server.manager.eio_sid_from_sid(sid, "/")
        if engine_sid is None:
            return
        # What Socket.IO would write, without its search for a room and for binary parts.
        event = orjson.dumps((EVENT, message.model_dump())).decode()
        self._server.eio.send(engine_sid, f"{packet.EVENT}{event}")
        wire = self._wire(sid)
        if wire is not None and wire.waiting > OUTGOING_PACKETS:
            self._counts.add("cut-slow-reader")
            wire.drop()

    def _close(self, sid: str) -> None:
        """End a socket politely: what was sent before still goes out."""
        self._allowances.pop(sid, None)
        wire = self._wire(sid)
        self._server.disconnect(sid)
        if wire is not None:
            wire.finish()

    def _wire(self, sid: str) -> Wire | None:
        engine_sid = self._server.manager.eio_sid_from_sid(sid, "/")
        engine_socket = self._server.eio.sockets.get(engine_sid)
        return None if engine_socket is None else engine_socket.session.get("wire")
