"""Relay credentials as coturn checks them (T-35)."""

import base64
import hashlib
import hmac
from datetime import UTC, datetime, timedelta

import pytest

from server.visits import turn

SECRET = "a-relay-secret-of-more-than-32-characters"
NINE = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
MORGAN = "5a0d6f0e-4a6b-4a51-9a2b-6f1f5f0e9a11"
RELAY = ["stun:relay.example:3478", "turn:relay.example:3478", "turns:relay.example:443"]


def made(**changes):
    return turn.credentials(SECRET, **{"participant": MORGAN, "now": NINE, **changes})


def test_the_name_says_when_it_runs_out():
    expires, _, _ = made(lifetime=timedelta(seconds=60))["username"].partition(":")
    assert datetime.fromtimestamp(int(expires), UTC) == NINE + timedelta(seconds=60)


def test_a_call_credential_lives_ten_minutes():
    expires, _, _ = made()["username"].partition(":")
    assert int(expires) - NINE.timestamp() == 600


def test_the_signature_is_coturns():
    own = made()
    digest = hmac.digest(SECRET.encode(), own["username"].encode(), hashlib.sha1)
    assert base64.b64decode(own["credential"]) == digest


def test_the_name_tells_nobody_who():
    assert MORGAN not in made()["username"]
    assert MORGAN[:8] not in made()["username"]


def test_the_relay_can_count_the_allocations_of_one_person():
    def who(own):
        return own["username"].partition(":")[2]

    later = made(now=NINE + timedelta(hours=1))
    assert who(made()) == who(later)
    assert who(made()) != who(made(participant="another participant"))


def test_another_secret_gives_another_name_and_signature():
    other = turn.credentials("x" * 40, participant=MORGAN, now=NINE)
    assert set(other.values()).isdisjoint(made().values())


def test_without_a_secret_there_is_no_credential():
    with pytest.raises(ValueError, match="secret"):
        turn.credentials("", participant=MORGAN, now=NINE)


def test_stun_needs_no_credential_and_turn_has_one():
    stun, relay = turn.ice_servers(RELAY, SECRET, participant=MORGAN, now=NINE)
    assert stun == {"urls": RELAY[:1]}
    assert relay == {"urls": RELAY[1:], **made()}


@pytest.mark.parametrize("urls", [[], ["stun:relay.example"]])
def test_without_a_relay_no_secret_is_needed(urls):
    servers = turn.ice_servers(urls, "", participant=MORGAN, now=NINE)
    assert servers == ([{"urls": urls}] if urls else [])


def test_a_probe_lives_one_minute():
    [relay] = turn.probe_servers(RELAY[1:], SECRET, participant=MORGAN, now=NINE)
    assert int(relay["username"].partition(":")[0]) - NINE.timestamp() == 60
