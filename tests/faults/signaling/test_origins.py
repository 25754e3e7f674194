"""Who may open a socket at all: origin, path, transport, settings (C-16, C-17, T-22, T-32)."""

import json
import subprocess

import pytest
import requests
import websocket

from tests.faults.signaling.client import Client, Refused
from tests.faults.signaling.node import ORIGIN, Node, until

EVIL = "https://evil.example"
LIES = {
    "nothing more": {},
    "X-Forwarded-Host: evil": {"header": {"X-Forwarded-Host": "evil.example"}},
    "Host: evil": {"host": "evil.example"},
    "a cookie": {"header": {"Cookie": "__Host-visit=valid; io=1"}},
}


@pytest.mark.check("C-16")
@pytest.mark.parametrize("lie", LIES, ids=LIES)
@pytest.mark.parametrize(
    ("origin", "opens"),
    [(ORIGIN, True), (None, True), (EVIL, False), ("null", False), ("http://localhost", False),
     ("http://localhost:8000.evil.example", False), ("http://evil.example", False)],
)  # fmt: skip
def test_only_our_pages_open_a_socket_and_nothing_else_in_the_request_matters(
    node, room, origin, opens, lie
):
    if not opens:
        with pytest.raises(websocket.WebSocketBadStatusException) as refused:
            Client(node, room=room, origin=origin, **LIES[lie])
        assert refused.value.status_code == 400
        return
    # No origin means no browser: what decides is the ticket, as it does for everybody.
    client = Client(node, room=room, origin=origin, **LIES[lie])
    with pytest.raises(Refused, match="no-ticket"):
        client.sit(None)
    Client(node, room=room, origin=origin, **LIES[lie]).sit(node.a_ticket("m", room=room))


@pytest.mark.check("C-16")
@pytest.mark.check("C-17")
@pytest.mark.parametrize("origin", [EVIL, "null", None, ORIGIN])
def test_there_is_no_polling(node, origin):
    answer = requests.get(
        f"{node.url}{node.path}/?EIO=4&transport=polling&room=r",
        headers={"Origin": origin} if origin else {}, timeout=5,
    )  # fmt: skip
    assert answer.status_code == 400
    assert "sid" not in answer.text


@pytest.mark.check("C-17")
def test_an_engine_id_is_not_a_bearer(node, room, sit):
    victim = sit("morgan")
    victim.hear("roster")
    engine_id = json.loads(victim.frames[0][1:])["sid"]
    for transport in ("polling", "websocket"):
        for method in (requests.get, requests.post):
            answer = method(
                f"{node.url}{node.path}/?EIO=4&transport={transport}&room=r&sid={engine_id}",
                data='42["signal",{"type":"bye"}]', timeout=5,
            )  # fmt: skip
            assert answer.status_code == 400
    assert victim.silence() == []


@pytest.mark.parametrize(
    "path", ["/", "/signaling/n2/", "/signaling-control", "/socket.io/", "/signaling/n1/x"]
)
def test_every_other_path_is_nothing(node, path):
    assert requests.get(f"{node.url}{path}?room=r", timeout=5).status_code == 404


def test_a_socket_must_name_its_room(node):
    with pytest.raises(websocket.WebSocketBadStatusException) as refused:
        Client(node, room="")
    assert refused.value.status_code == 400


@pytest.mark.check("C-16")
@pytest.mark.parametrize("origins", ["[]", "*", '["https://clinic.example", "*"]'])
def test_a_bad_origin_setting_does_not_start(origins):
    node = Node(ORIGINS=origins)
    try:
        process = node.launch()
        assert process.wait(timeout=20) != 0
        assert "MOORING_ORIGINS" in node.log() or "ORIGINS" in node.log().upper()
        assert not node.healthy()
    finally:
        node.stop()


@pytest.mark.check("C-16")
def test_a_missing_origin_setting_does_not_start():
    node = Node()
    del node._settings["ORIGINS"]
    try:
        assert node.launch().wait(timeout=20) != 0
    except subprocess.TimeoutExpired:
        pytest.fail("it started without knowing its origins")
    finally:
        node.stop()


def test_a_full_node_says_so():
    node = Node(MAX_SOCKETS=3)
    try:
        node.start()
        sockets = [Client(node) for _ in range(3)]
        with pytest.raises(websocket.WebSocketBadStatusException) as refused:
            Client(node)
        assert refused.value.status_code == 503
        assert node.healthy()
        for socket in sockets:
            socket.close()
        until(lambda: _opens(node))
    finally:
        node.stop()


def _opens(node):
    try:
        Client(node).close()
    except websocket.WebSocketBadStatusException:
        return False
    return True
