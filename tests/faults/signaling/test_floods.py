"""A flood of messages, of sockets or of strangers hurts only its sender (C-19, T-28, T-30)."""

import secrets
import struct
import time
from collections.abc import Iterator
from itertools import count

import pytest
import websocket

from tests.faults.signaling.attack import masked, pour, while_it_pours
from tests.faults.signaling.client import Client


@pytest.mark.check("C-19")
def test_a_flood_by_one_socket_does_not_slow_another_visit(attacked, bystanders):
    frame = masked(b'42["signal",{"type":"bye","x":1}]') * 20
    cuts = []

    def flood() -> Iterator[None]:
        for number in count():
            peer = f"flood-{number}"
            client = Client(attacked, room="flood").sit(attacked.a_ticket(peer, room="flood"))
            try:
                while True:
                    client.sock.sendall(frame)
                    yield
            except OSError:
                cuts.append(peer)
                client.close()

    with while_it_pours(flood()):
        bystanders.look(4)
    assert cuts, "the offender was never cut"
    bystanders.unharmed()


@pytest.mark.parametrize("opcode", [0x89, 0x8A], ids=["pings", "pongs"])
def test_a_flood_of_control_frames_is_cut(attacked, bystanders, opcode):
    client = Client(attacked).sit(attacked.a_ticket("mallory"))
    frames = struct.pack("!BB4x", opcode, 0x80) * 2000
    pour(client, frames, 200)
    assert client.closed_within(5)
    bystanders.look(1)
    bystanders.unharmed()


@pytest.mark.check("C-19")
def test_500_sockets_without_a_ticket_are_closed(attacked, bystanders):
    began = time.monotonic()
    clients = [Client(attacked, room="nobody") for _ in range(500)]
    bystanders.look(1)
    for client in clients:
        client.sock.setblocking(True)
        assert client.closed_within(max(0.1, 10 - (time.monotonic() - began) + 5))
    last_opened = time.monotonic() - began
    print(f"500 sockets opened and closed within {last_opened:.1f} s")
    bystanders.look(0.5)
    bystanders.unharmed()


def test_who_shows_no_good_ticket_is_closed_however_lively(attacked):
    silent, refused = Client(attacked, room="nobody"), Client(attacked, room="nobody")
    refused.ws.send('40{"ticket":"x"}')
    began = time.monotonic()
    for client in (silent, refused):
        assert client.closed_within(10)
        assert 4 < time.monotonic() - began < 7


def test_a_stranger_who_fails_again_and_again_must_wait_and_others_need_not(attacked):
    stranger = {"X-Forwarded-For": "198.51.100.7"}
    for _ in range(20):
        client = Client(attacked, header=stranger)
        client.ws.send("x")
        assert client.closed_within(3)
    with pytest.raises(websocket.WebSocketBadStatusException) as refused:
        Client(attacked, header=stranger)
    assert refused.value.status_code == 429
    Client(attacked, header={"X-Forwarded-For": "198.51.100.8"})
    Client(attacked)


def test_a_whole_clinic_behind_one_address_is_never_locked_out(attacked):
    clinic = {"X-Forwarded-For": "203.0.113.50"}
    for number in range(60):
        client = Client(attacked, room="clinic", header=clinic)
        client.sit(attacked.a_ticket(f"person-{number}", room="clinic"))


@pytest.mark.check("C-19")
@pytest.mark.slow
def test_a_flood_for_half_a_minute(attacked, bystanders):
    def flood() -> Iterator[None]:
        while True:
            ticket = attacked.a_ticket(secrets.token_hex(4), room="flood")
            client = Client(attacked, room="flood").sit(ticket)
            try:
                while True:
                    client.say({"type": "bye", "x": 1})
                    yield
            except (OSError, websocket.WebSocketException):
                client.close()

    with while_it_pours(flood(), every=1 / 500):
        bystanders.look(30)
    bystanders.unharmed()


@pytest.mark.check("C-19")
@pytest.mark.slow
def test_300_handshakes_a_second_from_one_address(attacked, bystanders):
    answers: list[int] = []

    def knock() -> Iterator[None]:
        while True:
            try:
                Client(attacked, header={"X-Forwarded-For": "198.51.100.99"})
                answers.append(101)
            except websocket.WebSocketBadStatusException as refused:
                answers.append(refused.status_code)
            yield

    with while_it_pours(knock(), every=1 / 300):
        bystanders.look(20)
    assert answers.count(429) > len(answers) / 2
    bystanders.unharmed()
