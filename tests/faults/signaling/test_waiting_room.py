"""The waiting room: it says nothing, and there is no way around it (C-12, C-13, T-33)."""

import json
import re

import pytest

from tests.faults.signaling.client import Client, Refused
from tests.faults.signaling.node import Node, a_node, until
from tests.masks import Veil

CANARY = "canary-5b1c9e"
STATE = {"type": "state", "muted": True, "camera": False, "hidden": False, "connected": False}
OFFER = {"type": "describe", "to": "rivera", "epoch": 1,
         "description": {"type": "offer", "sdp": CANARY}}  # fmt: skip
LINE = {"candidate": CANARY, "sdpMid": "0"}
EXPECT = {"type": "expect", "peer": "morgan"}
BATCH = {"type": "candidates", "to": "rivera", "epoch": 1, "candidates": [LINE]}


def an_empty_room(node: Node, room: str) -> list[Client]:
    return []


def a_running_call(node: Node, room: str) -> list[Client]:
    doctor = Client(node, room=room).sit(
        node.a_ticket("rivera", room=room, role="psychiatrist", host=True)
    )
    patient = Client(node, room=room).sit(node.a_ticket("linh", room=room, role="guardian"))
    patient.describe("rivera", sdp=CANARY)
    doctor.hear("relayed")
    doctor.describe("linh", sdp=CANARY, kind="answer")
    patient.hear("relayed")
    return [doctor, patient]


def somebody_else_waits(node: Node, room: str) -> list[Client]:
    other = Client(node, room=room).sit(node.a_ticket("sam", room=room, stage="waiting"))
    other.hear("welcome")
    return [other]


def offered_by_morgan(client: Client) -> bool:
    client.silence(0.1)
    return CANARY in str([frame for frame in client.frames if "morgan" in frame])


def transcript(node: Node, room: str, situation) -> list[str]:
    """Every frame a waiting client gets while the room lives on; only the sids are masked."""
    others = situation(node, room)
    ticket = node.a_ticket("morgan", room=room, stage="waiting")
    client = Client(node, room=room).sit(ticket, offer=OFFER["description"])
    for message in (STATE, OFFER, BATCH, {**OFFER, "to": "nobody"}, {**OFFER, "epoch": 9},
                    {**EXPECT, "peer": "sam"}, {"type": "roster"}):  # fmt: skip
        client.say(message)
        client.silence(0.1)
        for other in others:
            other.say({**STATE, "muted": False})
            other.say(STATE)
    for other in others:
        other.say(EXPECT)
    late = Client(node, room=room).sit(node.a_ticket("ana", room=room)) if others else None
    if others:
        node.order("remove", room=room, peer="linh")
    client.silence(0.3)
    client.round_trip()
    told = [other for other in filter(None, [*others, late]) if offered_by_morgan(other)]
    assert told == (others[:1] if situation is a_running_call else [])  # the host, who asked
    veil = Veil("socket")
    frames = [veil.over(frame) for frame in client.frames]
    assert veil.idle == set()
    return frames


@pytest.mark.check("C-12")
def test_a_waiting_client_gets_the_same_bytes_whatever_goes_on_in_the_room(node, room):
    said = {
        situation.__name__: transcript(node, f"{room[:40]}-{number}", situation)
        for number, situation in enumerate((an_empty_room, a_running_call, somebody_else_waits))
    }
    empty = said["an_empty_room"]
    assert said["a_running_call"] == empty
    assert said["somebody_else_waits"] == empty
    for frame in empty:
        assert not re.search("roster|relayed|ice|rivera|linh|sam|canary", frame)


@pytest.mark.check("C-13")
@pytest.mark.parametrize(
    "message",
    [
        OFFER, BATCH, {**OFFER, "epoch": 99}, {**OFFER, "to": "morgan"},
        {**OFFER, "sender": "rivera"}, {**OFFER, "room": "other"},
        {"type": "admit", "peer": "morgan"}, {"type": "admitted", "ice_servers": []},
        {"type": "welcome", "stage": "admitted"}, {"do": "admit", "peer": "morgan"},
        {**STATE, "stage": "admitted"}, EXPECT, {**EXPECT, "peer": "rivera"},
    ],
    ids=json.dumps,
)  # fmt: skip
def test_nothing_a_waiting_client_says_reaches_anybody(node, room, sit, message):
    doctor = sit("rivera", role="psychiatrist")
    doctor.hear("roster")
    patient = sit("morgan", stage="waiting")
    patient.hear("welcome")
    patient.say(message)
    assert patient.hear()["type"] == "refused"
    patient.say(OFFER)
    assert patient.hear() == {"type": "refused", "code": "not-admitted"}
    assert doctor.silence(0.2) == []


@pytest.mark.check("C-13")
def test_the_offer_a_waiting_client_brings_waits_with_it(node, room, sit):
    doctor = sit("rivera", role="psychiatrist")
    doctor.hear("roster")
    waiting = node.a_ticket("morgan", room=room, stage="waiting")
    patient = Client(node, room=room).sit(waiting, offer=OFFER["description"])
    patient.hear("welcome")
    assert doctor.silence(0.3) == []
    node.order("admit", room=room, peer="morgan", seat=1)
    assert patient.hear("roster")["offered"] == "rivera"
    relayed = doctor.hear("relayed")
    assert relayed["sender"] == "morgan"
    assert relayed["message"]["description"] == OFFER["description"]


@pytest.mark.parametrize(
    "offer",
    [
        17, "v=0", ["offer"], {"type": "offer"}, {"type": "answer", "sdp": "v=0"},
        {"type": "offer", "sdp": "v" * 33_000}, {"type": "offer", "sdp": "v=0", "to": "rivera"},
    ],
    ids=lambda offer: json.dumps(offer)[:40],
)  # fmt: skip
def test_a_broken_offer_beside_a_ticket_keeps_nobody_out_and_goes_nowhere(
    node, room, sit, offer
):
    doctor = sit("rivera", role="psychiatrist")
    patient = Client(node, room=room).sit(node.a_ticket("morgan", room=room), offer=offer)
    assert patient.hear("welcome")["stage"] == "admitted"
    assert patient.hear("roster")["offer_to"] == ["rivera"]
    until(lambda: doctor.hear("roster")["peers"])
    assert doctor.silence(0.3) == []


@pytest.mark.check("C-17")
def test_a_socket_id_is_no_address(node, room, sit):
    victim, stranger = sit("rivera"), sit("robin", room=f"{room[:50]}-x")
    victim.hear("roster")
    stranger.hear("roster")
    engine_id = json.loads(victim.frames[0][1:])["sid"]
    for to in (victim.sid, engine_id, "rivera"):
        stranger.say({**OFFER, "to": to})
        assert stranger.hear()["code"] == "unknown-peer"
    assert victim.silence(0.2) == []


def test_events_of_other_names_reach_nobody(node, room, sit):
    doctor, patient = sit("rivera"), sit("morgan")
    until(lambda: doctor.hear("roster")["peers"])
    for name in ("message", "relayed", "join", "*", "my event"):
        patient.ws.send("42" + json.dumps([name, {"to": "rivera"}]))
    assert doctor.silence(0.3) == []


@pytest.mark.parametrize("name", ["connect", "disconnect", "\\u0063onnect"])
def test_an_event_may_not_play_socket_ios_own(node, room, sit, name):
    doctor, patient = sit("rivera"), sit("morgan")
    until(lambda: doctor.hear("roster")["peers"])
    ticket = json.dumps({"ticket": node.a_ticket("sam", room=room)})
    patient.ws.send(f'42["{name}", {ticket}]')
    assert patient.hear("refused")["code"] == "malformed"
    assert doctor.silence(0.3) == []
    assert patient.round_trip() < 5


@pytest.mark.check("C-13")
def test_who_was_sent_back_to_waiting_is_out_of_the_room_at_once(node, room, sit):
    doctor, guardian = sit("rivera"), sit("linh")
    until(lambda: doctor.hear("roster")["peers"])
    kept = node.a_ticket("linh", room=room)
    node.order("park", room=room, peer="linh")
    until(lambda: doctor.hear("roster")["peers"] == [])
    until(lambda: guardian.hear("welcome")["stage"] == "waiting")
    guardian.say(OFFER)
    assert guardian.hear("refused")["code"] == "not-admitted"
    again = Client(node, room=room).sit(kept)
    assert again.hear("welcome")["stage"] == "waiting"
    assert again.silence(0.2) == []
    assert doctor.silence(0.2) == []


def test_the_end_of_a_visit_closes_it_for_everybody(node, room, sit):
    doctor, waiting = sit("rivera"), sit("morgan", stage="waiting")
    kept = node.a_ticket("morgan", room=room)
    node.order("end", room=room, reason="unattended")
    for client in (doctor, waiting):
        assert client.hear("ended")["code"] == "unattended"
        assert client.closed_within(3)
    with pytest.raises(Refused, match="ended"):
        Client(node, room=room).sit(kept)


@pytest.mark.check("C-06")
def test_a_revoked_user_is_out_of_every_room(node, room, sit):
    here, there = sit("osei"), sit("osei", room=f"{room[:50]}-2")
    board = sit("osei", room=f"{room[:50]}-b", stage="board")
    assert node.order("revoke", room=None, peer="osei").json() == {"here": True}
    for client in (here, there, board):
        assert client.hear("ended")["code"] == "removed"
        assert client.closed_within(3)


@pytest.mark.check("C-31")
def test_nothing_that_was_said_is_in_the_log_at_debug():
    with a_node(LOG_LEVEL="DEBUG") as node:
        ticket = node.a_ticket(f"{CANARY}-peer", page=CANARY, room=f"{CANARY}-room")
        client = Client(node, room=f"{CANARY}-room").sit(ticket)
        client.hear("roster")
        client.describe("nobody", sdp=CANARY)
        client.say({"type": CANARY})
        client.say({**OFFER, "epoch": CANARY})
        client.ws.send(f'42["{CANARY}",{{}}]')
        client.ws.send(f'42["{CANARY}')
        client.closed_within(3)
        for payload in (f"9{CANARY}", f'40{{"ticket":"{CANARY}"}}', f"42{CANARY}", CANARY):
            stranger = Client(node, room=CANARY)
            stranger.ws.send(payload)
            stranger.silence(0.1)
        node.order("end", room=f"{CANARY}-room", reason=CANARY)
        node.order(CANARY, room=CANARY)
        node.post_order(CANARY)
        until(lambda: "turned-away" in node.log(), 15)
        log = node.log()
    assert CANARY not in log
    assert ticket[:40] not in log
    assert client.sid not in log
    assert "Traceback" not in log
