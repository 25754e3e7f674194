"""One node for the tests that leave it as they found it; rooms keep them apart."""

import secrets
from collections.abc import Callable, Iterator

import pytest

from tests.faults.signaling.attack import Watch
from tests.faults.signaling.client import Client
from tests.faults.signaling.node import Node, a_node


@pytest.fixture(scope="session")
def running() -> Iterator[Node]:
    with a_node() as node:
        yield node


@pytest.fixture
def node(running: Node, request: pytest.FixtureRequest) -> Node:
    """The shared node, forgotten orders and all: each test uses rooms of its own name."""
    assert running.healthy()
    return running


@pytest.fixture(autouse=True)
def nobody_stays() -> Iterator[None]:
    """Every client of a test goes when the test does."""
    yield
    while Client.opened:
        Client.opened.pop().close()


@pytest.fixture
def room(request: pytest.FixtureRequest) -> str:
    return f"{request.node.originalname[:30]}-{secrets.token_hex(6)}"


@pytest.fixture
def sit(node: Node, room: str) -> Callable[..., Client]:
    """Seat somebody in this test's room."""

    def sit(peer: str, **claims: object) -> Client:
        where = str(claims.pop("room", room))
        return Client(node, room=where).sit(node.a_ticket(peer, room=where, **claims))

    return sit


@pytest.fixture(scope="session")
def attacked():
    """A node of its own: memory is measured here."""
    with a_node() as node:
        warm = Client(node).sit(node.a_ticket("warm"))
        warm.hear("roster")
        warm.close()
        yield node


@pytest.fixture
def bystanders(attacked, record_property):
    """Another visit that must not notice anything; yields how to measure it."""
    room = f"calm-{secrets.token_hex(4)}"
    doctor = Client(attacked, room=room).sit(attacked.a_ticket("rivera", room=room))
    patient = Client(attacked, room=room).sit(attacked.a_ticket("morgan", room=room))
    patient.hear("roster")
    doctor.hear("roster")
    return Watch(attacked, doctor, patient, record_property)
