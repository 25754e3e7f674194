"""Tickets: one table of what does not open the door (T-23, T-24)."""

import base64
import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jwt
from joserfc.jwk import KeySet, OctKey, OKPKey

from signaling import tickets
from signaling.door import Door
from signaling.tickets import TicketRefused, issue, sign_claims, verify, verify_claims
from tests.unit.signaling.seating import a_ticket

NOW = datetime(2026, 11, 23, 16, 0, 0, 500_000, tzinfo=UTC)
BORN = NOW - timedelta(minutes=5)


def a_key():
    key = OKPKey.generate_key("Ed25519")
    key.ensure_kid()
    return key


KEY, OTHER = a_key(), a_key()
KEYS = tickets.public_keys(json.dumps(KEY.as_dict(private=False)))


def a_door(**settings):
    return Door(KEYS, **{"node": "n1", "opened_at": BORN, **settings})


def refusal(token, *, door=None, room="morgan", now=NOW):
    try:
        (door or a_door()).admit(token, room=room, now=now)
    except TicketRefused as refused:
        return refused.code
    return None


def forged(header, claims=None):
    """A token with our claims and any header, signed with nothing."""
    parts = [header, claims or {"aud": "signaling", "jti": "x", "exp": 2**31, "iat": 0}]
    encoded = [base64.urlsafe_b64encode(json.dumps(p).encode()).rstrip(b"=") for p in parts]
    return b".".join([*encoded, b""]).decode()


def test_a_good_ticket_comes_back_whole():
    ticket = a_ticket("morgan", seat=3, visit_version=7)
    seen = a_door().admit(issue(ticket, KEY, now=NOW), room="morgan", now=NOW)
    assert (seen.room, seen.peer, seen.seat, seen.visit_version) == ("morgan", "morgan", 3, 7)
    assert seen.issued_at == NOW
    assert seen.expires_at == NOW + timedelta(seconds=60)
    assert seen.jti == ticket.jti


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({}, None),
        ({"room": "robin"}, "wrong-room"),
        ({"node": "n2"}, "wrong-node"),
        ({"audience": "media"}, "wrong-audience"),
        ({"stage": "echo"}, "wrong-audience"),
        ({"stage": "admin"}, "bad-ticket"),
        ({"seat": -1}, "bad-ticket"),
        ({"seat": "1"}, "bad-ticket"),
        ({"epoch": True}, "bad-ticket"),
        ({"page": "x" * 33}, "bad-ticket"),
        ({"jti": ""}, "bad-ticket"),
        ({"role": None}, "bad-ticket"),
        ({"host": True}, None),
        ({"host": 1}, "bad-ticket"),
        ({"host": "true"}, "bad-ticket"),
        ({"host": None}, "bad-ticket"),
    ],
)
def test_the_claims_must_fit(changed, code):
    token = issue(a_ticket("morgan", **changed), KEY, now=NOW)
    assert refusal(token) == code


@pytest.mark.parametrize("host", [True, False])
def test_only_who_is_said_to_be_a_host_is_one(host):
    token = issue(a_ticket("rivera", host=host), KEY, now=NOW)
    assert verify(token, KEYS, audience="signaling", now=NOW).host is host


def test_a_ticket_that_does_not_speak_of_hosts_makes_none():
    token = issue(a_ticket("rivera", host=True), KEY, now=NOW)
    claims = verify_claims(token, KEYS, audience="signaling", now=NOW)
    del claims["host"]
    older = sign_claims(claims, KEY, audience="signaling", now=NOW)
    assert verify(older, KEYS, audience="signaling", now=NOW).host is False


@pytest.mark.parametrize(
    ("seconds", "code"), [(0, None), (59, None), (60, "expired"), (61, "expired")]
)
def test_a_ticket_lives_a_minute(seconds, code):
    token = issue(a_ticket("morgan"), KEY, now=NOW)
    assert refusal(token, now=NOW + timedelta(seconds=seconds)) == code


@pytest.mark.parametrize(("milliseconds", "code"), [(-1, "before-start"), (0, None), (1, None)])
def test_nothing_from_before_the_start_is_taken(milliseconds, code):
    token = issue(a_ticket("morgan"), KEY, now=NOW + timedelta(milliseconds=milliseconds))
    assert refusal(token, door=a_door(opened_at=NOW), now=NOW) == code


def test_a_ticket_opens_once():
    door, token = a_door(), issue(a_ticket("morgan"), KEY, now=NOW)
    assert refusal(token, door=door) is None
    assert refusal(token, door=door) == "used"
    door.sweep(now=NOW + timedelta(seconds=30))
    assert refusal(token, door=door) == "used"


def test_a_refused_try_in_another_room_does_not_use_it_up():
    door, token = a_door(), issue(a_ticket("morgan"), KEY, now=NOW)
    assert refusal(token, door=door, room="robin") == "wrong-room"
    assert refusal(token, door=door) is None


@pytest.mark.parametrize("room", [None, "", "robin"])
def test_the_room_in_the_address_must_be_the_tickets(room):
    assert refusal(issue(a_ticket("morgan"), KEY, now=NOW), room=room) == "wrong-room"


@pytest.mark.parametrize(
    ("token", "code"),
    [
        (None, "no-ticket"), ("", "no-ticket"), (["x"], "bad-ticket"), (7, "bad-ticket"),
        ("x", "bad-ticket"), ("a.b.c", "bad-ticket"), ("x" * 5000, "bad-ticket"),
        (forged({"alg": "none"}), "bad-ticket"),
        (forged({"alg": "none", "kid": KEY.kid}), "bad-ticket"),
        (forged({"alg": "Ed25519", "kid": KEY.kid}), "bad-ticket"),
        (forged([]), "bad-ticket"), (forged("x"), "bad-ticket"),
        (issue(a_ticket("morgan"), OTHER, now=NOW), "bad-ticket"),
    ],
)  # fmt: skip
def test_what_web_did_not_sign_opens_nothing(token, code):
    assert refusal(token) == code


def test_the_public_key_is_no_password():
    public = json.dumps(KEY.as_dict(private=False)).encode()
    token = jwt.encode(
        {"alg": "HS256", "kid": KEY.kid}, {"aud": "signaling"}, OctKey.import_key(public * 2),
        algorithms=["HS256"],
    )  # fmt: skip
    assert refusal(token) == "bad-ticket"


def test_a_token_must_name_its_key():
    token = jwt.encode({"alg": "Ed25519"}, {"aud": "signaling"}, KEY, algorithms=["Ed25519"])
    assert refusal(token) == "bad-ticket"


def test_a_right_signature_under_a_wrong_key_name_is_refused():
    claims = {"aud": "signaling", "iss": "mooring-web", "jti": "x", "iat": 0, "exp": 2**31}
    header = {"alg": "Ed25519", "kid": OTHER.kid}
    assert refusal(jwt.encode(header, claims, KEY, algorithms=["Ed25519"])) == "bad-ticket"


def test_during_a_rotation_both_keys_open():
    both = tickets.public_keys(
        json.dumps({"keys": [KEY.as_dict(private=False), OTHER.as_dict(private=False)]})
    )
    for key in (KEY, OTHER):
        token = issue(a_ticket("morgan"), key, now=NOW)
        assert verify(token, both, audience="signaling", now=NOW).peer == "morgan"


def test_a_key_without_a_name_is_known_by_its_thumbprint():
    bare = OKPKey.generate_key("Ed25519")
    private, public = bare.as_dict(private=True), bare.as_dict(private=False)
    for named in (private, public):
        named.pop("kid", None)
    key = tickets.private_key(json.dumps(private))
    keys = tickets.public_keys(json.dumps(public))
    assert verify(issue(a_ticket("m"), key, now=NOW), keys, audience="signaling", now=NOW)


@pytest.mark.parametrize("said_for", ["signaling", "media", "control", "happenings"])
@pytest.mark.parametrize("heard_as", ["signaling", "media", "control", "happenings"])
def test_a_token_serves_one_purpose(said_for, heard_as):
    token = sign_claims({"do": "end"}, KEY, audience=said_for, now=NOW)
    if said_for == heard_as:
        assert verify_claims(token, KEYS, audience=heard_as, now=NOW)["do"] == "end"
    else:
        with pytest.raises(TicketRefused, match="wrong-audience"):
            verify_claims(token, KEYS, audience=heard_as, now=NOW)


def test_claims_cannot_say_who_signed_or_for_whom():
    lies = {"iss": "x", "aud": "signaling", "exp": 2**40, "iat": 0}
    token = sign_claims(lies, KEY, audience="control", now=NOW)
    claims = verify_claims(token, KEYS, audience="control", now=NOW)
    assert claims["exp"] == NOW.timestamp() + 30
    assert claims["iss"] == "mooring-web"


@pytest.mark.check("C-47")
@given(
    st.text() | st.binary().map(lambda raw: base64.urlsafe_b64encode(raw).decode() + ".e30.x")
)
def test_no_garbage_does_more_than_be_refused(token):
    assert refusal(token) in ("bad-ticket", "no-ticket")


@pytest.mark.check("C-47")
@given(st.recursive(st.none() | st.integers() | st.text(), st.lists))
def test_no_signed_garbage_does_more_than_be_refused(claim):
    names = ["room", "peer", "role", "stage", "seat", "epoch", "node", "page", "visit_version"]
    token = sign_claims(dict.fromkeys(names, claim), KEY, audience="signaling", now=NOW)
    assert refusal(token) == "bad-ticket"


def test_a_key_set_is_what_everybody_passes_around():
    assert isinstance(KEYS, KeySet)
