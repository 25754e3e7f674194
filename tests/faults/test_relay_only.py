"""A call between two people who cannot reach each other: every packet goes by the relay."""

from __future__ import annotations

import json

import pytest

from tests.coturn import coturn, shipped
from tests.house import a_house
from tests.two_people import TwoPeople

pytestmark = pytest.mark.browser
RELAY_ONLY = """
  window.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(configuration) {
      super({ ...configuration, iceTransportPolicy: "relay" });
      (window.connections ??= []).push(this);
    }
    setConfiguration(configuration) {
      super.setConfiguration({ ...configuration, iceTransportPolicy: "relay" });
    }
  };
"""
ROADS = """async () => {
  const roads = [];
  for (const connection of window.connections ?? []) {
    const stats = await connection.getStats();
    const pairs = [...stats.values()].filter(
      ({ type, nominated }) => type === "candidate-pair" && nominated);
    const mine = pairs.map(({ localCandidateId }) => stats.get(localCandidateId));
    roads.push(...mine.map(({ candidateType }) => candidateType));
  }
  return roads;
}"""


@pytest.fixture(scope="module")
def relayed_house(tmp_path_factory):
    """A house that knows a relay; two browsers of one machine meet on its loopback."""
    folder = tmp_path_factory.mktemp("relayed")
    # The list of forbidden peers names this very loopback; what it refuses has its own tests.
    with coturn(folder, shipped(without="denied-peer-ip")) as relay:
        told = {"TURN_URLS": json.dumps([relay.url]), "TURN_SECRET": relay.secret}
        named = {f"MOORING_{name}": value for name, value in told.items()}
        with a_house(folder / "house", **named) as house:
            yield house


def test_a_call_by_relay_alone_has_pictures_and_sound(chromium, relayed_house):
    people = TwoPeople(chromium, relayed_house)
    for side in (people.patient, people.clinician):
        side.context.add_init_script(RELAY_ONLY)
    people.in_a_call()
    for side in (people.patient, people.clinician):
        side.expect_sound()
        assert {*side.page.evaluate(ROADS)} == {"relay"}
    people.close()
