"""The offer that came with a ticket is handed on at admission, once, sifted (C-12, C-13)."""

from datetime import timedelta

from signaling import protocol
from tests.unit.signaling.seating import (
    NINE,
    a_call,
    a_ticket,
    an_order,
    handed,
    kinds,
    roster,
    some_rooms,
    told,
)


def an_offer(sdp: str = "v=0\r\n") -> protocol.Description:
    return protocol.Description(type="offer", sdp=sdp)


def test_an_offer_that_came_with_a_ticket_is_handed_on_at_admission_and_not_before():
    rooms = some_rooms()
    rooms.join(a_ticket("rivera", role="psychiatrist"), "rivera")
    waiting = rooms.join(
        a_ticket("morgan", stage="waiting"), "morgan", an_offer("v=morgan\r\n")
    )
    assert told(waiting, "rivera") == []
    assert kinds(waiting, "morgan") == ["welcome"]
    _, effects = rooms.obey(an_order("admit", "morgan", seat=1), now=NINE)
    assert handed(effects, "rivera") == [("morgan", "v=morgan\r\n")]
    assert kinds(effects, "rivera") == ["roster", "relayed"]  # who it is comes first
    assert roster(effects, "morgan").offered == "rivera"
    assert roster(effects, "morgan").offer_to == []


def test_only_the_first_of_the_others_gets_the_offer_that_was_brought():
    rooms = a_call()
    effects = rooms.join(a_ticket("ana", role="interpreter"), "ana", an_offer("v=ana\r\n"))
    assert handed(effects, "rivera") == [("ana", "v=ana\r\n")]
    assert handed(effects, "morgan") == []
    assert roster(effects, "ana").offered == "rivera"
    assert roster(effects, "ana").offer_to == ["morgan"]


def test_an_offer_serves_one_admission():
    rooms = some_rooms()
    rooms.join(a_ticket("morgan", stage="waiting"), "morgan", an_offer())
    rooms.obey(an_order("admit", "morgan", seat=1), now=NINE)  # nobody is there to take it
    rooms.obey(an_order("park", "morgan"), now=NINE + timedelta(seconds=1))
    rooms.join(a_ticket("rivera", role="psychiatrist"), "rivera")
    _, effects = rooms.obey(
        an_order("admit", "morgan", seat=1), now=NINE + timedelta(seconds=2)
    )
    assert handed(effects, "rivera") == []
    assert roster(effects, "morgan").offered is None
    assert roster(effects, "morgan").offer_to == ["rivera"]


def test_an_offer_is_handed_to_nobody_who_is_away():
    rooms = some_rooms()
    rooms.join(a_ticket("rivera", role="psychiatrist"), "rivera")
    rooms.leave("rivera")
    effects = rooms.join(a_ticket("morgan"), "morgan", an_offer())
    assert roster(effects, "morgan").offered is None


def test_an_offer_that_came_with_a_ticket_is_sifted_like_any_other():
    rooms = some_rooms()
    rooms.join(a_ticket("rivera", role="psychiatrist"), "rivera")
    sdp = "v=0\r\na=candidate:1 1 udp 1 127.0.0.1 9 typ host\r\n"
    effects = rooms.join(a_ticket("morgan"), "morgan", an_offer(sdp))
    assert handed(effects, "rivera") == [("morgan", "v=0\r\n")]
