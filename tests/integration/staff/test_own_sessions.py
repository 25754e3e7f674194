"""Where you are signed in: see it, end it, hear of a browser that is new."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import func, select

from config.policy import policy
from server.control.placement import board_peer
from server.identity import cookies, link_sessions
from server.identity.models import (
    CallGrant,
    KnownBrowser,
    LinkSession,
    SignInAttempt,
    StaffSession,
)
from server.identity.secret_ids import hash_of
from server.identity.sweep import forget_old
from server.messages.models import Letter
from server.visits.kinds import Stage
from server.visits.models import Participant
from tests.browsing import Visitor
from tests.people import DEMO_PASSWORD, DR_OSEI, DR_RIVERA, JORDAN_LEE, LINH, MORGAN

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0"
KEPT = (SignInAttempt, CallGrant, StaffSession, LinkSession, KnownBrowser)


def sign_in(browser):
    return browser.submit("/sign-in", {"email": DR_RIVERA.email, "password": DEMO_PASSWORD})


def key(browser) -> str:
    return board_peer(hash_of(browser.cookie(cookies.STAFF)))


@pytest.fixture
def at_home(app):
    """A second browser of hers."""
    browser = Visitor(app, **{"User-Agent": FIREFOX})
    sign_in(browser)
    return browser


@pytest.fixture
def count(reading):
    def rows(table, *where):
        with reading() as session:
            return session.scalar(select(func.count()).select_from(table).where(*where))

    return rows


def test_the_page_shows_every_browser_and_no_id_of_any(app, as_staff, at_home):
    shown = as_staff(DR_RIVERA).get("/sessions").text
    assert "Firefox on Windows" in shown
    assert "127.0.0.x" in shown
    assert hash_of(at_home.cookie(cookies.STAFF)) not in shown
    assert "Mozilla" not in shown


def test_one_is_ended_and_the_others_go_on(app, as_staff, at_home):
    here, third = as_staff(DR_RIVERA), as_staff(DR_RIVERA)
    ended = here.submit("/sessions/end/one", {"browser": key(at_home)}, page="/sessions")
    assert ended.status_code == 303
    assert [b.get("/today").status_code for b in (here, third, at_home)] == [200, 200, 303]


def test_all_others_are_ended_with_their_calls(app, as_staff, at_home, a_visit):
    visit = a_visit()
    at_home.post(f"/visits/{visit.id}/ticket", {"page": "p", "tab": "t"})
    here = as_staff(DR_RIVERA)
    here.submit("/sessions/end/others", page="/sessions")
    assert here.get("/sessions").status_code == 200
    assert at_home.get(f"/visits/{visit.id}/state").status_code == 401
    assert "nowhere else" in here.get("/sessions").text


def test_nobody_ends_a_browser_of_somebody_else(app, as_staff, at_home):
    osei = as_staff(DR_OSEI)
    answer = osei.submit("/sessions/end/one", {"browser": key(at_home)}, page="/sessions")
    assert answer.status_code == 404
    assert at_home.get("/today").status_code == 200


def test_a_call_that_outlived_its_chart_is_shown_and_can_be_ended(
    app, as_staff, at_home, a_visit
):
    visit = a_visit(length=timedelta(minutes=60))
    at_home.post(f"/visits/{visit.id}/ticket", {"page": "p", "tab": "t"})
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=20)):
        here = as_staff(DR_RIVERA)
        assert at_home.get(f"/visits/{visit.id}/state").status_code == 200
        assert "a call goes on" in here.get("/sessions").text
        here.submit("/sessions/end/one", {"browser": key(at_home)}, page="/sessions")
        assert at_home.get(f"/visits/{visit.id}/state").status_code == 401


def test_a_browser_that_is_new_is_told_and_a_known_one_is_not(app, count):
    def letters():
        return count(Letter, Letter.kind == "new-browser")

    browser = Visitor(app, **{"User-Agent": FIREFOX})
    for _ in range(3):
        sign_in(browser)
        browser.submit("/sign-out", page="/today")
    assert letters() == 1
    sign_in(Visitor(app, **{"User-Agent": FIREFOX}))  # the same words, another browser
    assert letters() == 2
    assert browser.cookie(cookies.BROWSER)


def test_the_letter_names_no_one_and_leads_to_the_list(app, at_home, reading):
    with reading() as session:
        letter = session.scalars(select(Letter).where(Letter.kind == "new-browser")).one()
    assert letter.to == DR_RIVERA.email
    assert "Firefox on Windows" in letter.body
    assert letter.body.endswith("/sessions")
    assert "Rivera" not in letter.body


@pytest.mark.check("C-06")
def test_whoever_is_taken_out_of_a_visit_has_no_link_and_no_session_left(
    app, as_staff, as_patient, a_visit
):
    visit = a_visit(also=(LINH,))
    linh, morgan = as_patient(visit.link(LINH)), as_patient(visit.link(MORGAN))
    doctor = as_staff(DR_RIVERA)
    seat = visit.participant(LINH)
    assert linh.get("/visit").status_code in (200, 303)
    removed = doctor.post(f"/visits/{visit.id}/participants/{seat}/remove")
    assert removed.status_code == 200
    assert linh.get("/visit").headers["Location"] == "/link-needed"
    assert linh.get("/visit/state").status_code == 401
    assert linh.submit(f"/v/{visit.link(LINH)}", page="/help").status_code in (403, 404)
    assert linh.get(f"/v/{visit.link(LINH)}").status_code == 404
    assert morgan.get("/visit/state").status_code == 200


def test_the_desk_signs_out_a_phone_in_the_wrong_hands(app, as_staff, as_patient, a_visit):
    """T-10: the link stays good, and asks the next browser who it is."""
    visit = a_visit()
    taken = as_patient(visit.link(MORGAN))
    desk = as_staff(JORDAN_LEE)
    page = f"/board/visits/{visit.id}"
    seat = {"participant": str(visit.participant(MORGAN))}
    assert desk.submit(f"{page}/sign-out", seat, page=page).status_code == 303
    assert taken.get("/visit").headers["Location"] == "/link-needed"
    again = as_patient(visit.link(MORGAN))
    assert again.get("/visit").headers["Location"] == "/visit/confirm"


def test_nobody_is_cut_out_of_a_talk_by_the_desk(
    app, as_staff, as_patient, a_visit, transaction
):
    visit = a_visit()
    morgan = as_patient(visit.link(MORGAN))
    with transaction() as session:
        seat = session.get_one(Participant, visit.participant(MORGAN))
        seat.stage, seat.present_until = Stage.ADMITTED, datetime.now(UTC) + timedelta(hours=1)
    page = f"/board/visits/{visit.id}"
    fields = {"participant": str(visit.participant(MORGAN))}
    refused = as_staff(JORDAN_LEE).submit(f"{page}/sign-out", fields, page=page)
    assert refused.status_code == 409
    assert morgan.get("/visit/state").status_code == 200


def test_what_has_run_out_is_forgotten_and_nothing_else(
    app, at_home, anybody, as_patient, a_visit, transaction, count
):
    visit = a_visit()
    as_patient(visit.link(MORGAN))
    at_home.post(f"/visits/{visit.id}/ticket", {"page": "p", "tab": "t"})
    anybody().submit("/sign-in", {"email": DR_RIVERA.email, "password": "wrong"})

    def left():
        return [
            count(t)
            for t in (SignInAttempt, CallGrant, StaffSession, LinkSession, KnownBrowser)
        ]

    def sweep(after):
        with transaction() as session:
            forget_old(session, policy(), now=datetime.now(UTC) + after)

    assert left() == [1, 1, 1, 1, 1]
    sweep(timedelta())
    assert left() == [1, 1, 1, 1, 1]
    sweep(timedelta(hours=1))
    assert left() == [0, 1, 1, 1, 1]
    sweep(timedelta(days=31))
    assert left() == [0, 0, 0, 1, 1]
    sweep(timedelta(days=121))
    assert left() == [0, 0, 0, 0, 0]
    with transaction() as session:
        assert not link_sessions.is_known(session, visit.participant(MORGAN))
