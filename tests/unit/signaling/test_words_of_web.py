"""What web says, and what it does to tickets that are still on their way (T-24, C-13)."""

from datetime import timedelta

import pytest

from signaling import protocol
from signaling.tickets import TicketRefused
from tests.unit.signaling.seating import (
    NINE,
    RELAY,
    a_ticket,
    an_order,
    cut,
    describe,
    kinds,
    reported,
    some_rooms,
    told,
)  # fmt: skip

SECOND = timedelta(seconds=1)


def with_rivera():
    rooms = some_rooms()
    rooms.join(a_ticket("rivera", role="psychiatrist"), "rivera")
    return rooms


def test_admission_that_came_before_its_patient_is_not_lost():
    rooms = with_rivera()
    here, _ = rooms.obey(
        an_order("admit", "morgan", seat=1, ice_servers=[RELAY.model_dump()]),
        now=NINE + SECOND,
    )
    assert not here
    effects = rooms.join(a_ticket("morgan", stage="waiting"), "morgan")
    assert kinds(effects, "morgan") == ["welcome", "admitted", "roster"]
    assert told(effects, "morgan")[0].stage == "admitted"


@pytest.mark.parametrize(("seat", "admitted"), [(1, True), (2, False), (None, True)])
def test_admission_belongs_to_one_seat(seat, admitted):
    rooms = with_rivera()
    rooms.join(a_ticket("morgan", stage="waiting", seat=1), "morgan")
    here, effects = rooms.obey(an_order("admit", "morgan", seat=seat), now=NINE)
    assert (here, "admitted" in kinds(effects, "morgan")) == (admitted, admitted)


def test_a_second_browser_with_the_link_does_not_inherit_the_admission():
    rooms = with_rivera()
    rooms.obey(an_order("admit", "morgan", seat=1), now=NINE + SECOND)
    effects = rooms.join(a_ticket("morgan", stage="waiting", seat=2), "other")
    assert kinds(effects, "other") == ["welcome"]
    assert rooms.hear("other", describe("rivera"))[0].message.code == "not-admitted"


def test_a_repeated_admission_renews_the_relays_only():
    rooms = with_rivera()
    rooms.join(a_ticket("morgan"), "morgan")
    _, effects = rooms.obey(an_order("admit", "morgan", seat=1), now=NINE)
    assert kinds(effects, "morgan") == ["admitted"]
    assert told(effects, "rivera") == []


def test_private_time_sends_back_to_waiting_and_the_others_close_at_once():
    rooms = with_rivera()
    rooms.join(a_ticket("linh", role="guardian"), "linh")
    _, effects = rooms.obey(an_order("park", "linh"), now=NINE)
    [welcome] = told(effects, "linh")
    assert (welcome.type, welcome.stage) == ("welcome", "waiting")
    assert told(effects, "rivera")[-1].peers == []
    assert rooms.hear("rivera", describe("linh"))[0].message.code == "unknown-peer"


def test_a_ticket_from_before_private_time_still_waits():
    rooms = with_rivera()
    rooms.obey(an_order("park", "linh"), now=NINE + SECOND)
    effects = rooms.join(a_ticket("linh", role="guardian"), "linh")
    assert kinds(effects, "linh") == ["welcome"]


@pytest.mark.parametrize(
    ("issued_after", "refused"), [(-30, True), (0, True), (2, True), (3, False), (40, False)]
)
def test_remove_outlives_every_ticket_from_before_it(issued_after, refused):
    rooms = with_rivera()
    rooms.join(a_ticket("sam", at=NINE - SECOND), "sam")
    here, effects = rooms.obey(an_order("remove", "sam"), now=NINE)
    assert here
    assert told(effects, "sam") == [protocol.Ended(code="removed")]
    assert cut(effects) == ["sam"]
    assert told(effects, "rivera")[-1].peers == []
    again = a_ticket("sam", at=NINE + timedelta(seconds=issued_after))
    if refused:
        with pytest.raises(TicketRefused, match="removed"):
            rooms.join(again, "sam-2")
    else:
        rooms.join(again, "sam-2")


def test_a_tombstone_stays_until_every_older_ticket_is_dead():
    rooms = with_rivera()
    rooms.obey(an_order("remove", "sam"), now=NINE)
    rooms.sweep(now=NINE + timedelta(seconds=89))
    with pytest.raises(TicketRefused, match="removed"):
        rooms.join(a_ticket("sam"), "sam")


def test_move_tells_the_old_device_and_refuses_its_old_seat():
    rooms = with_rivera()
    rooms.join(a_ticket("morgan", seat=1), "phone")
    here, effects = rooms.obey(an_order("move", "morgan", seat=2), now=NINE)
    assert here
    assert told(effects, "phone") == [protocol.Moved()]
    assert cut(effects) == ["phone"]
    with pytest.raises(TicketRefused, match="moved"):
        rooms.join(a_ticket("morgan", seat=1), "phone-again")
    rooms.join(a_ticket("morgan", seat=2, page="laptop"), "laptop")
    assert kinds(rooms.hear("rivera", describe("morgan")), "laptop") == ["relayed"]


def test_a_newer_seat_wins_even_before_web_says_so():
    rooms = with_rivera()
    rooms.join(a_ticket("morgan", seat=1), "phone")
    effects = rooms.join(a_ticket("morgan", seat=2, page="laptop"), "laptop")
    assert told(effects, "phone") == [protocol.Moved()]
    with pytest.raises(TicketRefused, match="moved"):
        rooms.join(a_ticket("morgan", seat=1), "phone-again")


@pytest.mark.parametrize(("reason", "code"), [(None, "ended"), ("unattended", "unattended")])
def test_the_end_is_told_to_everybody_and_kills_older_tickets(reason, code):
    rooms = with_rivera()
    rooms.join(a_ticket("morgan"), "morgan")
    rooms.join(a_ticket("sam", stage="waiting"), "sam")
    _, effects = rooms.obey(an_order("end", reason=reason), now=NINE)
    for socket in ("rivera", "morgan", "sam"):
        assert told(effects, socket)[-1] == protocol.Ended(code=code)
    assert sorted(cut(effects)) == ["morgan", "rivera", "sam"]
    assert {what for what, _ in reported(effects)} == {"left"}
    with pytest.raises(TicketRefused, match="ended"):
        rooms.join(a_ticket("morgan"), "again")
    rooms.join(a_ticket("morgan", at=NINE + timedelta(seconds=3)), "reopened")


def test_revoke_reaches_every_room_also_those_not_entered_yet():
    rooms = with_rivera()
    rooms.join(a_ticket("rivera", room="other"), "rivera-other")
    rooms.join(a_ticket("morgan"), "morgan")
    here, effects = rooms.obey(an_order("revoke", "rivera", room=None), now=NINE)
    assert here
    assert sorted(cut(effects)) == ["rivera", "rivera-other"]
    for room in ("morgan", "other", "third"):
        with pytest.raises(TicketRefused, match="removed"):
            rooms.join(a_ticket("rivera", room=room), "again")


def test_rehome_sends_everybody_for_a_new_ticket_and_old_epochs_stay_out():
    rooms = with_rivera()
    here, effects = rooms.obey(an_order("rehome", epoch=2), now=NINE)
    assert here
    assert told(effects, "rivera") == [protocol.Changed()]
    assert cut(effects) == ["rivera"]
    with pytest.raises(TicketRefused, match="old-epoch"):
        rooms.join(a_ticket("rivera", epoch=1), "again")


def test_change_tells_one_or_all_and_says_nothing():
    rooms = with_rivera()
    rooms.join(a_ticket("morgan", stage="waiting"), "morgan")
    _, one = rooms.obey(an_order("change", "morgan"), now=NINE)
    assert (told(one, "morgan"), told(one, "rivera")) == ([protocol.Changed()], [])
    _, everybody = rooms.obey(an_order("change"), now=NINE)
    assert told(everybody, "rivera") == [protocol.Changed()]


def test_an_order_overtaken_on_its_way_is_not_obeyed():
    rooms = with_rivera()
    rooms.join(a_ticket("linh", stage="waiting"), "linh")
    parked, admitted = NINE.timestamp() + 2, NINE.timestamp() + 1
    late = NINE + timedelta(seconds=9)
    rooms.obey(an_order("park", "linh", said_at=parked), now=late)
    here, effects = rooms.obey(an_order("admit", "linh", seat=1, said_at=admitted), now=late)
    assert (here, effects) == (False, [])


@pytest.mark.parametrize("do", ["admit", "park", "remove", "move", "revoke"])
def test_an_order_about_nobody_changes_nothing(do):
    rooms = with_rivera()
    assert rooms.obey(an_order(do), now=NINE) == (False, [])
    assert rooms.obey(an_order(do, "nobody", seat=1), now=NINE)[1] == []
