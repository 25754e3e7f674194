"""A host who is about to admit somebody asks for their offer, on a real node (C-12, C-13)."""

import pytest

from tests.faults.signaling.client import Client
from tests.faults.signaling.node import until

OFFER = {"type": "offer", "sdp": "v=morgan"}
EXPECT = {"type": "expect", "peer": "morgan"}


@pytest.mark.check("C-13")
def test_a_host_who_is_about_to_admit_somebody_has_their_offer_at_once(node, room, sit):
    doctor = sit("rivera", role="psychiatrist", host=True)
    doctor.hear("roster")
    waiting = node.a_ticket("morgan", room=room, stage="waiting")
    patient = Client(node, room=room).sit(waiting, offer=OFFER)
    patient.hear("welcome")
    doctor.say(EXPECT)
    relayed = doctor.hear("relayed")
    assert relayed["sender"] == "morgan"
    assert relayed["message"]["description"] == OFFER
    assert patient.silence(0.3) == []
    node.order("admit", room=room, peer="morgan", seat=1)
    assert patient.hear("roster")["offered"] == "rivera"
    until(lambda: doctor.hear("roster")["peers"])
    assert doctor.silence(0.3) == []
    doctor.describe("morgan", sdp="v=rivera", kind="answer")
    assert patient.hear("relayed")["message"]["description"]["sdp"] == "v=rivera"


@pytest.mark.check("C-13")
def test_who_is_no_host_gets_nobodys_offer(node, room, sit):
    support = sit("ana", role="support_person")
    support.hear("roster")
    waiting = node.a_ticket("morgan", room=room, stage="waiting")
    Client(node, room=room).sit(waiting, offer=OFFER).hear("welcome")
    for peer in ("morgan", "nobody"):
        support.say({**EXPECT, "peer": peer})
        assert support.hear() == {"type": "refused", "code": "not-admitted"}
    assert support.silence(0.2) == []


def test_a_host_who_asks_too_often_is_told_so(node, room, sit):
    doctor = sit("rivera", role="psychiatrist", host=True)
    doctor.hear("roster")
    for _ in range(5):
        doctor.say(EXPECT)
    assert doctor.silence(0.5) == [{"type": "refused", "code": "too-fast"}]
