"""One line for each part of a deployment: is it there, does it answer."""

from __future__ import annotations

import os
import shutil
import socket
import struct
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import click
import httpx
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from config.settings import WebSettings
from server.audit.anchor import AnchorUnreadable, last_anchored
from server.audit.chain import HOUSE, key_of
from server.commands.deployment import web_settings
from server.db import open_engine
from server.schema import newest, step_of

OLDEST_ANCHOR_MINUTES = 30
NODE_FLOOR = (20, 19)
_COOKIE = 0x2112A442
_ALLOCATE, _ALLOCATE_REFUSED = 0x0003, 0x0113
_ROLE = text(
    "SELECT rolname, rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"
)


class Unwell(Exception):
    """A part that is missing or does not answer; the text is what to do."""


class Optional(Unwell):
    """Not there, and a deployment can do without."""


def doctor(data_dir: Path | None) -> int:
    """Print the lines; 1 if anything needed is unwell."""
    settings: WebSettings | None = None
    try:
        settings = web_settings(data_dir)
    except click.ClickException as nothing_there:
        _line("settings", Optional(nothing_there.message))
    checks: list[tuple[str, Callable[[], str]]] = [
        ("Python", _python),
        ("Node", _node),
        ("Chromium", _chromium),
    ]
    if settings is not None:
        told = settings
        checks += [
            ("database", lambda: _database(told)),
            ("walls", lambda: _walls(told)),
            ("record", lambda: _record(told)),
            ("web", lambda: _web(told)),
            ("signaling", lambda: _signaling(told)),
            ("media", lambda: _health(told.media_url)),
            ("TURN", lambda: _turn(told)),
            ("HTTPS", lambda: _https(told)),
        ]
    well = True
    for name, check in checks:
        try:
            _line(name, check())
        except Unwell as unwell:
            _line(name, unwell)
            well = well and isinstance(unwell, Optional)
    return 0 if well else 1


def _line(name: str, found: str | Unwell) -> None:
    mark = "ok" if isinstance(found, str) else "--" if isinstance(found, Optional) else "NO"
    click.echo(f"{mark:<3} {name:<10} {found}")


def _python() -> str:
    return sys.version.split()[0]


def _node() -> str:
    program = shutil.which("node") or shutil.which("node", path=Path(sys.executable).parent)
    if program is None:
        raise Optional("not here; needed only to build the pages")
    said = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=10)  # noqa: S603
    version = said.stdout.strip().lstrip("v")
    if tuple(int(part) for part in version.split(".")[:2]) < NODE_FLOOR:
        raise Optional(f"{version} is too old to build the pages; 20.19 or newer")
    return version


def _chromium() -> str:
    wanted = os.environ.get("CHROMIUM")
    for name in (wanted, "chromium", "chromium-browser", "google-chrome"):
        if name and (program := shutil.which(name)):
            return program
    raise Optional("not here; needed only by the browser tests")


def _database(settings: WebSettings) -> str:
    engine = open_engine(settings.database_url)
    try:
        at = step_of(engine)
    except SQLAlchemyError as away:
        raise Unwell(f"does not answer ({type(away).__name__})") from None
    finally:
        engine.dispose()
    if at != newest():
        raise Unwell(
            f"at step {at or 'none'}, newest is {newest()}: `mooring database upgrade`"
        )
    return f"{engine.dialect.name}, at step {at} (the newest)"


def _record(settings: WebSettings) -> str:
    """The house's own chain begins with its adoption, so that there is always one."""
    try:
        newest = last_anchored(settings.anchor_file, key_of(settings), HOUSE)
    except AnchorUnreadable as trouble:
        raise Unwell(f"no anchor to be read: {trouble}; does the worker run?") from None
    if newest is None:
        raise Optional("not anchored yet; the worker does it every ten minutes")
    minutes = round((datetime.now(UTC) - newest.at).total_seconds() / 60)
    if minutes > OLDEST_ANCHOR_MINUTES:
        raise Unwell(f"last anchored {minutes} minutes ago; does the worker run?")
    return f"anchored {minutes} minutes ago; `mooring audit verify` reads every row"


def _walls(settings: WebSettings) -> str:
    """PostgreSQL steps over its own locks for a superuser, and says nothing about it (C-09)."""
    engine = open_engine(settings.database_url)
    try:
        if engine.dialect.name != "postgresql":
            raise Optional("SQLite has no lock between clinics; the queries alone keep them")
        with engine.connect() as connection:
            role, steps_over = connection.execute(_ROLE).one()
    except SQLAlchemyError as away:
        raise Unwell(f"the database does not answer ({type(away).__name__})") from None
    finally:
        engine.dispose()
    if steps_over:
        raise Unwell(
            f"{role} steps over PostgreSQL's lock between clinics: "
            f"ALTER ROLE {role} NOSUPERUSER NOBYPASSRLS"
        )
    return f"PostgreSQL itself keeps clinics apart for {role}"


def _health(url: str) -> str:
    try:
        answer = httpx.get(f"{url}/healthz", timeout=3)
    except httpx.HTTPError as away:
        raise Unwell(f"{url} does not answer ({type(away).__name__})") from None
    if answer.status_code != 200:
        raise Unwell(f"{url} answers {answer.status_code}")
    return f"{url} answers"


def _web(settings: WebSettings) -> str:
    return _health(settings.base_url)


def _signaling(settings: WebSettings) -> str:
    return "; ".join(
        f"{name}: {_health(node.control_url)}"
        for name, node in settings.signaling_nodes.items()
    )


def _turn(settings: WebSettings) -> str:
    if not settings.turn_urls:
        raise Optional("none set; people behind strict firewalls cannot connect")
    for url in settings.turn_urls:
        host, _, port = url.partition(":")[2].partition("?")[0].partition(":")
        _ask_for_relay(host, int(port or 3478))
    return f"{len(settings.turn_urls)} answer and ask for a credential"


def _ask_for_relay(host: str, port: int) -> None:
    """An allocation without a credential must be refused with 401: it is there and guarded."""
    attribute = struct.pack("!HHBxxx", 0x0019, 4, 17)
    head = struct.pack("!HHI12s", _ALLOCATE, len(attribute), _COOKIE, os.urandom(12))
    try:
        with socket.create_connection((host, port), timeout=3) as relay:
            relay.sendall(head + attribute)
            answer = relay.recv(512)
    except OSError as away:
        raise Unwell(f"{host}:{port} does not answer over TCP ({away.strerror})") from None
    if len(answer) < 20 or struct.unpack("!H", answer[:2])[0] != _ALLOCATE_REFUSED:
        raise Unwell(f"{host}:{port} gives a relay to anybody")


def _https(settings: WebSettings) -> str:
    address = urlsplit(settings.base_url)
    if address.scheme == "https":
        _health(settings.base_url)
        return f"{settings.base_url} has a certificate we trust"
    if address.hostname in ("localhost", "127.0.0.1"):
        raise Optional("plain http on localhost: cameras work on this machine only")
    raise Unwell("cameras do not work without https")
