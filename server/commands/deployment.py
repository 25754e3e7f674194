"""Find the settings of the deployment a command is about."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from sqlalchemy.orm import Session

from config.settings import PREFIX, SettingsRefused, WebSettings
from server.audit.chain import open_database
from server.commands.house import House
from server.tenancy import EVERY_CLINIC


def web_settings(data_dir: Path | None) -> WebSettings:
    """From the house in this folder, as `up` last told it, or from the environment."""
    environ = dict(os.environ)
    told_here = any(name.startswith(PREFIX) for name in environ)
    if data_dir is not None or not told_here:
        house = House(data_dir or Path("var"))
        environ.update(_read(house))
    try:
        return WebSettings.load(environ)
    except SettingsRefused as refused:
        raise click.ClickException(str(refused)) from None


@contextmanager
def transaction(settings: WebSettings) -> Iterator[Session]:
    """One use case from the command line; the connection is closed afterwards."""
    database = open_database(settings)
    try:
        with database.transaction(EVERY_CLINIC) as session:
            yield session
    finally:
        database.engine.dispose()


def _read(house: House) -> dict[str, str]:
    try:
        lines = house.web_env.read_text().splitlines()
    except OSError:
        raise click.ClickException(
            f"There is no house in {house.data_dir}/ yet. Start one with `make run`, "
            "name another with --data-dir, or set the MOORING_* variables."
        ) from None
    return dict(line.split("=", 1) for line in lines if line)
