"""A host who has decided to let somebody in has their offer ahead of admission (C-12, C-13)."""

from datetime import timedelta

import pytest

from signaling import protocol
from tests.unit.signaling.seating import (
    NINE,
    a_ticket,
    an_order,
    describe,
    handed,
    kinds,
    roster,
    some_rooms,
    told,
)

NOTHING: list[object] = []
NOT_ADMITTED = [protocol.Refused(code="not-admitted")]
EXPECT = protocol.Expect(peer="morgan")
HER_OFFER = "v=morgan\r\n"


def an_offer(sdp=HER_OFFER):
    return protocol.Description(type="offer", sdp=sdp)


def a_host(**claims):
    return a_ticket("rivera", role="psychiatrist", host=True, **claims)


def before_the_door():
    """Dr. Rivera is in; Morgan waits with her offer."""
    rooms = some_rooms()
    rooms.join(a_host(), "rivera")
    rooms.join(a_ticket("morgan", stage="waiting"), "morgan", an_offer())
    return rooms


def admit(rooms, *, after=0):
    order = an_order("admit", "morgan", seat=1)
    return rooms.obey(order, now=NINE + timedelta(seconds=after))[1]


def test_a_host_has_the_offer_as_often_as_asked_and_its_sender_hears_nothing():
    rooms = before_the_door()
    for _ in range(2):
        effects = rooms.hear("rivera", EXPECT)
        assert handed(effects, "rivera") == [("morgan", HER_OFFER)]
        assert len(effects) == 1


def test_whoever_was_expected_is_told_who_has_the_offer_and_it_is_not_handed_on_again():
    rooms = before_the_door()
    rooms.hear("rivera", EXPECT)
    effects = admit(rooms)
    assert kinds(effects, "morgan") == ["admitted", "roster"]
    assert roster(effects, "morgan").offered == "rivera"
    assert roster(effects, "morgan").offer_to == []
    assert kinds(effects, "rivera") == ["roster"]
    assert roster(effects, "rivera").answer_to == "morgan"
    answered = rooms.hear("rivera", describe("morgan", kind="answer", sdp="v=rivera\r\n"))
    assert handed(answered, "morgan") == [("rivera", "v=rivera\r\n")]
    rooms.leave("morgan")
    again = rooms.join(a_ticket("morgan"), "morgan-2")
    assert roster(again, "morgan-2").offer_to == []  # it was answered


def test_a_host_who_holds_an_offer_answers_it_after_admission_and_not_before():
    rooms = before_the_door()
    rooms.hear("rivera", EXPECT)
    effects = rooms.hear("rivera", describe("morgan", kind="answer"))
    assert told(effects, "morgan") == []
    assert told(effects, "rivera") == [protocol.Refused(code="unknown-peer")]


@pytest.mark.parametrize("peer", ["morgan", "rivera", "ana", "nobody"])
@pytest.mark.parametrize(
    "ticket",
    [
        a_ticket("ana", role="support_person"),
        a_ticket("ana", stage="waiting"),
        a_ticket("ana", stage="waiting", role="therapist", host=True),
        a_ticket("ana", stage="board", role="therapist"),
        a_ticket("ana", stage="board", role="therapist", host=True),
    ],
    ids=["no host", "waiting", "waiting host", "board", "board host"],
)
def test_whoever_may_not_decide_hears_the_same_whether_anybody_waits_or_not(ticket, peer):
    rooms = before_the_door()
    rooms.join(ticket, "ana")
    effects = rooms.hear("ana", protocol.Expect(peer=peer))
    assert [(e.to, e.message) for e in effects] == [("ana", *NOT_ADMITTED)]
    assert handed(admit(rooms), "rivera") == [("morgan", HER_OFFER)]


def test_a_host_who_was_sent_back_to_waiting_may_not_ask():
    rooms = before_the_door()
    rooms.obey(an_order("park", "rivera"), now=NINE)
    assert told(rooms.hear("rivera", EXPECT), "rivera") == NOT_ADMITTED


@pytest.mark.parametrize(
    "peer", ["nobody", "rivera", "sam", "linh", "robin", "ana", "ana/ana-page"]
)
def test_nothing_comes_when_there_is_no_offer_to_show(peer):
    rooms = before_the_door()
    rooms.join(a_ticket("sam", stage="waiting"), "sam")  # brought none
    rooms.join(a_ticket("linh"), "linh", an_offer())  # is in already
    rooms.join(a_ticket("robin", room="other", stage="waiting"), "robin", an_offer())
    rooms.join(a_ticket("ana", stage="board"), "ana", an_offer())
    assert rooms.hear("rivera", protocol.Expect(peer=peer)) == NOTHING


@pytest.mark.parametrize("do", ["remove", "move", "end", "revoke"])
def test_nothing_comes_of_somebody_who_was_put_out(do):
    rooms = before_the_door()
    rooms.obey(an_order(do, None if do == "end" else "morgan", seat=2), now=NINE)
    assert rooms.hear("rivera", EXPECT) == NOTHING


def test_nothing_comes_of_somebody_who_is_away():
    rooms = before_the_door()
    rooms.leave("morgan")
    assert rooms.hear("rivera", EXPECT) == NOTHING


def test_an_offer_never_goes_to_a_host_of_another_room():
    rooms = before_the_door()
    rooms.join(a_ticket("osei", room="other", host=True), "osei")
    rooms.join(a_host(room="other", page="next door"), "rivera next door")
    assert rooms.hear("osei", EXPECT) == NOTHING
    assert rooms.hear("rivera next door", EXPECT) == NOTHING
    assert handed(admit(rooms), "rivera") == [("morgan", HER_OFFER)]


def test_a_host_who_has_reloaded_is_handed_the_offer_at_admission():
    rooms = before_the_door()
    rooms.hear("rivera", EXPECT)
    rooms.join(a_host(page="reloaded"), "rivera-2")
    effects = admit(rooms)
    assert kinds(effects, "rivera-2") == ["roster", "relayed"]
    assert roster(effects, "rivera-2").answer_to is None
    assert roster(effects, "morgan").offered == "rivera"


def test_a_host_back_on_the_same_page_still_has_the_offer():
    rooms = before_the_door()
    rooms.hear("rivera", EXPECT)
    rooms.leave("rivera")
    rooms.join(a_host(), "rivera-2")
    effects = admit(rooms)
    assert kinds(effects, "rivera-2") == ["roster"]
    assert roster(effects, "morgan").offered == "rivera"


def test_when_the_host_who_asked_is_away_the_next_one_gets_the_offer():
    rooms = before_the_door()
    rooms.join(a_ticket("osei", role="therapist", host=True), "osei")
    rooms.hear("rivera", EXPECT)
    rooms.leave("rivera")
    effects = admit(rooms)
    assert handed(effects, "osei") == [("morgan", HER_OFFER)]
    assert roster(effects, "morgan").offered == "osei"


def test_of_several_the_one_who_asked_last_has_the_offer_though_another_came_first():
    rooms = before_the_door()
    rooms.join(a_ticket("osei", role="therapist", host=True), "osei")
    rooms.hear("rivera", EXPECT)
    rooms.hear("osei", EXPECT)
    effects = admit(rooms)
    assert roster(effects, "morgan").offered == "osei"
    assert roster(effects, "morgan").offer_to == ["rivera"]
    assert [roster(effects, host).answer_to for host in ("osei", "rivera")] == ["morgan", None]
    assert handed(effects, "osei") == handed(effects, "rivera") == []


@pytest.mark.parametrize("page", ["morgan-page", "reloaded"])
def test_the_newer_offer_of_somebody_who_came_back_is_handed_on_at_admission(page):
    rooms = before_the_door()
    rooms.hear("rivera", EXPECT)
    back = a_ticket("morgan", stage="waiting", page=page)
    assert told(rooms.join(back, "morgan-2", an_offer("v=newer\r\n")), "rivera") == []
    effects = admit(rooms)
    assert handed(effects, "rivera") == [("morgan", "v=newer\r\n")]
    assert roster(effects, "morgan-2").offered == "rivera"


def test_who_comes_back_without_an_offer_is_asked_for_one():
    rooms = before_the_door()
    rooms.hear("rivera", EXPECT)
    rooms.join(a_ticket("morgan", stage="waiting"), "morgan-2")
    effects = admit(rooms)
    assert roster(effects, "morgan-2").offered is None
    assert roster(effects, "morgan-2").offer_to == ["rivera"]


def test_an_expected_offer_too_serves_one_admission():
    rooms = before_the_door()
    rooms.hear("rivera", EXPECT)
    admit(rooms)
    rooms.obey(an_order("park", "morgan"), now=NINE + timedelta(seconds=1))
    assert rooms.hear("rivera", EXPECT) == NOTHING
    effects = admit(rooms, after=2)
    assert handed(effects, "rivera") == []
    assert roster(effects, "morgan").offered is None
    assert roster(effects, "morgan").offer_to == ["rivera"]
