"""Bring the tables up to date, look where they are, write the next step."""

from __future__ import annotations

import tempfile
from pathlib import Path

import click
from alembic import command

from server.commands.audit import adopt_what_is_older
from server.commands.deployment import web_settings
from server.db import open_engine
from server.schema import alembic_config, migrate, newest, step_of


@click.group()
def database() -> None:
    """Tables: bring them up to date, see where they are, write the next step."""


@database.command()
@click.pass_obj
def upgrade(data_dir: Path | None) -> None:
    """Bring the tables to the newest step (the release command)."""
    settings = web_settings(data_dir)
    migrate(settings.database_url)
    adopt_what_is_older(settings)
    click.echo(f"The tables are at {newest()}.")


@database.command()
@click.pass_obj
def status(data_dir: Path | None) -> None:
    """Say which step the tables are at."""
    engine = open_engine(web_settings(data_dir).database_url)
    click.echo(f"at {step_of(engine) or 'nothing'}, newest {newest()}")


@database.command()
@click.argument("message")
def step(message: str) -> None:
    """Write the next step from the difference between the models and all steps so far."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/steps.db"
        migrate(url)
        number = int(newest() or 0) + 1
        command.revision(
            alembic_config(url), message=message, autogenerate=True, rev_id=f"{number:04}"
        )
