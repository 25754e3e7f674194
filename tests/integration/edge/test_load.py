"""What the pages that are fetched every few seconds ask of the database: no row by itself."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import event

from server.control import service as control
from server.control.models import ControlOrder
from server.visits.models import CheckIn
from tests.people import ALEX, DR_RIVERA, JORDAN_LEE, MORGAN

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
PAGE = {"page": "p", "tab": "t"}


@pytest.fixture
def counted(app):
    """`with counted() as asked:` collects the statements of the web process."""
    engine = app.extensions["database"].engine

    @contextmanager
    def counting():
        asked: list[str] = []

        def note(_connection, _cursor, statement, *_rest):
            if not statement.startswith("BEGIN"):
                asked.append(statement)

        event.listen(engine, "before_cursor_execute", note)
        try:
            yield asked
        finally:
            event.remove(engine, "before_cursor_execute", note)

    return counting


@pytest.mark.parametrize(
    ("who", "path"), [(DR_RIVERA, "/today/live"), (JORDAN_LEE, "/board/live")]
)
def test_forty_visits_cost_no_more_questions_than_two(as_staff, a_visit, counted, who, path):
    browser = as_staff(who)

    def questions() -> int:
        with counted() as asked:
            assert browser.get(path).status_code == 200
        return len(asked)

    for patient in (MORGAN, ALEX):
        a_visit(patient=patient)
    few = questions()
    for _ in range(38):
        a_visit()
    assert questions() == few
    assert few <= 16


def test_a_long_history_costs_no_more_questions_than_a_short_one(as_staff, a_visit, counted):
    browser = as_staff(DR_RIVERA)
    visit = a_visit()

    def questions() -> int:
        with counted() as asked:
            shown = browser.get(f"/visits/{visit.id}/chart/history")
            assert shown.status_code == 200
        return len(asked)

    for days in (1, 2):
        a_visit(starts_in=timedelta(days=-days))
    few = questions()
    for days in range(3, 41):
        a_visit(starts_in=timedelta(days=-days))
    assert questions() == few


def test_a_state_poll_and_a_ticket_ask_little(
    as_staff, as_patient, a_visit, counted, transaction
):
    visit = a_visit()
    now = datetime.now(UTC)
    with transaction() as session:
        seat_id = visit.participant(MORGAN)
        session.add(
            CheckIn(participant_id=seat_id, started_at=now, saved_at=now, completed_at=now)
        )
    patient, rivera = as_patient(visit.link(MORGAN)), as_staff(DR_RIVERA)
    cost = {}
    for name, browser, base in (
        ("patient", patient, "/visit"),
        ("staff", rivera, f"/visits/{visit.id}"),
    ):
        browser.post(f"{base}/ticket", PAGE)
        with counted() as asked:
            assert browser.post(f"{base}/ticket", PAGE).status_code == 200
        cost[f"{name} ticket"] = len([s for s in asked if s.startswith("SELECT")])
        with counted() as asked:
            assert browser.get(f"{base}/state?page=p").status_code == 200
        cost[f"{name} state"] = len(asked)
    assert all(count <= 7 for count in cost.values()), cost


def test_a_node_that_is_away_holds_up_only_itself(database, transaction, reading):
    now = datetime.now(UTC)
    for number, node in enumerate(("gone", "gone", "here")):
        with transaction() as session:
            control.order(
                session, node, "end", room=f"r{number}", now=now + timedelta(seconds=number)
            )
    tried = []

    def send(node, _order, _claims):
        tried.append(node)
        return node == "here"

    at = now + timedelta(seconds=5)
    road = SimpleNamespace(nodes=("gone", "here"), send=send)
    assert control.deliver_due(database, road, now=at) == 2
    assert tried == ["gone", "here"]
    with reading() as session:
        assert session.query(ControlOrder).count() == 2
