"""Which signaling node a room lives on: rendezvous hashing, pure; nodes share nothing."""

from __future__ import annotations

from collections.abc import Collection
from hashlib import blake2b


def place(room: str, nodes: Collection[str]) -> str:
    """The node for a room; taking one node away moves only the rooms that were on it."""
    return max(nodes, key=lambda node: blake2b(f"{node}|{room}".encode()).digest())


def board_room(clinic_id: object) -> str:
    """The room in which the boards of a clinic hear `changed`, and nothing else."""
    return f"board-{clinic_id}"
