"""Accounts from the command line: whoever keeps the house can end a stolen one at once."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from config.settings import WebSettings
from server.access.actor import Actor, ActorKind
from server.audit.chain import open_database
from server.commands.deployment import web_settings
from server.control import service as control
from server.control.dispatcher import Courier
from server.db import Database
from server.identity import sessions
from server.identity.models import Account
from server.staff import accounts
from server.tenancy import EVERY_CLINIC
from signaling import tickets


@click.group()
def user() -> None:
    """Accounts of staff: list them, end one on every node within seconds, open it again."""


@user.command("list")
@click.pass_obj
def list_users(data_dir: Path | None) -> None:
    """Every account: e-mail, role, state, and on how many browsers it is signed in."""
    now = datetime.now(UTC)
    with _house(web_settings(data_dir)) as house, house.session() as session:
        for account in session.scalars(select(Account).order_by(Account.email)):
            state = "ended" if account.disabled_at else "active"
            browsers = len(sessions.open_of(session, account.id, now=now))
            click.echo(f"{account.email}  {account.role.value}  {state}  {browsers}")


@user.command()
@click.argument("email")
@click.pass_obj
def disable(data_dir: Path | None, email: str) -> None:
    """End the access of an account: sessions, calls, boards, links, on every node."""
    with _house(web_settings(data_dir)) as house:
        with house.session() as session:
            who, account_id = _found(session, email)
            accounts.disable(session, who, account_id, now=datetime.now(UTC))
        waiting = house.deliver()
    click.echo("Ended. Every node knows." if not waiting else WAITING)


@user.command()
@click.argument("email")
@click.pass_obj
def enable(data_dir: Path | None, email: str) -> None:
    """Let an account sign in again; what was closed stays closed."""
    with _house(web_settings(data_dir)) as house, house.session() as session:
        who, account_id = _found(session, email)
        accounts.enable(session, who, account_id, now=datetime.now(UTC))
    click.echo("Open again.")


WAITING = "Ended. A node did not answer; it is told by web within seconds."


@dataclass(frozen=True)
class _House:
    database: Database
    courier: Courier

    @contextmanager
    def session(self) -> Iterator[Session]:
        with self.database.transaction(EVERY_CLINIC) as session:
            yield session

    def deliver(self) -> int:
        """The web process is not woken by us, so the orders are carried from here."""
        return control.deliver_due(self.database, self.courier, now=datetime.now(UTC))


@contextmanager
def _house(settings: WebSettings) -> Iterator[_House]:
    key = tickets.private_key(settings.ticket_private_key.get_secret_value())
    database = open_database(settings)
    courier = Courier(settings.signaling_nodes, key)
    try:
        yield _House(database, courier)
    finally:
        courier.close()
        database.engine.dispose()


def _found(session: Session, email: str) -> tuple[Actor, uuid.UUID]:
    """The account, and the keeper of the house acting in its clinic."""
    wanted = select(Account).where(Account.email == email.strip().lower())
    account = session.scalar(wanted)
    if account is None:
        raise click.ClickException("There is no account with this e-mail.")
    return Actor(ActorKind.SYSTEM, role="system", clinic_id=account.clinic_id), account.id
