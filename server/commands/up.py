"""Bring the whole house up on this machine: keys, tables, demo, four processes, links."""

from __future__ import annotations

import errno
import os
import secrets
import shlex
import signal
import socket
import sys
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

import click
import httpx
from honcho.manager import Manager
from honcho.printer import Printer

from config.policy import policy
from config.settings import WebSettings
from server.commands.audit import adopt_what_is_older
from server.commands.deployment import transaction
from server.commands.house import House, surroundings
from server.demo import cast
from server.demo.day import open_now, seed
from server.demo_routes import sign_in_token
from server.schema import migrate

PATIENCE = 60.0
ROLES = (
    ("Psychiatrist", cast.DR_RIVERA, "/today"),
    ("Therapist", cast.SAM_WHITFIELD, "/today"),
    ("Coordinator", cast.JORDAN_LEE, "/board"),
    ("Administrator", cast.NOOR_HADDAD, "/people"),
    ("Auditor", cast.PRIYA_RAMAN, "/people"),
)


def up(house: House, *, quiet: bool) -> int:
    """Start everything, print who enters where, and stay until told to stop."""
    _refuse_busy_ports(house)
    house.make_keys()
    house.ready.unlink(missing_ok=True)
    told = house.web(os.environ)
    house.web_env.write_text("".join(f"{name}={value}\n" for name, value in told.items()))
    house.web_env.chmod(0o600)
    settings = WebSettings.load(told)
    migrate(settings.database_url)
    adopt_what_is_older(settings)
    links = _links(settings)
    manager = Crew(house, links, quiet=quiet)
    common = surroundings(os.environ)
    for name, command, settings_of_process in (
        ("web", _gunicorn("web", f"--bind=127.0.0.1:{house.port}"), told),
        ("signaling", _gunicorn("signaling"), house.signaling(os.environ)),
        ("media", _python("signaling.media"), house.media(os.environ)),
        ("worker", _python("server.worker"), told),
    ):
        manager.add(name, command, {**common, **settings_of_process})
    try:
        manager.loop()
    finally:
        house.ready.unlink(missing_ok=True)
    stopped_by_hand = manager.returncode in (128 + signal.SIGINT, 128 + signal.SIGTERM)
    return 0 if stopped_by_hand and not manager.failed else 1


class Silent(Printer):
    """For tests and scripts: what is said goes to files."""

    def write(self, _message: object) -> None:
        """Say nothing."""


class Crew(Manager):
    """Runs the processes; one that dies while the house is open comes back."""

    def __init__(self, house: House, links: list[tuple[str, str]], *, quiet: bool) -> None:
        super().__init__(Silent() if quiet else Printer(sys.stdout))
        self.failed = False
        self._house = house
        self._links = links
        self._quiet = quiet

    def add(self, name: str, command: str, environment: dict[str, str]) -> None:
        """A process with its own environment; until the house is open it must not fail."""
        ready = shlex.quote(str(self._house.ready))
        log = self._house.data_dir / "log" / f"{name}.log"
        into = ""
        if self._quiet:
            log.parent.mkdir(parents=True, exist_ok=True)
            into = f"exec >>{shlex.quote(str(log))} 2>&1; "
        again = f"until {command}; do [ -e {ready} ] || exit 1; sleep 0.2; done"
        self.add_process(name, f"{into}{again}", env=environment)

    def _start(self) -> None:
        """Honcho forks here; our thread may only begin afterwards."""
        super()._start()
        threading.Thread(target=self._welcome, daemon=True).start()

    def _welcome(self) -> None:
        if not self._all_answer():
            self.failed = True
            click.echo("The house did not come up in time; see the lines above.", err=True)
            os.kill(os.getpid(), signal.SIGTERM)
            return
        self._house.ready.touch()
        width = max(len(who) for who, _ in self._links)
        click.echo("\nMooring is open. Everybody here is invented.\n")
        for who, link in self._links:
            click.echo(f"  {who:<{width}}  {link}")
        click.echo("\nUse two windows, one for each side. Stop with Ctrl-C.\n")
        sys.stdout.flush()

    def _all_answer(self) -> bool:
        ports = self._house.ports
        waiting = [ports["web"], ports["signaling"], ports["media"]]
        until = time.monotonic() + PATIENCE
        with httpx.Client(timeout=2) as client:
            while waiting and time.monotonic() < until and not self._terminating:
                waiting = [port for port in waiting if not _answers(client, port)]
                time.sleep(0.1)
        return not waiting


def _answers(client: httpx.Client, port: int) -> bool:
    try:
        return client.get(f"http://127.0.0.1:{port}/healthz").status_code == 200
    except httpx.HTTPError:
        return False


def _links(settings: WebSettings) -> list[tuple[str, str]]:
    """Seed what is missing, and one link for each role."""
    base, key = settings.base_url, settings.secret_key.get_secret_value()
    now = datetime.now(UTC)
    with transaction(settings) as session:
        seed(session, policy(), base_url=base, now=now)
    with transaction(settings) as session:
        doors = open_now(session, policy(), base_url=base, now=now)
    staff = [
        (
            f"{role}, {who.name}",
            f"{base}/demo/sign-in/{sign_in_token(key, who, to, nonce='')}",
        )
        for role, who, to in ROLES
    ]
    return [
        *staff,
        (f"Patient, {cast.MORGAN.name}", doors.patient_url),
        ("Mailbox", f"{base}/dev/mailbox"),
    ]


def one_time_link(settings: WebSettings, who: cast.Staff, to: str) -> str:
    """A link that signs one member of the demo's staff in, once."""
    key = settings.secret_key.get_secret_value()
    token = sign_in_token(key, who, to, nonce=secrets.token_urlsafe(12))
    return f"{settings.base_url}/demo/sign-in/{token}"


def _refuse_busy_ports(house: House) -> None:
    for name, port in house.ports.items():
        with socket.socket() as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                trial.bind(("127.0.0.1", port))
            except OSError as trouble:
                if trouble.errno != errno.EADDRINUSE:
                    raise
                raise click.ClickException(
                    f"Port {port} ({name}) is taken by another program. "
                    f"Try other ports: make run PORT={house.port + 100}"
                ) from None


def _gunicorn(process: str, *more: str) -> str:
    program = [str(Path(sys.executable).with_name("gunicorn")), "-c"]
    return shlex.join([*program, f"python:config.gunicorn.{process}", *more])


def _python(module: str) -> str:
    return shlex.join([sys.executable, "-m", module])
