"""One node for the tests that leave it as they found it; rooms keep them apart."""

import secrets
from collections.abc import Callable, Iterator

import pytest

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
