"""The database: one declarative base, one transaction per use case, the same on both engines.

SQLite runs in WAL with `synchronous=FULL`, foreign keys on and `BEGIN IMMEDIATE` for writes, so
that an acknowledged write survives a crash (R-06) and two writers queue instead of failing.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Literal

from sqlalchemy import (
    Connection,
    DateTime,
    Dialect,
    Engine,
    Enum,
    MetaData,
    TypeDecorator,
    Uuid,
    bindparam,
    create_engine,
    event,
    func,
    select,
)
from sqlalchemy.orm import (
    DeclarativeBase,
    Session,
    SessionTransaction,
    mapped_column,
    sessionmaker,
)

from server.spans import AUDIT, COMMIT, LOCK, span
from server.tenancy import SETTING

# What a column holds (SECURITY.md §2.1); every column says so, a test reads it.
PLAIN: dict[str, Any] = {"holds": "plain"}  # no person can be told from it
A0: dict[str, Any] = {"holds": "A0"}  # psychotherapy notes, confidential sections, code words
A1: dict[str, Any] = {"holds": "A1"}  # clinical content: notes, answers, messages
A2: dict[str, Any] = {"holds": "A2"}  # identity, contact, schedule, presence
A3: dict[str, Any] = {"holds": "A3"}  # about media of a visit
A4: dict[str, Any] = {"holds": "A4"}  # credentials and their hashes


class Instant(TypeDecorator[datetime]):
    """A moment: aware and in UTC, in Python and in the database."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """Every table; constraint names are fixed so that migrations can name them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {datetime: Instant, uuid.UUID: Uuid}  # noqa: RUF012


def identifier() -> Any:
    """A random 128-bit primary key: it tells nothing and cannot be guessed (T-01)."""
    return mapped_column(primary_key=True, default=uuid.uuid4, info=PLAIN)


def one_of(words: type[StrEnum], name: str) -> Enum:
    """A closed word: the Python enum and the CHECK of the database from the same list."""
    return Enum(
        words,
        native_enum=False,
        create_constraint=True,
        name=name,
        values_callable=lambda members: [m.value for m in members],
    )


#: whose rows a transaction may see: a clinic's, EVERY_CLINIC's for the house itself, or none
Clinic = uuid.UUID | Literal["every"] | None
#: told what a transaction asked for, once it is committed
Wake = Callable[[Sequence[Any]], None]
_NAME_CLINIC = select(func.set_config(SETTING, bindparam("clinic"), True))  # for this one only


class Database:
    """One engine and the transactions on it; `before_commit` seals the record of each."""

    def __init__(
        self, url: str, *, before_commit: Callable[[Session], None] | None = None
    ) -> None:
        self.engine = open_engine(url)
        self._before_commit = before_commit or _nothing_more
        self._sessions = sessionmaker(
            self.engine, expire_on_commit=False, info={"before_commit": before_commit}
        )
        self._reading = sessionmaker(
            self.engine.execution_options(writes=False), expire_on_commit=False
        )
        self._after_commit: dict[str, Wake] = {}
        if self.engine.dialect.name == "postgresql":
            for sessions in (self._sessions, self._reading):
                event.listen(sessions, "after_begin", _name_the_clinic)

    @contextmanager
    def transaction(self, clinic: Clinic = None) -> Iterator[Session]:
        """One use case for this clinic: commits at the end, or leaves nothing behind.

        PostgreSQL shows it the rows of that clinic alone, and none where none is named (C-09).
        """
        with self._sessions(info={"clinic": clinic}) as session:
            with session.begin() as unit:
                yield session
                with span(AUDIT):
                    self._before_commit(session)
                session.flush()
                with span(COMMIT):
                    unit.commit()
            for name, about in sorted(session.info.get("wake", {}).items()):
                self._after_commit.get(name, _nothing)(about)

    @contextmanager
    def reading(self, clinic: Clinic = None) -> Iterator[Session]:
        """A look that takes no write lock."""
        with self._reading(info={"clinic": clinic}) as session:
            yield session

    def when_committed(self, name: str, wake: Wake) -> None:
        """Call `wake` after every transaction that called `ask_after_commit(session, name)`."""
        self._after_commit[name] = wake


def ask_after_commit(session: Session, name: str, *about: Any) -> None:
    """What must happen soon is a row; this only spares the sweep its waiting time."""
    session.info.setdefault("wake", {}).setdefault(name, []).extend(about)


def _name_the_clinic(
    session: Session, transaction: SessionTransaction, connection: Connection
) -> None:
    if not transaction.nested:
        connection.execute(_NAME_CLINIC, {"clinic": str(session.info.get("clinic") or "")})


def _nothing(_about: Sequence[Any]) -> None:
    return None


def _nothing_more(_session: Session) -> None:
    return None


def open_engine(url: str) -> Engine:
    """An engine with the pragmas and pool our promises need; never prints bound values."""
    if not url.startswith("sqlite"):
        return create_engine(url, pool_pre_ping=True, hide_parameters=True, pool_size=10)
    engine = create_engine(
        url, hide_parameters=True, connect_args={"timeout": 10, "check_same_thread": False}
    )

    @event.listens_for(engine, "connect")
    def _pragmas(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # SQLAlchemy's own BEGIN below, not the driver's
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")
        connection.execute("PRAGMA busy_timeout=10000")

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        writes = connection.get_execution_options().get("writes", True)
        with span(LOCK):
            connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine
