"""Who is told what: seats, admission, offers, relaying; each rule with plain values."""

from datetime import timedelta

import pytest

from signaling import protocol
from signaling.tickets import TicketRefused
from tests.unit.signaling.seating import (
    NINE,
    RELAY,
    a_call,
    a_ticket,
    an_order,
    candidates,
    cut,
    describe,
    kinds,
    reported,
    roster,
    some_rooms,
    state,
    told,
)  # fmt: skip


def test_a_waiting_patient_hears_welcome_and_nothing_else():
    rooms = some_rooms()
    rooms.join(a_ticket("rivera", role="psychiatrist"), "rivera")
    effects = rooms.join(a_ticket("morgan", stage="waiting"), "morgan")
    assert kinds(effects, "morgan") == ["welcome"]
    assert told(effects, "rivera") == []
    assert reported(effects) == [("joined", "morgan")]


def test_admission_brings_the_relays_and_the_one_who_came_last_offers():
    rooms = some_rooms()
    rooms.join(a_ticket("rivera", role="psychiatrist"), "rivera")
    rooms.join(a_ticket("morgan", stage="waiting"), "morgan")
    here, effects = rooms.obey(
        an_order("admit", "morgan", seat=1, ice_servers=[RELAY.model_dump()]), now=NINE
    )
    assert here
    assert kinds(effects, "morgan") == ["admitted", "roster"]
    assert told(effects, "morgan")[0].ice_servers == [RELAY]
    assert roster(effects, "morgan").offer_to == ["rivera"]
    assert roster(effects, "rivera").offer_to == []
    assert [p.peer for p in roster(effects, "rivera").peers] == ["morgan"]


def test_in_a_mesh_the_last_one_offers_to_all_who_came_before():
    rooms = a_call()
    effects = rooms.join(a_ticket("ana", role="interpreter"), "ana")
    assert roster(effects, "ana").offer_to == ["rivera", "morgan"]
    assert roster(effects, "morgan").offer_to == ["rivera"]  # its own is still to come
    assert roster(effects, "rivera").offer_to == []


def test_nobody_is_asked_again_once_an_offer_was_answered():
    rooms = a_call()
    rooms.hear("morgan", describe("rivera"))
    rooms.hear("rivera", describe("morgan", kind="answer"))
    rooms.leave("morgan")
    effects = rooms.join(a_ticket("morgan"), "morgan-2")
    assert roster(effects, "morgan-2").offer_to == []
    assert roster(effects, "rivera").offer_to == []


def test_an_offer_without_an_answer_is_asked_for_again_after_a_lost_socket():
    rooms = a_call()
    rooms.hear("morgan", describe("rivera"))
    rooms.leave("rivera")
    rooms.join(a_ticket("rivera", role="psychiatrist"), "rivera-2")
    effects = rooms.hear("rivera-2", state(muted=True))
    assert roster(effects, "morgan").offer_to == ["rivera"]


def test_a_reloaded_page_comes_last_and_offers():
    rooms = a_call()
    rooms.hear("morgan", describe("rivera"))
    rooms.hear("rivera", describe("morgan", kind="answer"))
    effects = rooms.join(a_ticket("rivera", page="reloaded"), "rivera-2")
    assert kinds(effects, "rivera") == ["moved"]
    assert cut(effects) == ["rivera"]
    assert roster(effects, "rivera-2").offer_to == ["morgan"]
    assert roster(effects, "morgan").peers[0].page == "reloaded"


def test_a_reloaded_page_is_shown_as_it_was_until_it_speaks_for_itself():
    rooms = a_call()
    rooms.hear("morgan", state(muted=True, camera=True, connected=True))
    effects = rooms.join(a_ticket("morgan", page="reloaded"), "morgan-2")
    shown = roster(effects, "rivera").peers[0].state
    assert (shown.muted, shown.camera, shown.connected) == (True, True, False)


def test_nothing_is_known_yet_of_another_device_in_the_same_seat():
    rooms = a_call()
    rooms.hear("morgan", state(muted=True, camera=True, connected=True))
    effects = rooms.join(a_ticket("morgan", page="phone", seat=2), "morgan-2")
    shown = roster(effects, "rivera").peers[0].state
    assert (shown.muted, shown.camera, shown.connected) == (False, False, False)


def test_the_same_page_back_replaces_its_old_socket_without_a_word():
    rooms = a_call()
    effects = rooms.join(a_ticket("morgan"), "morgan-2")
    assert kinds(effects, "morgan") == []
    assert cut(effects) == ["morgan"]
    assert rooms.leave("morgan") == []  # its late close frees nothing
    assert kinds(rooms.hear("rivera", describe("morgan")), "morgan-2") == ["relayed"]


def test_a_lost_socket_keeps_its_place_and_a_bye_gives_it_up():
    rooms = a_call()
    away = roster(rooms.leave("morgan"), "rivera").peers
    assert [(p.peer, p.here) for p in away] == [("morgan", False)]
    assert rooms.hear("rivera", describe("morgan")) == []
    rooms.join(a_ticket("morgan"), "morgan-2")
    gone = rooms.hear("morgan-2", protocol.Bye())
    assert roster(gone, "rivera").peers == []
    assert cut(gone) == ["morgan-2"]


def test_state_is_kept_for_late_comers_and_told_to_the_others_only():
    rooms = a_call()
    effects = rooms.hear("morgan", state(muted=True))
    assert roster(effects, "rivera").peers[0].state.muted
    assert told(effects, "morgan") == []
    assert reported(effects) == [("state", "morgan")]
    assert rooms.hear("morgan", state(muted=True)) == []
    late = rooms.join(a_ticket("ana", role="interpreter"), "ana")
    assert [p.state.muted for p in roster(late, "ana").peers] == [False, True]


def test_a_waiting_patients_state_goes_to_web_and_to_nobody_in_the_room():
    rooms = some_rooms()
    rooms.join(a_ticket("rivera", role="psychiatrist"), "rivera")
    rooms.join(a_ticket("morgan", stage="waiting"), "morgan")
    effects = rooms.hear("morgan", state(camera=True))
    assert reported(effects) == [("state", "morgan")]
    assert told(effects, "rivera") == told(effects, "morgan") == []


@pytest.mark.parametrize("to", ["rivera", "nobody", "morgan", "board-watcher/page"])
def test_while_waiting_every_message_gets_the_same_refusal(to):
    rooms = some_rooms()
    rooms.join(a_ticket("rivera", role="psychiatrist"), "rivera")
    rooms.join(a_ticket("morgan", stage="waiting"), "morgan")
    effects = rooms.hear("morgan", describe(to))
    assert [(e.to, e.message) for e in effects] == [
        ("morgan", protocol.Refused(code="not-admitted"))
    ]


@pytest.mark.parametrize("to", ["sam", "robin", "morgan", "rivera-socket"])
def test_nobody_outside_the_admitted_of_the_room_is_reached(to):
    rooms = a_call()
    rooms.join(a_ticket("sam", stage="waiting"), "sam")
    rooms.join(a_ticket("robin", room="other"), "robin")
    effects = rooms.hear("morgan", describe(to))
    assert [(e.to, e.message) for e in effects] == [
        ("morgan", protocol.Refused(code="unknown-peer"))
    ]


@pytest.mark.parametrize("epoch", [0, 2, 99])
def test_another_epoch_is_dropped_in_silence(epoch):
    assert a_call().hear("morgan", describe("rivera", epoch=epoch)) == []


def test_the_server_says_who_sent_it():
    [delivery] = a_call().hear("morgan", describe("rivera"))
    assert (delivery.to, delivery.message.sender) == ("rivera", "morgan")
    assert "to" not in delivery.message.model_dump()["message"]


def test_at_most_64_candidates_follow_a_description():
    rooms = a_call()
    line = "candidate:1 1 udp 1 203.0.113.5 5000 typ host"
    for _ in range(8):
        rooms.hear("morgan", candidates("rivera", *[line] * 10))
    assert rooms.hear("morgan", candidates("rivera", line)) == []
    rooms.hear("morgan", describe("rivera"))
    assert rooms.hear("morgan", candidates("rivera", line)) != []


def test_a_board_hears_changed_and_may_say_nothing():
    rooms = some_rooms()
    watch = {"room": "board-1", "stage": "board", "role": "coordinator"}
    first = rooms.join(a_ticket("jordan", page="one", **watch), "tab-1")
    assert kinds(first, "tab-1") == ["welcome"]
    assert cut(rooms.join(a_ticket("jordan", page="two", **watch), "tab-2")) == []
    here, effects = rooms.obey(an_order("change", room="board-1"), now=NINE)
    assert (here, kinds(effects, "tab-1"), kinds(effects, "tab-2")) == (
        True, ["changed"], ["changed"],
    )  # fmt: skip
    for message in (state(), describe("x"), protocol.Expect(peer="x"), protocol.Bye()):
        [refusal] = rooms.hear("tab-1", message)
        assert refusal.message == protocol.Refused(code="not-admitted")
    assert reported(list(rooms.present())) == [("present", "jordan")] * 2


def test_one_person_may_not_open_boards_without_end():
    rooms = some_rooms()
    watch = {"room": "board-1", "stage": "board"}
    for number in range(5):
        rooms.join(a_ticket("jordan", page=f"{number}", **watch), f"tab-{number}")
    with pytest.raises(TicketRefused, match="full"):
        rooms.join(a_ticket("jordan", page="6", **watch), "tab-6")
    rooms.leave("tab-1")
    rooms.join(a_ticket("jordan", page="6", **watch), "tab-6")


def test_an_empty_room_is_forgotten_when_its_last_ticket_is_dead():
    rooms = a_call()
    rooms.obey(an_order("remove", "morgan"), now=NINE)
    rooms.leave("rivera")
    rooms.sweep(now=NINE + timedelta(seconds=10))
    assert len(rooms) == 1
    rooms.sweep(now=NINE + timedelta(seconds=101))
    assert len(rooms) == 0
