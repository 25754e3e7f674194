"""`mooring up`: four processes, each with what it may know; back when killed."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import pytest
from click.testing import CliRunner

from server.cli import main
from tests.house import PATIENCE, Stack, a_house

CLI = (sys.executable, "-m", "server.cli")


@pytest.fixture(scope="module")
def stack(scratch: Path) -> Iterator[Stack]:
    """One house, which the last test closes."""
    with a_house(scratch / "house") as house:
        yield house


def _until(condition) -> None:
    until = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.1)


def _answers(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/healthz", timeout=2).status_code == 200
    except httpx.HTTPError:
        return False


@pytest.mark.parametrize("name", ["signaling", "media"])
def test_signaling_and_media_hold_no_database_and_no_key_of_web(stack, name):
    for process in stack.processes(name):
        environment = process.environ()
        assert "MOORING_DATABASE_URL" not in environment
        assert "MOORING_SECRET_KEY_FILE" not in environment
        assert not any("web.jwk" in value for value in environment.values())
        assert any("web.public.jwk" in value for value in environment.values())


@pytest.mark.parametrize(("name", "step"), [("web", 0), ("signaling", 1), ("media", 2)])
def test_a_killed_process_comes_back(stack, name, step):
    before = {process.pid for process in stack.processes(name)}
    stack.kill(name)
    _until(lambda: {p.pid for p in stack.processes(name)} - before)
    _until(lambda: _answers(stack.port + step))


def test_a_busy_port_is_named(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        said = CliRunner().invoke(
            main, ["up", "--port", str(port), "--data-dir", str(tmp_path)]
        )
    assert said.exit_code == 1
    assert f"Port {port} (web) is taken" in said.output


def test_visit_prints_exactly_what_a_script_needs(stack):
    command = [*CLI, "--data-dir", str(stack.folder), "visit", "--json", "--ready"]
    said = subprocess.run(command, capture_output=True, text=True, check=True)
    assert json.loads(said.stdout).keys() == {"visit_id", "patient_url", "clinician_url"}


def test_the_doctor_finds_a_running_house_well(stack):
    command = [*CLI, "--data-dir", str(stack.folder), "doctor"]
    said = subprocess.run(command, capture_output=True, text=True, check=False)
    lines = {line.split()[1]: line.split()[0] for line in said.stdout.splitlines()}
    assert said.returncode == 0, said.stdout
    assert {lines[name] for name in ("database", "web", "signaling", "media")} == {"ok"}
    assert {"Python", "Node", "Chromium", "TURN", "HTTPS"} <= lines.keys()


def test_a_command_without_a_house_says_how_to_get_one(tmp_path):
    said = CliRunner().invoke(main, ["--data-dir", str(tmp_path), "visit"])
    assert said.exit_code == 1
    assert "make run" in said.output


def test_closing_the_house_leaves_nothing_running(stack):
    """The last look at it."""
    names = ("web", "signaling", "media", "worker")
    inside = [process for name in names for process in stack.processes(name)]
    assert len(inside) >= 4
    stack.stop()
    _, alive = psutil.wait_procs(inside, timeout=10)
    assert alive == []
    assert not (stack.folder / "ready").exists()
