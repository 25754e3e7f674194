"""The stage: databases, the app, browsers of the cast, the whole house for browser tests."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from jinja2 import FileSystemBytecodeCache
from joserfc.jwk import OKPKey
from playwright.sync_api import Browser
from sqlalchemy import text

from config.settings import WebSettings
from server.app import create_app, furnish
from server.db import Database
from server.demo.cast import Staff
from server.identity import cookies
from server.identity.service import open_staff_session
from server.tenancy import EVERY_CLINIC
from tests import people
from tests.browsing import BASE_URL, Visitor, assets
from tests.house import Stack, a_house
from tests.pictures import write_small_camera
from tests.record import AUDIT_KEY, sealed
from tests.two_people import TwoPeople, a_chromium

pytest_plugins = ["tests.databases", "tests.everybody"]
#: whoever uses these belongs into a lane of its own (dev/everything.py)
MARKED = {"walked": "walked", "bystanders": "alone"}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browsers last: while one is open its event loop runs, and `asyncio.run` would refuse."""
    for item in items:
        for fixture, mark in MARKED.items():
            if fixture in getattr(item, "fixturenames", ()):
                item.add_marker(mark)
    items.sort(key=lambda item: "chromium" in getattr(item, "fixturenames", ()))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item):
    """When a test with the whole house fails, say what the house said."""
    report = yield
    house = getattr(item, "funcargs", {}).get("stack")
    if report.failed and house is not None:
        report.sections.append(("the house said", house.said()))
    return report


@pytest.fixture(scope="session")
def scratch() -> Iterator[Path]:
    """A folder for this run, on the fast disk, gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="mooring-"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def keys() -> dict[str, OKPKey]:
    """The two key pairs of the house: web signs tickets, signaling signs happenings."""
    return {name: OKPKey.generate_key("Ed25519") for name in ("web", "signaling")}


@pytest.fixture
def settings(database_url: str, keys: dict[str, OKPKey], tmp_path: Path) -> WebSettings:
    """What the web process is told in tests; nothing listens at these addresses."""
    return WebSettings(
        demo=True,
        base_url=BASE_URL,
        database_url=database_url,
        data_dir=tmp_path,
        secret_key="test-" + "s" * 40,
        audit_key=AUDIT_KEY,
        ticket_private_key=_jwk(keys["web"], private=True),
        signaling_public_key=_jwk(keys["signaling"], private=False),
        signaling_nodes={
            "n1": {"public_url": "http://localhost:9", "control_url": "http://127.0.0.1:9"}
        },
        media_url="http://localhost:9",
        mail_from="no-reply@localhost",
        turn_urls=["turn:turn.example:3478"],
        turn_secret="turn-" + "t" * 40,
    )


def _jwk(key: OKPKey, *, private: bool) -> str:
    key.ensure_kid()
    return json.dumps(key.as_dict(private=private))


@pytest.fixture(scope="session")
def built(scratch: Path) -> Callable[[WebSettings], Flask]:
    """The web process with these settings, its hundred addresses read once a run."""
    found: list[Flask] = []

    def one(settings: WebSettings) -> Flask:
        if found:
            furnish(found[0], settings)
            return found[0]
        web = create_app(settings, assets=assets())
        web.testing = True
        web.jinja_env.bytecode_cache = FileSystemBytecodeCache(str(scratch))
        web.error_handler_spec[None][None].pop(Exception, None)  # a crash shows itself here
        found.append(web)
        return web

    return one


@pytest.fixture
def app(settings: WebSettings, built: Callable[[WebSettings], Flask]) -> Iterator[Flask]:
    """The web process, with the cast in its database and no visits."""
    web = built(settings)
    # Nothing listens where orders go: they stay rows, and no thread outlives its test.
    web.extensions["database"].when_committed("control", lambda _orders: None)
    yield web
    web.extensions["dispatcher"].stop()
    web.extensions["database"].engine.dispose()


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """The database of this test, seen past the web process."""
    database = sealed(database_url)
    yield database
    database.engine.dispose()


@pytest.fixture
def transaction(database: Database):
    """`with transaction() as session`: one use case, past the lock between the clinics."""
    return lambda: database.transaction(EVERY_CLINIC)


@pytest.fixture
def reading(database: Database):
    """`with reading() as session`: a look at what is committed, without a write lock."""
    return lambda: database.reading(EVERY_CLINIC)


@pytest.fixture
def a_visit(transaction):
    """Open a visit of the cast: `a_visit(kind=..., starts_in=..., also=(LINH,))`."""

    def open_one(**changes: object) -> people.OpenVisit:
        with transaction() as session:
            return people.open_visit(session, **{"now": datetime.now(UTC), **changes})

    return open_one


@pytest.fixture
def cast(database: Database):
    """The people, with their rows in the database of this test."""
    return people


@pytest.fixture
def anybody(app: Flask):
    """A browser nobody has signed in with: each call opens a new one."""
    return lambda: Visitor(app)


@pytest.fixture
def as_staff(app: Flask, transaction):
    """A browser in which this member of staff has signed in: `as_staff(DR_RIVERA)`."""

    def sign_in(person: Staff) -> Visitor:
        visitor = Visitor(app)
        with transaction() as session:
            secret = open_staff_session(session, person.id, now=datetime.now(UTC))
        visitor.hold(cookies.STAFF, secret)
        return visitor

    return sign_in


@pytest.fixture
def as_patient(app: Flask):
    """A browser that has opened a personal link: `as_patient(visit.link(MORGAN))`."""

    def open_link(token: str) -> Visitor:
        visitor = Visitor(app)
        visitor.open_link(token)
        return visitor

    return open_link


@pytest.fixture
def ask_database(database: Database):
    """One value by plain SQL, for what no service should tell."""

    def ask(sql: str, **values: object) -> object:
        with database.reading(EVERY_CLINIC) as session:
            return session.execute(text(sql), values).scalar()

    return ask


@pytest.fixture(scope="session")
def stack(scratch: Path) -> Iterator[Stack]:
    """The whole house, up for the rest of the session: `stack.visit(ready=True)`."""
    with a_house(scratch / "house") as house:
        yield house


@pytest.fixture(scope="session")
def chromium(scratch: Path) -> Iterator[Browser]:
    """One Chromium with a moving camera; each person gets a context of their own."""
    with a_chromium(scratch, film=write_small_camera) as browser:
        yield browser


@pytest.fixture
def two_people(chromium: Browser, stack: Stack) -> Iterator[TwoPeople]:
    """A patient and a clinician with a visit between them; `.in_a_call()` connects them."""
    pair = TwoPeople(chromium, stack)
    yield pair
    pair.close()
