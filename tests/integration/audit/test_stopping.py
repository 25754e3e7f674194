"""R-22: told to stop, the worker leaves the newest anchor behind and is gone in time."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime

import pytest

from server.access.actor import SYSTEM
from server.audit import service as audit
from server.audit.anchor import anchored_in
from server.tenancy import EVERY_CLINIC
from tests.people import HARBOR
from tests.record import AUDIT_KEY

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
STOPS_IN = 10


def test_a_worker_that_is_told_to_stop_anchors_the_record(settings, environment, database):
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    worker = subprocess.Popen(
        [sys.executable, "-m", "server.worker"],
        env={**kept, **environment, "MOORING_LOG_LEVEL": "INFO"},
        stderr=subprocess.PIPE,
        text=True,
    )
    assert worker.stderr is not None
    try:
        next(line for line in worker.stderr if '"started"' in line)
        with database.transaction(EVERY_CLINIC) as session:
            now = datetime.now(UTC)
            audit.record(session, SYSTEM, "visit:open", "-", now=now, clinic_id=HARBOR.id)
        began = time.monotonic()
        worker.send_signal(signal.SIGTERM)
        worker.wait(STOPS_IN)
        assert time.monotonic() - began < STOPS_IN
    finally:
        worker.kill()
        worker.stderr.close()
    anchored = [each.chain for each in anchored_in(settings.anchor_file, AUDIT_KEY.encode())]
    assert HARBOR.id in anchored
