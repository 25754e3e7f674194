"""Sessions end by themselves, polling or not; a call outlives its chart (C-05)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select

from server.identity import cookies
from server.identity.models import StaffSession
from tests.people import ALEX, DR_RIVERA, MORGAN

START = datetime.now(UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def clock():
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


def is_signed_in(browser) -> bool:
    return browser.get("/sign-in").status_code == 303


def poll(browser, visit) -> int:
    return browser.get(f"/visits/{visit.id}/state?page=p1").status_code


@pytest.mark.check("C-05")
def test_a_session_lives_fifteen_minutes_after_the_last_act(app, as_staff, clock):
    browser = as_staff(DR_RIVERA)
    for _ in range(8):
        clock.shift(14 * MINUTE)
        assert is_signed_in(browser)
    clock.shift(16 * MINUTE)
    assert not is_signed_in(browser)


@pytest.mark.check("C-05")
def test_twelve_hours_are_enough_for_anybody(app, as_staff, clock):
    browser = as_staff(DR_RIVERA)
    for _ in range(71):
        clock.shift(10 * MINUTE)
        assert is_signed_in(browser)
    clock.shift(11 * MINUTE)
    assert not is_signed_in(browser)


@pytest.mark.check("C-05")
def test_polling_keeps_no_chart_open_but_the_call_goes_on(app, as_staff, a_visit, clock):
    visit = a_visit(length=timedelta(minutes=60))
    browser = as_staff(DR_RIVERA)
    issued = browser.post(f"/visits/{visit.id}/ticket", {"page": "p1", "tab": "t1"})
    assert issued.status_code == 200, issued.text
    for _ in range(16):
        clock.shift(MINUTE)
        assert poll(browser, visit) == 200
        browser.get(f"/visits/{visit.id}/state?page=p1&skip_timeout=1&keepalive=1")
    assert not is_signed_in(browser)
    assert browser.get(f"/visits/{visit.id}/chart").status_code in (303, 401, 404)
    again = browser.post(f"/visits/{visit.id}/ticket", {"page": "p1", "tab": "t1"})
    assert again.status_code == 200, again.text  # by its call grant, the same seat
    assert again.json["seat"] == issued.json["seat"]


@pytest.mark.check("C-05")
def test_a_call_grant_is_good_for_its_visit_alone(app, as_staff, a_visit, clock):
    visit, other = a_visit(), a_visit(patient=ALEX)
    browser = as_staff(DR_RIVERA)
    browser.post(f"/visits/{visit.id}/ticket", {"page": "p1", "tab": "t1"})
    clock.shift(16 * MINUTE)
    assert poll(browser, visit) == 200
    assert poll(browser, other) == 404


def test_signing_out_ends_the_call_grant_too(app, as_staff, a_visit, clock):
    visit = a_visit()
    browser = as_staff(DR_RIVERA)
    browser.post(f"/visits/{visit.id}/ticket", {"page": "p1", "tab": "t1"})
    grant = browser.cookie(cookies.CALL)
    assert browser.submit("/sign-out", page="/today").status_code == 303
    browser.hold(cookies.CALL, grant)
    assert poll(browser, visit) == 401


def test_having_been_seen_is_written_once_a_minute(app, as_staff, clock, reading):
    def seen_at():
        with reading() as session:
            return session.scalars(select(StaffSession.seen_at)).one()

    browser = as_staff(DR_RIVERA)
    clock.shift(50)
    is_signed_in(browser)
    assert seen_at() == START
    clock.shift(20)
    is_signed_in(browser)
    assert seen_at() == START + timedelta(seconds=70)


def test_two_windows_of_one_browser_play_both_sides(app, as_staff, a_visit):
    visit = a_visit()
    browser = as_staff(DR_RIVERA)
    browser.open_link(visit.link(MORGAN))
    assert browser.get("/visit").headers["Location"] == "/visit/check-in/identity"
    assert is_signed_in(browser)
    assert poll(browser, visit) == 200
