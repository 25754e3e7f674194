"""The bell between web and worker: it only wakes; what is to be done is in the database.

A lost bell costs at most the minute until the next sweep. Bells carry no arguments, so they
are JSON and never pickle (T-38).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from huey import SqliteHuey
from huey.registry import Message
from huey.serializer import Serializer


class Bells(Serializer):
    """A message is the name of a task and its number, nothing else."""

    def _serialize(self, data: Message) -> bytes:
        return json.dumps({"id": data.id, "name": data.name}).encode()

    def _deserialize(self, data: bytes) -> Message:
        told: dict[str, Any] = json.loads(data)
        return Message(
            id=str(told["id"]), name=str(told["name"]), retries=0, retry_delay=0,
            args=(), kwargs={},
        )  # fmt: skip


def open_queue(data_dir: Path) -> SqliteHuey:
    """The queue of this house; results are never kept."""
    data_dir.mkdir(parents=True, exist_ok=True)
    return SqliteHuey(
        "mooring", filename=str(data_dir / "bells.db"), results=False, serializer=Bells()
    )


def hang(queue: SqliteHuey, name: str, act: Callable[[], object]) -> Callable[[], object]:
    """One bell, known by its name alone: who rings and who hears are different programs.

    Left to itself the queue adds the module, which is `__main__` in the worker and not in web.
    """
    rung: Callable[[], object] = queue.task(name=name, __module__="bells")(act)
    return rung
