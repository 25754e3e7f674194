"""What the protocol lets in, and that parse() never does more than refuse the rest."""

import contextlib
import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signaling import protocol
from signaling.protocol import MalformedMessage, parse
from signaling.typescript import render

ROOT = Path(__file__).parents[3]
OFFER = {
    "type": "describe",
    "to": "a",
    "description": {"type": "offer", "sdp": "v=0"},
    "epoch": 1,
}
LINE = {"candidate": "c", "sdpMid": "0", "sdpMLineIndex": 0, "usernameFragment": "u"}
BATCH = {"type": "candidates", "to": "a", "candidates": [LINE], "epoch": 1}
STATE = {"type": "state", "muted": True, "camera": False, "hidden": False, "connected": True}
EXPECT = {"type": "expect", "peer": "morgan"}
GOOD = [
    OFFER, BATCH, {**BATCH, "candidates": [{"candidate": ""}]}, STATE, EXPECT, {"type": "bye"},
]  # fmt: skip
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@pytest.mark.parametrize("message", GOOD, ids=lambda m: m["type"])
def test_every_message_is_read_as_itself(message):
    assert parse(message).type == message["type"]


def without(message, key):
    return {k: v for k, v in message.items() if k != key}


@pytest.mark.parametrize(
    "message",
    [
        None, [], "bye", 7, {}, {"type": "relayed"}, {"type": "welcome"}, {"type": ["bye"]},
        {**OFFER, "sender": "b"}, {**OFFER, "room": "r"}, {**OFFER, "to": ""},
        {**OFFER, "to": ["a", "b"]}, {**OFFER, "to": "x" * 65}, {**OFFER, "epoch": "1"},
        {**OFFER, "epoch": True}, {**OFFER, "epoch": -1}, {**OFFER, "epoch": 2**31},
        {**OFFER, "description": {"type": "rollback", "sdp": ""}},
        {**OFFER, "description": {"type": "offer", "sdp": "x" * 32769}},
        {**OFFER, "description": {"type": "offer", "sdp": "v", "extra": 1}},
        {**OFFER, "description": {"type": "offer", "sdp": "\ud800"}},
        {**BATCH, "candidates": []}, {**BATCH, "candidates": [LINE] * 65},
        {**BATCH, "candidates": [{**LINE, "candidate": "x" * 1025}]},
        {**BATCH, "candidates": [{**LINE, "candidate": "x" * 1000}] * 9},
        {**BATCH, "candidates": [{**LINE, "sdpMLineIndex": -1}]},
        {**STATE, "muted": 1}, {**STATE, "name": "Morgan"}, {"type": "bye", "why": "tired"},
        {"type": "expect"}, {**EXPECT, "peer": ""}, {**EXPECT, "peer": ["morgan"]},
        {**EXPECT, "peer": "x" * 65}, {**EXPECT, "room": "other"}, {**EXPECT, "to": "sam"},
        *(without(OFFER, key) for key in OFFER), *(without(STATE, key) for key in STATE),
    ],
)  # fmt: skip
def test_everything_else_is_malformed(message):
    with pytest.raises(MalformedMessage):
        parse(message)


@pytest.mark.check("C-47")
@given(JSON)
def test_parse_raises_nothing_but_malformed(raw):
    with pytest.raises(MalformedMessage):
        parse(raw)


@pytest.mark.check("C-47")
@given(st.sampled_from(GOOD), st.data())
def test_a_damaged_message_is_malformed_or_still_a_message(message, data):
    key = data.draw(st.sampled_from(sorted(message)))
    with contextlib.suppress(MalformedMessage):
        assert isinstance(parse({**message, key: data.draw(JSON)}), protocol.FROM_BROWSER)


def test_a_bottomless_message_is_only_malformed():
    deep: object = "x"
    for _ in range(100_000):
        deep = [deep]
    with pytest.raises(MalformedMessage):
        parse({**BATCH, "candidates": deep})


def test_what_was_malformed_is_not_quoted():
    with pytest.raises(MalformedMessage) as caught:
        parse({**OFFER, "epoch": "canary-7f3a"})
    assert "canary" not in repr(caught.value)
    assert caught.value.__cause__ is None


def test_messages_to_the_browser_are_plain_json():
    for model in protocol.TO_BROWSER:
        assert model.model_fields["type"].default
    admitted = protocol.Admitted(ice_servers=[protocol.IceServer(urls=["turn:x"])])
    assert json.loads(json.dumps(admitted.model_dump())) == {
        "type": "admitted",
        "ice_servers": [{"urls": ["turn:x"], "username": "", "credential": ""}],
    }


def test_the_browsers_copy_of_the_protocol_is_current():
    assert (ROOT / "web/src/call/protocol.ts").read_text() == render(), "run: make protocol"


def test_the_pure_parts_load_no_framework():
    pure = "protocol tickets rooms room words offers seats limits candidates door addresses"
    script = (
        f"import sys, importlib\n"
        f"for name in {pure.split()!r}: importlib.import_module('signaling.' + name)\n"
        "frameworks = {'flask', 'flask_socketio', 'sqlalchemy', 'config', 'gevent'}\n"
        "print(sorted(frameworks & set(sys.modules)))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True
    )
    assert ran.stdout.strip() == "[]", ran.stderr
