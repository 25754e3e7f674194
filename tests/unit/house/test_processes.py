"""Each process knows every table by itself, whatever the tests have imported before."""

from __future__ import annotations

import subprocess
import sys

import pytest


@pytest.mark.parametrize("process", ["server.app", "server.worker", "server.cli"])
def test_every_foreign_key_finds_its_table(process):
    look = (
        f"import {process}; from server.db import Base; print(len(Base.metadata.sorted_tables))"
    )
    found = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True)
    assert found.returncode == 0, found.stderr[-500:]
    assert int(found.stdout) > 20


def test_signaling_and_media_know_none():
    look = "import sys, signaling.app, signaling.media.echo; print('sqlalchemy' in sys.modules)"
    found = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True)
    assert found.stdout.strip() == "False", found.stderr[-500:]
