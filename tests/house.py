"""The whole house, as `make run` brings it up, for tests that need all of it."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path

import psutil

from config.settings import WebSettings
from server.audit.chain import open_database
from server.commands.deployment import web_settings
from server.commands.up import one_time_link
from server.commands.visit import open_visit
from server.db import Database
from server.demo.cast import Staff

PATIENCE = 60
_MARKS = {
    "web": "config.gunicorn.web",
    "signaling": "config.gunicorn.signaling",
    "media": "signaling.media",
    "worker": "server.worker",
}


class Stack:
    """One running house in a folder of its own, on ports of its own."""

    def __init__(self, folder: Path, **told: str) -> None:
        self.folder = folder
        self.port = _free_ports()
        self._told = told
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> Stack:
        """Bring it up and wait until every process answers."""
        command = [sys.executable, "-m", "server.cli", "--data-dir", str(self.folder)]
        kept = ("PATH", "HOME", "LANG", "TMPDIR")
        environment = {k: v for k, v in _environ().items() if k in kept} | self._told
        logs = self.folder / "log"
        logs.mkdir(parents=True, exist_ok=True)
        with (logs / "up.log").open("wb") as into:
            self._process = subprocess.Popen(
                [*command, "up", "--quiet", "--port", str(self.port)],
                env=environment,
                stdout=into,
                stderr=subprocess.STDOUT,
            )
        until = time.monotonic() + PATIENCE
        while not (self.folder / "ready").exists():
            if self._process.poll() is not None or time.monotonic() > until:
                self.stop()
                raise AssertionError(f"the house did not come up:\n{self.said()}")
            time.sleep(0.1)
        return self

    def stop(self) -> None:
        """Close it as Ctrl-C would; every process is gone afterwards."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            for each in psutil.Process(self._process.pid).children(recursive=True):
                each.kill()
            self._process.kill()
            self._process.wait()

    def said(self) -> str:
        """The last lines of every process."""
        parts = []
        for log in sorted((self.folder / "log").glob("*.log")):
            parts += [f"--- {log.stem}", *log.read_text().splitlines()[-30:]]
        return "\n".join(parts)

    @cached_property
    def settings(self) -> WebSettings:
        """What its web process was told."""
        return web_settings(self.folder)

    @property
    def url(self) -> str:
        """Where browsers find it."""
        return self.settings.base_url

    @cached_property
    def database(self) -> Database:
        """Its database, past its processes."""
        return open_database(self.settings)

    def visit(self, *, ready: bool = True) -> dict[str, str]:
        """What `mooring visit --json` prints: a visit that begins now, and both ways in."""
        return open_visit(self.settings, ready=ready)

    def sign_in_link(self, who: Staff, to: str = "/today") -> str:
        """A link that signs this member of staff in, once."""
        return one_time_link(self.settings, who, to)

    def processes(self, name: str) -> list[psutil.Process]:
        """The running processes of one kind, without the shell that restarts them."""
        if self._process is None:
            return []
        ours = psutil.Process(self._process.pid).children(recursive=True)
        return [p for p in ours if _MARKS[name] in _line_of(p) and "until " not in _line_of(p)]

    def kill(self, name: str) -> None:
        """`kill -9`; the house starts it again."""
        for process in self.processes(name):
            process.kill()


@contextmanager
def a_house(folder: Path, **told: str) -> Iterator[Stack]:
    """A house that is up for as long as it is needed."""
    house = Stack(folder, **told)
    try:
        yield house.start()
    finally:
        house.stop()


def _line_of(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())
    except psutil.Error:
        return ""


def _environ() -> dict[str, str]:
    return psutil.Process().environ()


def _free_ports() -> int:
    """The first of four free ports in a row."""
    while True:
        with socket.socket() as first:
            first.bind(("127.0.0.1", 0))
            port: int = first.getsockname()[1]
        if port < 65000 and all(_is_free(port + step) for step in range(4)):
            return port


def _is_free(port: int) -> bool:
    with socket.socket() as trial:
        try:
            trial.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
