"""Every table of every capability in one import, and how a database is brought up to date."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

from server.audit import models as audit
from server.chart import models as chart
from server.consents import models as consents
from server.control import models as control
from server.db import Base
from server.emergency_access import models as emergency_access
from server.guardians import models as guardians
from server.identity import models as identity
from server.messages import models as messages
from server.people import models as people
from server.signals import models as signals
from server.tasks import models as tasks
from server.tenancy import lock_when_created, tenancies
from server.visits import measurements
from server.visits import models as visits

CAPABILITIES = (
    audit, chart, consents, control, emergency_access, guardians, identity, measurements,
    messages, people, signals, tasks, visits,
)  # fmt: skip
METADATA = Base.metadata
#: table by table, whose its rows are
WHOSE = tenancies(Base.registry.mappers)
lock_when_created(METADATA, WHOSE)


def alembic_config(url: str) -> Config:
    """What alembic needs to know; the address stays out of files and command lines."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")))
    config.attributes["url"] = url
    return config


def migrate(url: str) -> None:
    """Bring this database to the newest step."""
    command.upgrade(alembic_config(url), "head")


def newest() -> str:
    """The newest step we know."""
    return ScriptDirectory.from_config(alembic_config("")).get_current_head() or ""


def step_of(engine: Engine) -> str:
    """The step this database is at, or nothing when it is empty."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() or ""
