"""Two worlds, alike but for what is hidden: copies of one database under one still clock."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from jinja2 import FileSystemBytecodeCache
from sqlalchemy.orm import Session

from server.app import create_app
from server.identity import cookies
from server.tenancy import EVERY_CLINIC
from tests.browsing import Visitor, assets
from tests.crawl import Crawl, differences, hold_alike
from tests.masks import Veil

#: an hour at which nobody's day changes
STILL = datetime(2026, 11, 24, 17, 0, tzinfo=UTC)
COOKIES = (cookies.STAFF, cookies.VISIT, cookies.CALL, "__Host-form")
Hidden = Callable[[Session], None]


@pytest.fixture
def clock() -> Iterator[time_machine.Coordinates]:
    """It stands still."""
    with time_machine.travel(STILL, tick=False) as traveller:
        yield traveller


@pytest.fixture
def world(settings, scratch: Path, tmp_path: Path):
    """A copy of the database so far, with something hidden in it, and the web process on it."""
    opened: list[Flask] = []
    source = settings.database_url.removeprefix("sqlite:///")

    def copy(hidden: Hidden) -> Flask:
        file = tmp_path / f"world-{len(opened)}.db"
        with sqlite3.connect(source) as before, sqlite3.connect(file) as after:
            before.backup(after)
        url = f"sqlite:///{file}"
        web = create_app(
            settings.model_copy(update={"database_url": url, "demo": False}), assets=assets()
        )
        web.testing = True
        web.extensions["database"].when_committed("control", lambda _orders: None)
        web.jinja_env.bytecode_cache = FileSystemBytecodeCache(str(scratch))
        opened.append(web)
        with web.extensions["database"].transaction(EVERY_CLINIC) as session:
            hidden(session)
        return web

    yield copy
    for web in opened:
        web.extensions["dispatcher"].stop()
        web.extensions["database"].engine.dispose()


@pytest.fixture
def tell_apart(world, record_property):
    """By what this browser could tell two worlds apart; every mask must hide something."""

    def compare(browser: Visitor, one: Hidden, other: Hidden, ids, say=(), masks=(), under="/"):
        told = []
        for hidden in (one, other):
            app, veil = world(hidden), Veil(*masks)
            own = hold_alike(app, browser, COOKIES)
            told.append(Crawl(app, own, ids, veil, under).everything(say))
            assert veil.idle == set(), "a mask that hides nothing"
        assert sum(text.startswith("200") for text in told[0].values()) >= 5
        record_property("figure", f"{len(told[0])} answers compared")
        return differences(*told), told[0]

    return compare
