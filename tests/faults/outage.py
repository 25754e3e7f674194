"""Kill signaling and keep it down, though the house would start it again at once."""

from __future__ import annotations

import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psutil

from tests.house import Stack

COMES_BACK_WITHIN = 30


@dataclass
class Outage:
    """When it began and when signaling answered again, in milliseconds of the epoch."""

    began: float
    over: float = 0.0


@contextmanager
def signaling_killed(stack: Stack) -> Iterator[Outage]:
    """`kill -9` of the whole node; it comes back when the block ends."""
    processes = stack.processes("signaling")
    master = min(processes, key=lambda process: process.create_time())
    shell = master.parent()
    shell.suspend()  # it would start a new one in a fifth of a second
    outage = Outage(began=time.time() * 1000)
    try:
        for process in processes:
            process.kill()
        psutil.wait_procs(processes[1:], timeout=5)
        yield outage
    finally:
        shell.resume()
    _wait_until_it_answers(stack.port + 1)
    outage.over = time.time() * 1000


def _wait_until_it_answers(port: int) -> None:
    until = time.monotonic() + COMES_BACK_WITHIN
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=1):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.02)
    raise AssertionError("signaling did not come back")
