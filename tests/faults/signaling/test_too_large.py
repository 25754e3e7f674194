"""Too large, inflated, malformed: it costs its sender the socket, and others nothing (C-20)."""

import secrets
import zlib

import pytest
import websocket

from tests.faults.signaling.attack import masked, pour
from tests.faults.signaling.client import Client

MEGABYTE = 2**20
BIG_GROWTH = 30  # megabytes, for what is one message to its sender


@pytest.mark.check("C-20")
@pytest.mark.parametrize("seated", [False, True], ids=["no ticket", "seated"])
@pytest.mark.parametrize("shape", ["one frame", "fragments"])
def test_150_megabytes_are_not_kept(attacked, bystanders, shape, seated):
    client = Client(attacked, room="big")
    if seated:
        client.sit(attacked.a_ticket(secrets.token_hex(4), room="big"))
    body = b"x" * MEGABYTE
    if shape == "one frame":
        client.sock.sendall(masked(b"", total=150 * MEGABYTE))
        sent = pour(client, body, 150)
    else:
        client.sock.sendall(masked(b"x" * 65536, first=0x01))
        sent = pour(client, masked(b"x" * 65536, first=0x00), 2400)
    bystanders.look()
    assert sent < 150 * MEGABYTE
    assert client.closed_within(5)
    bystanders.unharmed(BIG_GROWTH)


@pytest.mark.check("C-20")
def test_a_deflate_bomb_is_never_inflated(attacked, bystanders):
    client = Client(
        attacked, room="bomb",
        header={"Sec-WebSocket-Extensions": "permessage-deflate; client_max_window_bits"},
    )  # fmt: skip
    assert "sec-websocket-extensions" not in client.ws.handshake_response.headers
    squeeze = zlib.compressobj(9, zlib.DEFLATED, -15)
    bomb = squeeze.compress(b"0" * 100 * MEGABYTE) + squeeze.flush(zlib.Z_SYNC_FLUSH)
    pour(client, masked(bomb[:-4], first=0xC1), 1)
    assert client.closed_within(5)
    bystanders.look()
    bystanders.unharmed(BIG_GROWTH)


BROKEN_FRAMES = [
    "x", "9", "", "4", "49", "42", "42[", "42[]", '42["signal"', "42null", '42{"a":1}', "42[1]",
    '42["signal"]', '42["signal",1,2,3]', '42["disconnect"]', '42["connect",{}]',
    '42/other,["signal",{}]', "42" + "9" * 100 + '["signal",{}]', "43[]", '44{"message":"x"}',
    '451-["signal",{"_placeholder":true,"num":0}]', "2probe", "5", "6", "b" + "AAAA",
    "40/other,", "40" + "[" * 3000, "42" + "[" * 30000, '42["signal",{"type":NaN}]', "\x00",
]  # fmt: skip


@pytest.mark.check("C-20")
@pytest.mark.parametrize("seated", [False, True], ids=["no ticket", "seated"])
def test_broken_frames_end_at_most_their_own_socket(attacked, bystanders, seated):
    said_before = len(attacked.log())
    for frame in BROKEN_FRAMES:
        client = Client(attacked, room="broken")
        if seated:
            client.sit(attacked.a_ticket(secrets.token_hex(4), room="broken"))
        client.ws.send(frame)
        client.ws.sock.close()
    client = Client(attacked, room="broken")
    client.ws.send(b"\x00\x01", websocket.ABNF.OPCODE_BINARY)
    assert client.closed_within(3)
    bystanders.look()
    bystanders.unharmed()
    log = attacked.log()[said_before:]
    assert "Traceback" not in log
    assert len(log.splitlines()) < 100


@pytest.mark.check("C-20")
def test_ten_thousand_malformed_events_cost_a_few_lines(attacked, bystanders):
    lines_before = len(attacked.log().splitlines())
    sent = cuts = 0
    shapes = [None, 7, [], {"type": "describe"}, {"type": "x" * 900}, {"to": {"$ne": 1}}]
    while sent < 10_000:
        client = Client(attacked, room="malformed")
        client.sit(attacked.a_ticket("mallory", room="malformed"))
        try:
            for _ in range(500):
                client.say(shapes[sent % len(shapes)])
                sent += 1
        except (OSError, websocket.WebSocketException):
            cuts += 1
        client.close()
        if cuts % 20 == 0:
            bystanders.look(0.1)
    assert cuts > 0
    bystanders.unharmed()
    assert attacked.healthy()
    assert len(attacked.log().splitlines()) - lines_before <= 100


def test_twenty_refusals_are_borne_and_then_the_socket_is_cut(attacked):
    client = Client(attacked).sit(attacked.a_ticket("mallory", room="room-1"))
    for _ in range(20):
        client.say({"type": "nonsense"})
        assert client.hear("refused")["code"] == "malformed"
    client.say({"type": "nonsense"})
    assert client.closed_within(3)
