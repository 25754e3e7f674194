"""Access ends on every node within five seconds, by either road (C-06, T-09).

A real web process and two real nodes; whoever is put out has a board open on one of them and a
call on the other.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from tests.faults.signaling.client import Client, Refused
from tests.faults.signaling.house_of_two import PROMISE, STATE, House, closed_after
from tests.faults.signaling.node import until
from tests.people import DR_OSEI, DR_RIVERA, SAM_WHITFIELD

pytestmark = [
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
    pytest.mark.check("C-06"),
]


@pytest.fixture(scope="module")
def house(keys) -> Iterator[House]:
    for key in keys.values():
        key.ensure_kid()
    house = House(keys)
    try:
        for node in house.nodes.values():
            until(node.healthy, 20)
        yield house
    finally:
        house.stop()


def refusal(tab, answer) -> str:
    with pytest.raises(Refused) as refused:
        tab.sit(answer)
    return refused.value.code


def test_a_disabled_account_is_out_of_both_nodes(house, settings, record_property):
    """The first road: by order alone, while web hears no claim."""
    with house.open(settings, deaf=True) as evening:
        visit = evening.a_call_apart_from_the_boards(DR_OSEI)
        tab = evening.signed_in(DR_OSEI)
        board, call = tab.sit(tab.for_board()), tab.sit(tab.for_call(visit))
        kept = tab.for_call(visit)  # fetched in time, and never used until now
        assert tab.get("/today") == 200
        began = time.monotonic()
        assert "Every node knows" in evening.mooring("user", "disable", DR_OSEI.email)
        assert tab.get("/today") == 303
        call.say(STATE)
        seconds = closed_after(began, board, call)
        record_property("figure", f"board and call closed after {seconds:.2f} s")
        assert seconds <= PROMISE
        assert call.hear("ended")["code"] == "removed"
        assert refusal(tab, kept) == "removed"
        assert (tab.for_call(visit).status_code, tab.for_board().status_code) == (401, 401)
        listed = evening.mooring("user", "list")
        assert f"{DR_OSEI.email}  psychiatrist  ended  0" in listed
        evening.mooring("user", "enable", DR_OSEI.email)
        assert tab.get("/today") == 303  # what was closed stays closed


def test_so_they_are_where_signaling_has_just_been_restarted(house, settings, record_property):
    with house.open(settings) as evening:
        visit = evening.a_call_apart_from_the_boards(DR_OSEI)
        tab = evening.signed_in(DR_OSEI)
        before = tab.for_call(visit)
        node = house.nodes[before.json()["node"]]
        board = tab.sit(tab.for_board())
        node.kill()
        node.start()
        assert refusal(tab, before) == "before-start"
        call = tab.sit(tab.for_call(visit))
        kept = tab.for_call(visit)
        node.kill()  # and again: it does not even hear the order
        began = time.monotonic()
        evening.mooring("user", "disable", DR_OSEI.email)
        seconds = closed_after(began, board)
        record_property("figure", f"on the node that was up after {seconds:.2f} s")
        assert seconds <= PROMISE
        node.start()
        assert refusal(tab, kept) == "before-start"
        assert tab.for_call(visit).status_code == 401
        assert call.closed_within(PROMISE)
        evening.mooring("user", "enable", DR_OSEI.email)


def test_so_they_are_where_no_order_arrives(house, settings, record_property):
    """The second road: web answers the claims of a node with whoever may sit there no more."""
    with house.open(settings, reachable=False) as evening:
        visit = evening.a_call_apart_from_the_boards(SAM_WHITFIELD)
        tab = evening.signed_in(SAM_WHITFIELD)
        board, call = tab.sit(tab.for_board()), tab.sit(tab.for_call(visit))
        kept = tab.for_call(visit)
        evening.wait_until_each_node_has_just_told_us()
        began = time.monotonic()
        assert "did not answer" in evening.mooring("user", "disable", SAM_WHITFIELD.email)
        seconds = closed_after(began, board, call)
        record_property("figure", f"without any order: {seconds:.2f} s")
        assert seconds <= PROMISE
        late = Client(house.nodes[kept.json()["node"]], room=kept.json()["room"])
        with pytest.raises(Refused):
            late.sit(kept.json()["ticket"])  # the node remembers whom it has cut


def test_signed_out_there_is_out_there_and_the_other_browser_goes_on(house, settings):
    with house.open(settings) as evening:
        visit = evening.a_call_apart_from_the_boards(DR_RIVERA)
        there, here = evening.signed_in(DR_RIVERA), evening.signed_in(DR_RIVERA)
        lost, kept = there.sit(there.for_board()), here.sit(here.for_board())
        call = there.sit(there.for_call(visit))
        began = time.monotonic()
        ended = here.submit("/sessions/end/one", {"browser": there.key}, page="/sessions")
        assert ended.status_code == 303
        assert closed_after(began, lost, call) <= PROMISE
        assert (there.get("/today"), there.for_call(visit).status_code) == (303, 401)
        # Two seconds later at most: a ticket from the moment of the revocation is doubtful.
        until(lambda: sat(here, here.for_call(visit)), PROMISE)
        assert kept.round_trip() < PROMISE


def sat(tab, answer) -> bool:
    try:
        tab.sit(answer)
    except Refused:
        return False
    return True
