"""A thread of the web process that carries orders to signaling, so that no request waits."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

import httpx
import structlog
from joserfc.jwk import OKPKey

from config.settings import SignalingNode
from server.control import service
from server.control.placement import place
from server.db import Database
from signaling import tickets

log = structlog.get_logger("control")
TIMEOUT = httpx.Timeout(2.0)


class Courier:
    """Signs an order and hands it to the node's internal listener."""

    def __init__(self, nodes: Mapping[str, SignalingNode], key: OKPKey) -> None:
        self._nodes = nodes
        self._key = key

    @cached_property
    def _client(self) -> httpx.Client:
        """One kept connection to each node; made when first needed, which is after the fork."""
        return httpx.Client(timeout=TIMEOUT)

    def send(self, node: str, order_id: uuid.UUID, claims: dict[str, Any]) -> bool:
        """Whether the node took the order; the order's id makes a repeat harmless."""
        if node == service.EVERYWHERE:
            # Each is asked, also when the one before it does not answer.
            answers = [self.send(each, order_id, claims) for each in self._nodes]
            return all(answers)
        if node == service.WHERE_IT_LIVES:
            node = place(claims["room"], self._nodes)
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
    """Wakes after each commit that left an order; the worker sweeps what stays behind."""

    def __init__(self, database: Database, courier: Courier) -> None:
        self._database = database
        self._courier = courier
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

    def wake(self) -> None:
        """Something is due; starts the thread at first use, after the server has forked."""
        with self._lock:
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="control", daemon=True)
                self._thread.start()
        self._wake.set()

    def _run(self) -> None:
        waiting = 0
        while True:
            self._wake.wait(timeout=service.RETRY.total_seconds() if waiting else None)
            self._wake.clear()
            if self._over.is_set():
                return
            try:
                waiting = service.deliver_due(
                    self._database, self._courier.send, now=datetime.now(UTC)
                )
            except Exception as trouble:  # a database away must not end the thread
                log.error("dispatch-failed", error=type(trouble).__name__)
                waiting = 1
