"""A real signaling node under gunicorn, with the keys of a web server that the test plays."""

from __future__ import annotations

import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import psutil
import requests
from joserfc.jwk import OKPKey

from signaling import tickets
from signaling.tickets import Ticket

ROOT = Path(__file__).parents[3]
ORIGIN = "http://localhost:8000"


def a_key() -> OKPKey:
    key = OKPKey.generate_key("Ed25519")
    key.ensure_kid()
    return key


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def until(true: Callable[[], Any], seconds: float = 10.0) -> Any:
    """Wait for a condition, not for a time."""
    end = time.monotonic() + seconds
    while True:
        if found := true():
            return found
        if time.monotonic() > end:
            raise AssertionError("it did not become true in time")
        time.sleep(0.02)


class Web:
    """The web server's ear: takes happenings, and can be told to be out of order."""

    def __init__(self, keys: Any) -> None:
        self.batches: list[dict[str, Any]] = []
        self.status = 200
        ear = self

        class Ear(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                claims = tickets.verify_claims(
                    body, keys, audience="happenings", now=datetime.now(UTC)
                )
                if ear.status == 200:
                    ear.batches.append(claims)
                self.send_response(ear.status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Ear)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def events(self) -> list[dict[str, Any]]:
        return [event for batch in list(self.batches) for event in batch["events"]]

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class Node:
    """One gunicorn with one worker, its log, its memory, and web's side of it."""

    def __init__(self, *, demo: bool = False, name: str = "n1", **settings: Any) -> None:
        self.name = name
        self.key, self._reporter_key = a_key(), a_key()
        self.web = Web(
            tickets.public_keys(json.dumps(self._reporter_key.as_dict(private=False)))
        )
        self.port, self.control_port = free_port(), free_port()
        self._folder = tempfile.TemporaryDirectory(prefix="node-")
        self.log_file = Path(self._folder.name) / "log"
        self._settings = {
            "NODE": name,
            "DEMO": json.dumps(demo),
            "ORIGINS": json.dumps([ORIGIN]),
            "TICKET_PUBLIC_KEY": json.dumps(self.key.as_dict(private=False)),
            "REPORTER_PRIVATE_KEY": json.dumps(self._reporter_key.as_dict(private=True)),
            "WEB_URL": self.web.url,
            "LISTEN": f"127.0.0.1:{self.port}",
            "CONTROL_LISTEN": f"127.0.0.1:{self.control_port}",
            "LOG_LEVEL": "DEBUG",
            **settings,
        }
        self._process: subprocess.Popen[bytes] | None = None

    def launch(self) -> subprocess.Popen[bytes]:
        environ = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT),
            "PYTHONWARNINGS": "ignore",
        }
        environ |= {f"MOORING_{name}": str(value) for name, value in self._settings.items()}
        with self.log_file.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "gunicorn", "-c", "config/gunicorn/signaling.py"],
                cwd=ROOT, env=environ, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        return self._process

    def start(self) -> Node:
        process = self.launch()
        until(lambda: self.healthy() or process.poll() is not None, 20)
        assert process.poll() is None, self.log()
        return self

    def healthy(self) -> bool:
        try:
            return requests.get(f"{self.url}/healthz", timeout=1).ok
        except requests.RequestException:
            return False

    def kill(self) -> None:
        """`kill -9` of the whole group, as a crash would be."""
        if self._process and self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    def stop(self) -> None:
        self.kill()
        self.web.stop()
        self._folder.cleanup()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def path(self) -> str:
        return f"/signaling/{self.name}"

    def log(self) -> str:
        return self.log_file.read_text()

    def rss(self) -> float:
        """Megabytes the worker holds."""
        assert self._process
        workers = psutil.Process(self._process.pid).children()
        return sum(each.memory_info().rss for each in workers) / 2**20

    def cpu(self) -> float:
        """Seconds of processor time the worker has used."""
        assert self._process
        workers = psutil.Process(self._process.pid).children()
        return sum(sum(each.cpu_times()[:2]) for each in workers)

    def a_ticket(self, peer: str, *, now: datetime | None = None, **claims: Any) -> str:
        fields: dict[str, Any] = {
            "room": "room-1", "role": "patient", "stage": "admitted", "seat": 1, "epoch": 1,
            "node": self.name, "page": f"page-{peer}", "visit_version": 1, **claims,
        }  # fmt: skip
        ticket = Ticket(peer=peer, **fields)
        return tickets.issue(ticket, self.key, now=now or datetime.now(UTC))

    def order(self, do: str, *, jti: str | None = None, **claims: Any) -> requests.Response:
        """Say something to the node as web does."""
        body = {
            "do": do, "room": "room-1", "peer": None, "seat": None, "epoch": 1,
            "ice_servers": None, "reason": None, "node": self.name,
            "jti": jti or secrets.token_urlsafe(8), **claims,
        }  # fmt: skip
        token = tickets.sign_claims(body, self.key, audience="control", now=datetime.now(UTC))
        return self.post_order(token)

    def post_order(self, token: str, port: int | None = None) -> requests.Response:
        return requests.post(
            f"http://127.0.0.1:{port or self.control_port}/signaling-control",
            data=token, headers={"Content-Type": "application/jwt"}, timeout=5,
        )  # fmt: skip

    def post_order_as_host(self, host: str) -> requests.Response:
        """A good order on the public listener, under the name of the inner one."""
        token = tickets.sign_claims(
            {"do": "end", "room": "r", "node": self.name}, self.key,
            audience="control", now=datetime.now(UTC),
        )  # fmt: skip
        return requests.post(
            f"{self.url}/signaling-control", data=token, timeout=5,
            headers={"Host": host, "X-Forwarded-Host": host, "X-Forwarded-Port": host[-4:]},
        )  # fmt: skip


@contextmanager
def a_node(**settings: Any) -> Iterator[Node]:
    node = Node(**settings)
    try:
        yield node.start()
    finally:
        node.stop()
