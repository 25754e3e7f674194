"""Orders are carried the moment they are committed, once, and no order that was not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from threading import Event

import pytest
from sqlalchemy import select

from server.control import dispatcher, service
from server.control.models import ControlOrder
from server.control.placement import board_room, place

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


class Road:
    """Stands where a courier does; the nodes named are away."""

    nodes = ("n1", "gone")

    def __init__(self, *away: str) -> None:
        self.away = set(away)
        self.carried: list[tuple[str, str]] = []
        self.asked = Event()

    def send(self, node, _order_id, claims) -> bool:
        taken = node not in self.away
        if taken:
            self.carried.append((node, claims["room"]))
        self.asked.set()
        return taken

    def close(self) -> None:
        """Nothing to hang up."""


@pytest.fixture
def carrying(database):
    """A dispatcher at work on this road."""
    at_work = []

    def by(road):
        one = dispatcher.Dispatcher(database, road)
        database.when_committed("control", one.wake)
        at_work.append(one)
        return one

    yield by
    for one in at_work:
        one.stop()


@pytest.fixture
def order(transaction):
    """An order, committed."""

    def given(room, node="n1"):
        with transaction() as session:
            service.order(session, node, "end", room=room, now=datetime.now(UTC))

    return given


def rooms_still_due(reading):
    with reading() as session:
        return [row.claims["room"] for row in session.scalars(select(ControlOrder))]


def test_an_order_is_carried_once_and_struck_off(carrying, order, reading):
    road = Road()
    one = carrying(road)
    order("first")
    assert road.asked.wait(5)
    order("second")
    one.stop()
    assert road.carried == [("n1", "first"), ("n1", "second")]
    assert rooms_still_due(reading) == []


def test_an_order_that_was_undone_on_the_way_is_not_carried(carrying, transaction, reading):
    road = Road()
    one = carrying(road)
    now = datetime.now(UTC)
    with transaction() as session:
        undone = session.begin_nested()
        service.order(session, "n1", "end", room="undone", now=now)
        session.flush()
        undone.rollback()
        service.order(session, "n1", "end", room="meant", now=now)
    one.stop()
    assert road.carried == [("n1", "meant")]


def test_a_node_that_is_away_keeps_its_orders_and_holds_up_no_other(carrying, order, reading):
    road = Road("gone")
    one = carrying(road)
    order("there", node="gone")
    assert road.asked.wait(5)
    order("here")
    one.stop()
    assert road.carried == [("n1", "here")]
    assert rooms_still_due(reading) == ["there"]


def test_a_node_that_is_away_keeps_no_bell_from_the_boards_of_another(
    carrying, transaction, reading
):
    road, now = Road("gone"), datetime.now(UTC)
    one = carrying(road)
    boards = {place(room, road.nodes): room for room in map(board_room, range(20))}
    with transaction() as session:
        for node in ("gone", "n1"):
            to = service.WHERE_IT_LIVES
            service.order(session, to, "change", room=boards[node], now=now)
    one.stop()
    assert road.carried == [("n1", boards["n1"])]
    assert rooms_still_due(reading) == [boards["gone"]]


def test_who_is_let_in_does_not_wait_for_the_bells(carrying, transaction, reading):
    road, now = Road(), datetime.now(UTC)
    one = carrying(road)
    for do, room in (("change", "bell"), ("admit", "door")):
        with transaction() as session:
            service.order(session, "n1", do, room=room, now=now)
    assert road.asked.wait(5)
    one.stop()
    assert road.carried == [("n1", "door"), ("n1", "bell")]
    assert rooms_still_due(reading) == []


def test_what_is_done_later_was_said_later_whoever_asked_first(transaction, reading):
    now = datetime.now(UTC)
    for do, asked_at in (("admit", now), ("park", now - timedelta(seconds=1))):
        with transaction() as session:
            service.order(session, "n1", do, room="r", now=asked_at)
    with reading() as session:
        said = {
            row.order: row.claims["said_at"] for row in session.scalars(select(ControlOrder))
        }
    assert said["park"] > said["admit"]
