"""A clinician whose chart locked in mid-call signs in again, and it goes on (C-05)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from server.identity import cookies
from tests.people import DR_OSEI, DR_RIVERA

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
PAGE = {"page": "p", "tab": "t"}


@pytest.fixture
def clock():
    with time_machine.travel(datetime.now(UTC), tick=False) as travelling:
        yield travelling


@pytest.fixture
def in_call(app, as_staff, a_visit, clock):
    """Dr. Rivera in her call, sixteen minutes after she last touched the chart."""
    visit = a_visit()
    rivera = as_staff(DR_RIVERA)
    assert rivera.post(f"/visits/{visit.id}/ticket", PAGE).json["stage"] == "admitted"
    clock.shift(timedelta(minutes=16))
    return visit, rivera


def stage(browser, visit) -> str:
    return browser.get(f"/visits/{visit.id}/state?page=p").json["me"]["stage"]


def test_her_seat_stays_hers(in_call):
    visit, rivera = in_call
    before = rivera.cookie(cookies.STAFF)
    rivera.sign_in(DR_RIVERA)
    assert rivera.cookie(cookies.STAFF) != before  # T-18
    assert stage(rivera, visit) == "admitted"
    assert rivera.post(f"/visits/{visit.id}/ticket", PAGE).json["seat"] == 1


def test_it_stays_hers_after_being_locked_once_more(in_call, clock):
    visit, rivera = in_call
    rivera.sign_in(DR_RIVERA)
    clock.shift(timedelta(minutes=16))
    assert stage(rivera, visit) == "admitted"  # by the call grant


def test_a_colleague_at_the_same_screen_ends_her_call_there(in_call):
    visit, rivera = in_call
    rivera.sign_in(DR_OSEI)
    assert rivera.get(f"/visits/{visit.id}/state?page=p").status_code == 404
    rivera.submit("/sign-out", page="/today")
    assert rivera.get(f"/visits/{visit.id}/state?page=p").status_code == 401
