"""What an attacker sends, and how a visit that must not notice it is watched."""

import statistics
import struct
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread

from tests.faults.signaling.client import Client
from tests.faults.signaling.node import Node

GROWTH = 50  # megabytes; the target is none


class Watch:
    """Round trips of a quiet visit and the memory of the node, while something goes on."""

    def __init__(
        self, node: Node, doctor: Client, patient: Client, note: Callable[[str, object], None]
    ) -> None:
        self.node, self.doctor, self.patient, self._note = node, doctor, patient, note
        self.before = node.rss()
        self.highest = self.before
        self.trips: list[float] = []

    def look(self, seconds: float = 1.0) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            began = time.monotonic()
            line = {"candidate": "candidate:1 1 udp 1 203.0.113.5 9 typ host", "sdpMid": "0"}
            if not self.trips or len(self.trips) % 50 == 0:
                self.patient.describe("rivera")
                self.doctor.hear("relayed", 20)
            self.patient.say(
                {"type": "candidates", "to": "rivera", "candidates": [line], "epoch": 1}
            )
            self.doctor.hear("relayed", 20)
            self.trips.append(time.monotonic() - began)
            self.highest = max(self.highest, self.node.rss())
            self.patient.silence(0.12)  # answers pings, and stays within its rate

    def unharmed(self, growth: float = GROWTH) -> None:
        self.trips.sort()
        p99 = self.trips[int(len(self.trips) * 0.99)]
        median = statistics.median(self.trips)
        print(
            f"round trips: {len(self.trips)}, median {median * 1000:.1f} ms, "
            f"p99 {p99 * 1000:.1f} ms; memory {self.before:.0f} -> {self.highest:.0f} MB"
        )
        growth_seen = self.highest - self.before
        self._note("figure", f"p99 {p99 * 1000:.0f} ms, +{growth_seen:.0f} MB")
        assert p99 <= 0.5
        assert self.highest - self.before < growth


def masked(payload: bytes, *, first: int = 0x81, total: int | None = None) -> bytes:
    """A client frame whose header may promise more than the payload holds."""
    size = len(payload) if total is None else total
    return struct.pack("!BBQ4x", first, 0x80 | 127, size) + payload


def pour(client: Client, chunk: bytes, times: int) -> int:
    """Send until it is all gone or the server has had enough; bytes sent."""
    sent = 0
    client.sock.settimeout(5)
    try:
        for _ in range(times):
            client.sock.sendall(chunk)
            sent += len(chunk)
    except OSError:
        pass
    return sent


@contextmanager
def while_it_pours(flood: Iterator[None], *, every: float = 0) -> Iterator[None]:
    """A flood comes from a thread, drop after drop, until the block is over."""
    over = Event()

    def fall() -> None:
        for _drop in flood:
            if over.wait(every):
                return

    thread = Thread(target=fall)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
