"""Many at once on SQLite: every read on record, no lock in anybody's way, one chain (R-21)."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest

from server.audit.verify import verify
from server.tenancy import EVERY_CLINIC
from tests.people import DR_RIVERA
from tests.record import AUDIT_KEY

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
DESKS, TURNS = 8, 3


def test_many_desks_at_once_find_no_lock(as_staff, a_visit, database):
    desks = [(as_staff(DR_RIVERA), a_visit().id) for _ in range(DESKS)]

    def work(desk) -> list[int]:
        browser, visit = desk
        said = []
        for turn in range(TURNS):
            note = {"text": f"Turn {turn}.", "revision": turn, "key": uuid.uuid4().hex}
            said += [
                browser.get("/today/live").status_code,
                browser.get(f"/visits/{visit}/chart").status_code,
                browser.put(f"/visits/{visit}/note", note).status_code,
            ]
        return said

    with ThreadPoolExecutor(DESKS) as crew:
        answers = [status for said in crew.map(work, desks) for status in said]
    assert answers == [200] * DESKS * TURNS * 3
    with database.reading(EVERY_CLINIC) as session:
        assert list(verify(session, AUDIT_KEY.encode(), [])) == []


def test_spans_are_told_when_a_measurement_asks(as_staff, a_visit):
    rivera, path = as_staff(DR_RIVERA), f"/visits/{a_visit().id}/chart"
    asking = {"headers": {"X-Mooring-Spans": "1"}}
    told = rivera.raw("GET", path, **asking).headers["Server-Timing"]
    names = [each.partition(";")[0] for each in told.split(", ")]
    assert set(names) == {"total", "authorization", "audit", "lock", "commit"}
    assert "Server-Timing" not in rivera.get(path).headers
