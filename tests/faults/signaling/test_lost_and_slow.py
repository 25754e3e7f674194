"""Who leaves, goes silent or reads too slowly is gone in time, and others read whole words."""

import os
import socket
import time

from tests.faults.signaling.client import Client
from tests.faults.signaling.node import until


def test_leaving_the_namespace_is_leaving(attacked):
    client = Client(attacked).sit(attacked.a_ticket("leaver"))
    client.ws.send("41")
    assert client.closed_within(5)


def test_a_half_open_socket_is_gone_after_a_missed_ping(attacked):
    room = "half-open"
    silent = Client(attacked, room=room).sit(attacked.a_ticket("morgan", room=room))
    silent.hear("roster")
    doctor = Client(attacked, room=room).sit(attacked.a_ticket("rivera", room=room))
    began = time.monotonic()  # from here on Morgan's phone neither answers nor closes
    until(lambda: doctor.hear("roster", 20)["peers"][0]["here"] is False, 20)
    assert time.monotonic() - began < 16  # silent for ten, looked for every five
    silent.sock.settimeout(5)
    try:
        while silent.sock.recv(65536):
            pass
    except ConnectionResetError:
        pass


def test_a_reader_too_slow_for_its_messages_is_cut(attacked, bystanders):
    room, said_before = "slow", len(attacked.log())
    slow = socket.socket()
    slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    slow.connect(("127.0.0.1", attacked.port))
    Client.opened.append(slow)
    reader = Client(attacked, room=room, sock=slow)
    reader.sit(attacked.a_ticket("slow", room=room))
    big = os.urandom(15_000).hex()
    cut = False
    for number in range(60):
        name = f"talker-{number}"
        talker = Client(attacked, room=room).sit(attacked.a_ticket(name, room=room))
        talker.hear("roster")
        for _ in range(6):
            talker.describe("slow", sdp=big)
        time.sleep(0.02)
        cut = "cut-slow-reader" in attacked.log()[said_before:] or _away(talker, "slow")
        talker.say({"type": "bye"})
        if cut:
            break
    assert cut
    bystanders.look(0.5)
    bystanders.unharmed()


def _away(client: Client, peer: str) -> bool:
    client.say({"type": "state", "muted": True, "camera": False, "hidden": False,
                "connected": False})  # fmt: skip
    for message in client.silence(0.05):
        if message["type"] == "roster":
            return any(p["peer"] == peer and not p["here"] for p in message["peers"])
    return False


def test_messages_to_a_slow_reader_arrive_whole(attacked):
    room = "whole"
    reader = Client(attacked, room=room).sit(attacked.a_ticket("reader", room=room))
    big = os.urandom(15_000).hex()
    for number in range(12):
        name = f"talker-{number}"
        talker = Client(attacked, room=room).sit(attacked.a_ticket(name, room=room))
        talker.hear("roster")
        for _ in range(5):
            talker.describe("reader", sdp=big)
    heard = [reader.hear("relayed") for _ in range(60)]
    assert all(m["message"]["description"]["sdp"] == big for m in heard)
