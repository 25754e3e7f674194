"""A folder for what tests write: in memory, where there is room, and never left behind."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

MEMORY = Path("/dev/shm")  # noqa: S108
#: what the tests' databases and browsers may take of memory
ROOM = 2 * 2**30
_LIVED_IN = ".lived-in"


@contextmanager
def in_memory(memory: Path = MEMORY) -> Iterator[None]:
    """Databases of tests lie in memory where there is room: they need not outlive the power."""
    if "TMPDIR" in os.environ or not os.access(memory, os.W_OK):
        yield
        return
    _clear_away(memory)
    if shutil.disk_usage(memory).free < ROOM:
        yield
        return
    with (
        tempfile.TemporaryDirectory(prefix="mooring-", dir=memory) as folder,
        (Path(folder) / _LIVED_IN).open("w") as lock,
    ):
        fcntl.flock(lock, fcntl.LOCK_EX)
        os.environ["TMPDIR"] = folder
        if os.environ.pop("PYTHONDONTWRITEBYTECODE", ""):
            # Nothing beside the sources, as wished; read once a run and not by each process.
            os.environ["PYTHONPYCACHEPREFIX"] = f"{folder}/bytecode"
        yield


def _clear_away(memory: Path) -> None:
    """What runs that were killed left behind; the lock of one that goes on is held."""
    for mark in memory.glob(f"mooring-*/{_LIVED_IN}"):
        with suppress(OSError), mark.open() as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(mark.parent)
