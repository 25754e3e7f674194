"""Tell web what happened here, signed, in order, and without ever holding up a socket.

What web answers may say who sits here and may no longer: the second road of a revocation.
"""

import secrets
import time
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import gevent
import httpx
from gevent.event import Event
from joserfc.jwk import OKPKey
from pydantic import ValidationError

from signaling import tickets
from signaling.control import Obedience
from signaling.seats import Report
from signaling.tickets import TicketRefused

GATHER_SECONDS = 0.6
"""From the first happening to the batch: a call is made before it is told of."""
BATCH = 200
KEEP = 20_000
STALE_AFTER_SECONDS = 15.0
BACKOFF_SECONDS = (0.2, 0.5, 1.0, 2.0, 5.0)
TIMEOUT_SECONDS = 2.0


class Happenings:
    """What web has not heard yet, oldest first; stale presence is not worth saying."""

    def __init__(self) -> None:
        self._waiting: deque[tuple[float, dict[str, Any]]] = deque(maxlen=KEEP)

    def add(self, report: Report, now: float) -> None:
        """Something happened."""
        self._waiting.append((now, as_event(report)))

    def next_batch(self, now: float) -> list[dict[str, Any]]:
        """Take the next batch; a participant's later presence replaces an earlier one."""
        batch: list[dict[str, Any]] = []
        present: dict[tuple[str, str], int] = {}
        while self._waiting and len(batch) < BATCH:
            at, event = self._waiting.popleft()
            if event["what"] == "present":
                if now - at > STALE_AFTER_SECONDS:
                    continue
                who = (event["room"], event["peer"])
                if who in present:
                    batch[present[who]] = event
                    continue
                present[who] = len(batch)
            batch.append(event)
        return batch

    def __len__(self) -> int:
        return len(self._waiting)


class Reporter:
    """Sends happenings from one greenlet, a batch at a time, until web has taken each."""

    def __init__(
        self,
        *,
        url: str,
        node: str,
        key: OKPKey,
        obedience: Obedience,
        count: Callable[[str], None],
    ) -> None:
        self._url = f"{url.rstrip('/')}/internal/happenings"
        self._node, self._key, self._count = node, key, count
        self._obedience = obedience
        self._boot = secrets.token_urlsafe(12)
        self._seq = 0
        self._happenings = Happenings()
        self._news = Event()
        self._client = httpx.Client(timeout=TIMEOUT_SECONDS, trust_env=False)

    def tell(self, report: Report) -> None:
        """Note something down and return at once."""
        self._happenings.add(report, time.monotonic())
        self._news.set()

    def send_next(self) -> None:
        """Wait until something happens, a moment for what comes with it, and send that."""
        self._news.wait()
        gevent.sleep(GATHER_SECONDS)
        self._news.clear()
        self.send()

    def send(self) -> None:
        """Send what there is, until web has it."""
        while batch := self._happenings.next_batch(time.monotonic()):
            self._deliver(batch)

    def _deliver(self, batch: list[dict[str, Any]]) -> None:
        self._seq += 1
        claims = {
            "jti": secrets.token_urlsafe(16),
            "node": self._node,
            "boot": self._boot,
            "seq": self._seq,
            "events": batch,
        }
        began = time.monotonic()
        for attempt in range(1000):
            if self._post(claims):
                return
            gevent.sleep(BACKOFF_SECONDS[min(attempt, len(BACKOFF_SECONDS) - 1)])
            if time.monotonic() - began > STALE_AFTER_SECONDS:
                claims["events"] = [e for e in batch if e["what"] != "present"]
                if not claims["events"]:
                    return

    def _post(self, claims: dict[str, Any]) -> bool:
        """Whether web has taken or finally refused the batch, so that the next may go."""
        token = tickets.sign_claims(
            claims, self._key, audience="happenings", now=datetime.now(UTC)
        )
        try:
            answer = self._client.post(
                self._url, content=token, headers={"Content-Type": "application/jwt"}
            )
        except httpx.HTTPError:
            self._count("happenings-unreachable")
            return False
        if answer.is_success:
            self._obey(answer, asked=claims["jti"])
            return True
        self._count("happenings-refused")
        return answer.is_client_error and answer.status_code not in (408, 425, 429)

    def _obey(self, answer: httpx.Response, *, asked: str) -> None:
        """Cut whoever web names; an answer not signed for this batch changes nothing."""
        try:
            body = answer.json()
            token = body.get("orders") if isinstance(body, dict) else None
            if isinstance(token, str):
                self._obedience.answer(token, asked=asked, now=datetime.now(UTC))
                self._count("answers-obeyed")
        except (TicketRefused, ValidationError, ValueError, KeyError, TypeError):
            self._count("answers-refused")


def as_event(report: Report) -> dict[str, Any]:
    """A report as web reads it: ids and states, no names, no content."""
    seat = report.seat
    ticket, state = seat.ticket, seat.state
    return {
        "room": ticket.room,
        "peer": ticket.peer,
        "page": ticket.page,
        "seat": ticket.seat,
        "what": report.what,
        "stage": seat.stage,
        "muted": state.muted,
        "camera": state.camera,
        "hidden": state.hidden,
        "connected": state.connected,
    }
