"""From a ticket to a call on a real node: seating, admission, replay, restart (C-13, C-18)."""

import json
import secrets
from datetime import UTC, datetime, timedelta

import pytest
import websocket

from signaling import tickets
from tests.faults.signaling.client import Client, Refused
from tests.faults.signaling.node import a_key, a_node, until


def refusal(node, ticket, room="room-1"):
    client = Client(node, room=room)
    try:
        client.sit(ticket)
    except Refused as refused:
        return refused.code
    finally:
        client.close()
    return None


def test_two_people_meet_and_only_ids_are_reported(node, room, sit):
    doctor = sit("rivera", role="psychiatrist")
    assert doctor.hear()["stage"] == "admitted"
    assert doctor.hear("roster")["peers"] == []
    patient = sit("morgan", stage="waiting")
    assert patient.hear("welcome")["stage"] == "waiting"
    relays = [{"urls": ["turn:relay.example"], "username": "u", "credential": "c"}]
    said = node.order("admit", room=room, peer="morgan", seat=1, ice_servers=relays)
    assert said.json() == {"here": True}
    assert patient.hear()["ice_servers"] == relays
    assert patient.hear("roster")["offer_to"] == ["rivera"]
    patient.describe("rivera", sdp="v=0\r\noffer")
    heard = doctor.hear("relayed")
    assert (heard["sender"], heard["message"]["description"]["sdp"]) == (
        "morgan", "v=0\r\noffer",
    )  # fmt: skip
    doctor.describe("morgan", kind="answer")
    assert patient.hear("relayed")["sender"] == "rivera"

    def mine():
        return [e for e in node.web.events if e["room"] == room]

    until(lambda: [e for e in mine() if e["what"] == "state" and e["stage"] == "admitted"])
    assert {e["peer"] for e in mine() if e["what"] == "joined"} == {"rivera", "morgan"}
    assert all(set(e) == {
        "room", "peer", "page", "seat", "what", "stage", "muted", "camera", "hidden",
        "connected",
    } for e in mine())  # fmt: skip


@pytest.mark.check("C-16")
@pytest.mark.parametrize(
    ("claims", "code"),
    [
        ({"room": "another"}, "wrong-room"),
        ({"node": "n9"}, "wrong-node"),
        ({"audience": "media"}, "wrong-audience"),
        ({"now": datetime.now(UTC) - timedelta(hours=1)}, "expired"),
    ],
)
def test_a_ticket_for_something_else_is_refused(node, claims, code):
    assert refusal(node, node.a_ticket("morgan", **claims)) == code


def test_a_ticket_of_another_signer_is_refused_like_any_other(node):
    honest, node.key = node.key, a_key()
    try:
        ticket = node.a_ticket("morgan")
    finally:
        node.key = honest
    assert refusal(node, ticket) == "bad-ticket"
    assert refusal(node, "x.y.z") == "bad-ticket"
    assert refusal(node, None) == "no-ticket"


def test_every_unknown_room_gets_one_and_the_same_answer(node):
    answers = {refusal(node, "a.b.c", room=secrets.token_hex(8)) for _ in range(20)}
    assert answers == {"bad-ticket"}


@pytest.mark.check("C-16")
def test_a_ticket_serves_once(node, room):
    ticket = node.a_ticket("morgan", room=room)
    client = Client(node, room=room).sit(ticket)
    assert refusal(node, ticket, room) == "used"
    client.close()


@pytest.mark.check("C-18")
def test_a_second_page_takes_the_seat_and_the_first_is_told(node, room, sit):
    first = sit("morgan", page="one")
    first.hear("welcome")
    sit("morgan", page="two")
    assert first.hear("moved") == {"type": "moved"}
    assert first.closed_within(3)


@pytest.mark.check("C-18")
def test_another_persons_ticket_does_nothing_to_the_victim(node, room, sit):
    victim = sit("morgan")
    victim.hear("roster")
    assert refusal(node, "bad.token.morgan", room) == "bad-ticket"
    thief = sit("sam", room=room + "-2")
    thief.say({"type": "bye", "peer": "morgan"})
    assert thief.hear("refused")["code"] == "malformed"
    assert victim.silence() == []


@pytest.mark.check("C-13")
def test_remove_ends_the_socket_and_no_older_ticket_comes_back(node, room, sit):
    doctor, sam = sit("rivera"), sit("sam")
    doctor.hear("roster")
    kept = node.a_ticket("sam", room=room)
    node.order("remove", room=room, peer="sam")
    assert sam.hear("ended")["code"] == "removed"
    assert sam.closed_within(3)
    until(lambda: doctor.hear("roster")["peers"] == [])
    assert refusal(node, kept, room) == "removed"


def test_an_order_is_obeyed_once_and_only_from_web(node, room, sit):
    patient = sit("morgan", stage="waiting")
    patient.hear("welcome")
    for _ in range(3):
        said = node.order("change", room=room, peer="morgan", jti=f"{room}-once")
        assert said.json() == {"here": True}
    assert patient.silence() == [{"type": "changed"}]
    own = tickets.sign_claims(
        {"do": "admit", "room": room, "peer": "morgan", "seat": 1, "node": "n1"},
        a_key(), audience="control", now=datetime.now(UTC),
    )  # fmt: skip
    assert node.post_order(own).status_code == 403
    ticket = node.a_ticket("morgan", room=room)
    assert node.post_order(ticket).status_code == 403
    late = tickets.sign_claims(
        {"do": "end", "room": room, "node": "n1"}, node.key, audience="control",
        now=datetime.now(UTC) - timedelta(minutes=1),
    )  # fmt: skip
    assert node.post_order(late).status_code == 403
    assert node.order("change", room=room, peer="morgan", node="n2").status_code == 403
    assert node.order("explode", room=room).status_code == 422
    assert patient.silence() == []


def test_control_is_not_on_the_public_road_nor_sockets_on_the_inner_one(node):
    token = tickets.sign_claims(
        {"do": "end", "room": "r", "node": "n1"}, node.key, audience="control",
        now=datetime.now(UTC),
    )  # fmt: skip
    assert node.post_order(token).status_code == 200
    assert node.post_order(token, node.port).status_code == 404
    with pytest.raises(websocket.WebSocketBadStatusException) as refused:
        Client(node, port=node.control_port)
    assert refused.value.status_code == 404


def test_a_host_header_does_not_open_the_inner_listener(node):
    said = node.post_order_as_host(f"127.0.0.1:{node.control_port}")
    assert said.status_code == 404


@pytest.mark.check("C-13")
def test_after_a_crash_old_tickets_are_dead_and_new_ones_bring_everybody_back():
    with a_node() as node:
        used = node.a_ticket("morgan")
        unused = node.a_ticket("rivera")
        patient = Client(node).sit(used)
        patient.hear("welcome")
        node.kill()
        assert patient.closed_within(5)
        node.start()
        assert refusal(node, used) == "before-start"
        assert refusal(node, unused) == "before-start"
        waiting = Client(node).sit(node.a_ticket("sam", stage="waiting"))
        assert waiting.hear("welcome")["stage"] == "waiting"
        back = Client(node).sit(node.a_ticket("morgan"))
        assert back.hear("welcome")["stage"] == "admitted"
        assert back.hear("roster")["peers"] == []


def test_web_out_of_order_is_told_later_and_in_order():
    with a_node() as node:
        node.web.status = 503
        client = Client(node).sit(node.a_ticket("morgan"))
        client.hear("welcome")
        client.close()
        node.web.status = 200
        until(lambda: [e["what"] for e in node.web.events if e["what"] != "present"][:2]
              == ["joined", "left"], 15)  # fmt: skip
        assert [b["seq"] for b in node.web.batches] == sorted(
            b["seq"] for b in node.web.batches
        )
        assert len({b["boot"] for b in node.web.batches}) == 1
        assert json.dumps(node.web.events).isascii()


def test_presence_is_repeated_for_everybody_seated(node, room, sit):
    sit("morgan", stage="waiting")
    until(lambda: [e for e in node.web.events if e["what"] == "present" and e["room"] == room])
