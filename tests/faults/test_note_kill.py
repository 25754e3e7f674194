"""R-06: `kill -9` of web while a note saves itself loses no acknowledged text, mixes none."""

from __future__ import annotations

import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
import uuid
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from server.audit.chain import open_database
from server.chart import service
from server.identity import cookies
from server.identity.service import open_staff_session
from tests.actors import staff
from tests.people import DR_RIVERA, open_visit

RIVERA = staff(DR_RIVERA)
PATIENCE = 40


class Web:
    """The web process alone, on SQLite, killed and started again at will."""

    def __init__(self, settings, folder: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._log = folder / "web.log"
        self._process: subprocess.Popen[bytes] | None = None
        told = settings.model_dump(
            mode="json", include={"data_dir", "database_url", "media_url"}
        )
        self._environment = {
            "PATH": os.environ["PATH"],
            **{f"MOORING_{name.upper()}": str(value) for name, value in told.items()},
            "MOORING_DEMO": "true",
            "MOORING_BASE_URL": self.url,
            "MOORING_MAIL_FROM": settings.mail_from,
            "MOORING_SECRET_KEY": settings.secret_key.get_secret_value(),
            "MOORING_AUDIT_KEY": settings.audit_key.get_secret_value(),
            "MOORING_TICKET_PRIVATE_KEY": settings.ticket_private_key.get_secret_value(),
            "MOORING_SIGNALING_PUBLIC_KEY": settings.signaling_public_key,
            "MOORING_SIGNALING_NODES": json.dumps(
                {name: node.model_dump() for name, node in settings.signaling_nodes.items()}
            ),
        }

    def start(self) -> None:
        """Start it and wait until it answers."""
        command = [sys.executable, "-m", "gunicorn", "-c", "python:config.gunicorn.web"]
        with self._log.open("ab") as into:
            self._process = subprocess.Popen(
                [*command, "-b", f"127.0.0.1:{self.port}"],
                env=self._environment,
                stdout=into,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        until = time.monotonic() + PATIENCE
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > until:
                raise AssertionError(self._log.read_text()[-3000:])
            time.sleep(0.05)

    def kill(self) -> None:
        """`kill -9`, master and worker alike: as the power would go."""
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None

    def _answers(self) -> bool:
        try:
            return httpx.get(f"{self.url}/healthz", timeout=2).status_code == 200
        except httpx.HTTPError:
            return False


class Writer(threading.Thread):
    """Saves one text after the other; remembers what was acknowledged and what was tried."""

    def __init__(self, web: Web, visit: uuid.UUID, cookie: str, revision: int) -> None:
        super().__init__(daemon=True)
        self._web, self._visit, self._cookie = web, visit, cookie
        self._revision = revision
        self.acknowledged = ""
        self.tried: list[str] = []
        self.wrong: list[int] = []
        self.begun = threading.Event()

    def run(self) -> None:
        headers = {
            "X-Mooring": "1",
            "Origin": self._web.url,
            "Cookie": f"{cookies.STAFF}={self._cookie}",
        }
        address = f"{self._web.url}/visits/{self._visit}/note"
        with httpx.Client(headers=headers, timeout=10) as browser:
            while True:
                text = f"{uuid.uuid4().hex} " * random.randint(1, 400)
                self.tried.append(text)
                saving = {"text": text, "revision": self._revision, "key": uuid.uuid4().hex}
                try:
                    answer = browser.put(address, json=saving)
                except httpx.HTTPError:
                    return
                if answer.status_code != 200:
                    self.wrong.append(answer.status_code)
                    return
                self._revision = answer.json()["revision"]
                self.acknowledged = text
                self.begun.set()


@pytest.mark.parametrize("kills", [3, pytest.param(60, marks=pytest.mark.slow)])
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_no_acknowledged_text_is_lost_when_web_is_killed(settings, tmp_path, kills):
    database = open_database(settings)
    now = datetime.now(UTC)
    with database.transaction() as session:
        visit = open_visit(session, now=now).id
        cookie = open_staff_session(session, DR_RIVERA.id, now=now)
    web = Web(settings, tmp_path)
    revision, saves = 0, 0
    try:
        for _ in range(kills):
            web.start()
            writer = Writer(web, visit, cookie, revision)
            writer.start()
            assert writer.begun.wait(PATIENCE), writer.wrong
            time.sleep(random.uniform(0, 0.4))  # the moment itself is what is tried
            web.kill()
            writer.join(PATIENCE)
            assert not writer.wrong
            with database.transaction() as session:
                kept = service.read(session, RIVERA, visit, now=datetime.now(UTC))
            allowed = {writer.acknowledged, writer.tried[-1]}  # whole, the old or the new
            assert kept.text in allowed
            revision = kept.revision
            saves += len(writer.tried)
    finally:
        web.kill()
        database.engine.dispose()
    assert revision >= kills
    assert saves > kills
