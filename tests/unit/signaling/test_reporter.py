"""What web hears of what happened, and in which order (T-24)."""

import pytest

from signaling.control import Orders
from signaling.reporter import BATCH, Happenings
from signaling.seats import Report, Seat
from tests.unit.signaling.seating import NINE, a_ticket


def a_report(what, peer="morgan", **claims):
    return Report(what, Seat(a_ticket(peer, **claims), "socket", "admitted"))


def test_order_is_kept_and_presence_is_said_once():
    happenings = Happenings()
    for what, peer in [("joined", "morgan"), ("present", "morgan"), ("present", "rivera"),
                       ("present", "morgan"), ("left", "morgan")]:  # fmt: skip
        happenings.add(a_report(what, peer), now=0)
    said = [(e["what"], e["peer"]) for e in happenings.next_batch(now=1)]
    assert said == [
        ("joined", "morgan"), ("present", "morgan"), ("present", "rivera"), ("left", "morgan"),
    ]  # fmt: skip
    assert happenings.next_batch(now=1) == []


@pytest.mark.parametrize(("age", "said"), [(0, True), (15, True), (16, False)])
def test_stale_presence_is_not_worth_saying(age, said):
    happenings = Happenings()
    happenings.add(a_report("present"), now=0)
    assert bool(happenings.next_batch(now=age)) == said


def test_a_departure_is_said_however_late():
    happenings = Happenings()
    happenings.add(a_report("left"), now=0)
    assert [e["what"] for e in happenings.next_batch(now=500)] == ["left"]


def test_batches_are_bounded():
    happenings = Happenings()
    for number in range(BATCH + 5):
        happenings.add(a_report("joined", f"peer-{number}"), now=0)
    assert [len(happenings.next_batch(now=0)) for _ in range(3)] == [BATCH, 5, 0]


def test_an_order_that_comes_twice_is_obeyed_once_and_answered_alike():
    orders, obeyed = Orders(), []

    def obey():
        obeyed.append(1)
        return True

    assert [orders.once("id", obey, NINE) for _ in range(3)] == [True] * 3
    assert len(obeyed) == 1
