"""Which signaling node a room lives on: rendezvous hashing, pure; nodes share nothing."""

from __future__ import annotations

from collections.abc import Collection
from hashlib import blake2b

BOARD = "board-"


def place(room: str, nodes: Collection[str]) -> str:
    """The node for a room; taking one node away moves only the rooms that were on it."""
    return max(nodes, key=lambda node: blake2b(f"{node}|{room}".encode()).digest())


def board_room(clinic_id: object) -> str:
    """The room in which the boards of a clinic hear `changed`, and nothing else."""
    return f"{BOARD}{clinic_id}"


def board_peer(browser: str) -> str:
    """What the boards of one browser are called on the wire: its session's id stays with us."""
    return f"b-{blake2b(browser.encode(), digest_size=16).hexdigest()}"
