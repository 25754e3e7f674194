"""A thread of the web process that carries orders to signaling, so that no request waits."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import cached_property
from queue import SimpleQueue
from time import monotonic
from typing import Any

import httpx
import structlog
from joserfc.jwk import OKPKey
from sqlalchemy import inspect

from config.settings import SignalingNode
from server.control import service
from server.control.models import ControlOrder
from server.db import Database
from signaling import tickets

log = structlog.get_logger("control")
TIMEOUT = httpx.Timeout(2.0)
#: seconds after the first order, when the hurry is over and the bells are rung
STRUCK_OFF_AFTER = 0.3
#: of the orders carried so many are remembered; then they are struck off, hurry or not
AT_MOST_CARRIED = 100


class Courier:
    """Signs an order and hands it to the node's internal listener."""

    def __init__(self, nodes: Mapping[str, SignalingNode], key: OKPKey) -> None:
        self._nodes = nodes
        self._key = key

    @property
    def nodes(self) -> Collection[str]:
        """All there are."""
        return self._nodes

    @cached_property
    def _client(self) -> httpx.Client:
        """One kept connection to each node; made when first needed, which is after the fork."""
        return httpx.Client(timeout=TIMEOUT)

    def send(self, node: str, order_id: uuid.UUID, claims: dict[str, Any]) -> bool:
        """Whether the node took the order; the order's id makes a repeat harmless."""
        address = self._nodes.get(node)
        if address is None:
            return False
        token = tickets.sign_claims(
            {**claims, "node": node, "jti": str(order_id)},
            self._key,
            audience="control",
            now=datetime.now(UTC),
        )
        try:
            answer = self._client.post(
                f"{address.control_url}/signaling-control",
                content=token,
                headers={"Content-Type": "application/jwt"},
            )
        except httpx.HTTPError:
            return False
        if answer.status_code != 200:
            log.warning("order-refused", node=node, status=answer.status_code)
        return answer.status_code == 200

    def is_alive(self, node: str) -> bool:
        """Whether the node answers; asked before a room is moved away from it."""
        address = self._nodes.get(node)
        try:
            return (
                address is not None
                and self._client.get(f"{address.control_url}/healthz").status_code == 200
            )
        except httpx.HTTPError:
            return False

    def close(self) -> None:
        """Hang up."""
        if "_client" in self.__dict__:
            self._client.close()


class Dispatcher:
    """Carries each order as soon as it is committed; the worker sweeps what stays behind.

    What was carried is struck off a moment later, and the bells (`change`) are rung then: the
    person in the door waits for neither.
    """

    def __init__(self, database: Database, courier: Courier) -> None:
        self._database = database
        self._courier = courier
        self._fresh: SimpleQueue[service.Addressed] = SimpleQueue()
        self._delivered: set[uuid.UUID] = set()
        self._sweep_at: float | None = None
        self._wake = threading.Event()
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()
        self._over = threading.Event()

    def stop(self) -> None:
        """Let the thread finish what it is doing, and wait for it."""
        self._over.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join()
        self._courier.close()

    def wake(self, orders: Sequence[ControlOrder]) -> None:
        """These were committed; starts the thread at first use, after the server has forked."""
        for each in orders:
            undone = not inspect(each).persistent  # on the way to the commit
            if not each.is_bell and not undone:
                self._fresh.put((each.node, each.id, each.claims))
        with self._lock:
            if self._sweep_at is None:
                self._sweep_at = monotonic() + STRUCK_OFF_AFTER
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="control", daemon=True)
                self._thread.start()
        self._wake.set()

    def _run(self) -> None:
        behind = False
        while True:
            self._wake.wait(self._patience(behind=behind))
            self._wake.clear()
            at_rest = self._is_sweep_due() or len(self._delivered) >= AT_MOST_CARRIED
            behind = not self._done(self._strike_off if behind or at_rest else self._carry)
            if self._over.is_set():
                if self._sweep_at is not None:
                    self._done(self._strike_off)
                return

    def _done(self, work: Callable[[], bool]) -> bool:
        try:
            return work()
        except Exception as trouble:  # a database away must not end the thread
            log.error("dispatch-failed", error=type(trouble).__name__)
            return False

    def _patience(self, *, behind: bool) -> float | None:
        """Seconds until there is something to do unasked."""
        if behind:
            return service.RETRY.total_seconds()
        return None if self._sweep_at is None else max(0.0, self._sweep_at - monotonic())

    def _is_sweep_due(self) -> bool:
        return self._sweep_at is not None and monotonic() >= self._sweep_at

    def _carry(self) -> bool:
        """Send what was just committed, in its order; whether all of it was taken."""
        taken = service.carry(self._drained(), self._courier)
        self._delivered.update(order_id for order_id in taken if taken[order_id])
        return all(taken.values())

    def _drained(self) -> Iterator[service.Addressed]:
        while not self._fresh.empty():
            yield self._fresh.get()

    def _strike_off(self) -> bool:
        """Forget what was carried and send what is due besides; whether nothing waits."""
        self._sweep_at = None
        while not self._fresh.empty():
            self._fresh.get()  # due like any other: its row keeps its turn
        delivered, self._delivered = self._delivered, set()
        waiting = service.deliver_due(
            self._database,
            self._courier,
            now=datetime.now(UTC),
            delivered_before=delivered,
        )
        return waiting == 0
