"""Whatever order saves, retries and windows come in: acknowledged words are there or conflict.

Three windows of one author type, save, retry answered and unanswered saves, and choose in a
conflict. The model is a list of acknowledged texts (R-07).
"""

from __future__ import annotations

import shutil
import uuid
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from server.chart import service
from server.tenancy import EVERY_CLINIC
from tests.actors import staff
from tests.people import DR_RIVERA, open_visit
from tests.record import sealed

RIVERA = staff(DR_RIVERA)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


class Windows(RuleBasedStateMachine):
    """Windows of one author on one note; `url` is set by the test."""

    url = ""
    windows = Bundle("windows")

    def __init__(self) -> None:
        super().__init__()
        self.database = sealed(self.url)
        with self.database.transaction(EVERY_CLINIC) as session:
            self.visit = open_visit(session, now=datetime.now(UTC)).id
        self.acknowledged = [""]
        self.known: dict[str, int] = {}
        self.last: dict[str, tuple[str, int, str]] = {}

    def teardown(self) -> None:
        self.database.engine.dispose()

    @initialize(target=windows)
    def open_first(self) -> str:
        return self._open()

    @rule(target=windows)
    def open_another(self) -> str:
        return self._open()

    @rule(window=windows, text=TEXTS)
    def type_and_save(self, window: str, text: str) -> None:
        self._save(window, text, self.known[window], uuid.uuid4().hex)

    @rule(window=windows)
    def send_the_last_save_again(self, window: str) -> None:
        """Its answer may have been lost on the way; the same key and words come again."""
        if window not in self.last:
            return
        text, revision, key = self.last[window]
        if self._save(window, text, revision, key):
            assert self._stored().text == text.replace("\x00", "")

    @rule(window=windows)
    def go_back_to_an_older_page(self, window: str) -> None:
        """The Back button shows a page that knows an older revision."""
        self.known[window] = max(0, self.known[window] - 1)

    @invariant()
    def what_was_acknowledged_last_is_what_is_stored(self) -> None:
        stored = self._stored()
        assert stored.text == self.acknowledged[-1]
        assert stored.revision == len(self.acknowledged) - 1

    def _open(self) -> str:
        window = uuid.uuid4().hex
        self.known[window] = self._stored().revision
        return window

    def _stored(self) -> service.Draft:
        with self.database.transaction(EVERY_CLINIC) as session:
            return service.read(session, RIVERA, self.visit, now=datetime.now(UTC))

    def _save(self, window: str, text: str, revision: int, key: str) -> bool:
        before = self._stored()
        self.last[window] = (text, revision, key)
        try:
            with self.database.transaction(EVERY_CLINIC) as session:
                kept = service.save(
                    session, RIVERA, self.visit, text, revision, key, now=datetime.now(UTC)
                )
        except service.NoteConflict as refused:
            theirs = refused.facts["theirs"]
            kept = None
        if kept is None:
            assert revision != before.revision
            assert theirs == {"text": before.text, "revision": before.revision}
            self.known[window] = before.revision  # both texts were shown, one was chosen
            return False
        if kept.revision > before.revision:
            assert revision == before.revision
            self.acknowledged.append(text.replace("\x00", ""))
        self.known[window] = kept.revision
        return True


@pytest.fixture
def sqlite_url(sqlite_with_cast: Path, tmp_path: Path) -> str:
    """A database with the cast, on the engine most clinics begin with."""
    shutil.copyfile(sqlite_with_cast, tmp_path / "notes.db")
    return f"sqlite:///{tmp_path / 'notes.db'}"


def test_no_order_of_saves_loses_an_acknowledged_text(sqlite_url):
    machine = type("WindowsHere", (Windows,), {"url": sqlite_url})
    few = settings(
        max_examples=25,
        stateful_step_count=20,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow],
    )
    run_state_machine_as_test(machine, settings=few)
