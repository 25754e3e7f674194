"""Which orders wait for a node that is away, and which do not (control/service.py)."""

from __future__ import annotations

import uuid

import pytest

from server.control.placement import place
from server.control.service import EVERYWHERE, WHERE_IT_LIVES, carry

NODES = ("gone", "n1", "n2")
ROOM_ON = {place(room, NODES): room for room in map(str, range(50))}


class Road:
    """The way to three nodes, one of which takes nothing."""

    nodes = NODES

    def __init__(self):
        self.asked: list[str] = []

    def send(self, node, _order_id, _claims) -> bool:
        self.asked.append(node)
        return node != "gone"


@pytest.mark.parametrize(
    ("orders", "asked", "taken"),
    [
        ("n1 n1", "n1 n1", [True, True]),
        ("gone n1 gone n1", "gone n1 n1", [False, True, False, True]),
        ("n9", "n9", [True]),  # whether there is such a node, the courier knows
        ("*gone *n1 *gone *n2", "gone n1 n2", [False, True, False, True]),
        ("*gone gone", "gone", [False, False]),
        ("** **", "gone n1 n2 n1 n2", [False, False]),
        ("gone ** n1 *n2", "gone n1 n2 n1 n2", [False, False, True, True]),
    ],
)
def test_a_node_that_is_away_is_asked_once_and_holds_up_only_its_own(orders, asked, taken):
    """C-06: what is taken away from somebody is heard by every node that answers."""
    road = Road()
    assert list(carry(map(_addressed, orders.split()), road).values()) == taken
    assert road.asked == asked.split()


def _addressed(word):
    if word == EVERYWHERE:
        return EVERYWHERE, uuid.uuid4(), {"room": None}
    if word.startswith(WHERE_IT_LIVES):
        return WHERE_IT_LIVES, uuid.uuid4(), {"room": ROOM_ON[word[1:]]}
    return word, uuid.uuid4(), {"room": "r"}
