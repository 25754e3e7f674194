"""What a test run writes goes with it, also when the run is killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from dev import scratch

ROOT = Path(__file__).parents[3]
_A_RUN = """
import sys
from pathlib import Path
from dev import scratch
scratch.ROOM = 0
with scratch.in_memory(Path(sys.argv[1])):
    print("here", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def run(tmp_path):
    """Another run, until it is killed or its input closes."""
    bare = {name: value for name, value in os.environ.items() if name != "TMPDIR"}
    command = [sys.executable, "-c", _A_RUN, str(tmp_path)]
    with subprocess.Popen(
        command, cwd=ROOT, env=bare, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout is not None
        other.stdout.readline()
        yield other


def test_a_run_clears_away_what_a_killed_one_left_and_nothing_of_a_living_one(
    run, tmp_path, monkeypatch
):
    monkeypatch.delenv("TMPDIR", raising=False)
    monkeypatch.setattr(scratch, "ROOM", 0)
    (theirs,) = tmp_path.iterdir()
    with scratch.in_memory(tmp_path):
        assert theirs.exists()
    monkeypatch.delenv("TMPDIR")
    run.send_signal(signal.SIGKILL)
    run.wait()
    assert theirs.exists()
    with scratch.in_memory(tmp_path):
        assert not theirs.exists()
    assert [*tmp_path.iterdir()] == []
