"""Start one server process for a measurement, know when it answers, and read its CPU clock."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]
START_SECONDS = 30


def free_ports(count: int) -> list[int]:
    """Ports nobody uses now; held together so that they differ."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


def answers(url: str) -> bool:
    """Whether anything but an error of its own comes back from this address."""
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310  (our own address)
            return answer.status < 400
    except (urllib.error.URLError, OSError):
        return False


def wait_until_it_answers(url: str, process: subprocess.Popen[bytes]) -> None:
    """Until the worker behind a bound port is ready, or the process has died."""
    deadline = time.monotonic() + START_SECONDS
    while not answers(url):
        if process.poll() is not None:
            raise RuntimeError(f"{process.args} ended with {process.returncode}")
        if time.monotonic() > deadline:
            raise RuntimeError(f"{url} did not answer within {START_SECONDS} s")
        time.sleep(0.05)


@contextmanager
def running(
    command: list[str], ready: str, environ: Mapping[str, str], log: Path
) -> Iterator[subprocess.Popen[bytes]]:
    """A process with this environment only, in a group of its own, until the block ends."""
    told = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **environ}
    with log.open("ab") as out:
        process = subprocess.Popen(
            command, env=told, cwd=ROOT, stdout=out, stderr=out, start_new_session=True
        )
        try:
            wait_until_it_answers(ready, process)
            yield process
        finally:
            stop(process)


def stop(process: subprocess.Popen[bytes]) -> None:
    """End the whole group of a process we started, politely first."""
    for sign in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, sign)
        except ProcessLookupError:
            break
        try:
            process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            continue


def gunicorn(*arguments: str) -> list[str]:
    """Gunicorn of the environment this runs in."""
    return [sys.executable, "-m", "gunicorn", *arguments]


def family(pid: int) -> list[int]:
    """A process and all its descendants."""
    found = [pid]
    for path in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in path.read_text().split():
            found += family(int(child))
    return found


def cpu_seconds(pid: int) -> float:
    """CPU time of a process and its descendants so far, to the nanosecond of the scheduler."""
    clocks = [c for each in family(pid) for c in Path(f"/proc/{each}/task").glob("*/schedstat")]
    return sum(int(clock.read_text().split()[0]) for clock in clocks) / 1e9


def resident_mb(pid: int) -> float:
    """Resident memory of a process and its descendants."""
    pages = sum(int(Path(f"/proc/{p}/statm").read_text().split()[1]) for p in family(pid))
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20
