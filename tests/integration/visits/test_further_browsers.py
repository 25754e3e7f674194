"""Who opens a link that was opened before says who they are (T-17, C-34)."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select

from server.identity import cookies
from server.identity.models import LinkSession
from server.visits.models import Participant
from tests.neutral import telling
from tests.people import ANA, MORGAN
from tests.said import as_said

WRONG = as_said(MORGAN, birth_date_year="1986")


@pytest.mark.check("C-34")
def test_of_twenty_browsers_at_once_one_is_the_first_and_nineteen_must_say_who_they_are(
    app, anybody, a_visit, reading
):
    visit = a_visit()
    browsers = [anybody() for _ in range(20)]
    for browser in browsers:
        browser.get(f"/v/{visit.link(MORGAN)}")
    with ThreadPoolExecutor(20) as crowd:
        answers = list(crowd.map(lambda each: each.open_link(visit.link(MORGAN)), browsers))
    assert Counter(answer.headers["Location"] for answer in answers) == {
        "/visit": 1,
        "/visit/confirm": 19,
    }
    with reading() as session:
        confirmed = session.scalars(select(LinkSession.confirmed_at)).all()
        assert sum(at is not None for at in confirmed) == 1
        seat = session.get(Participant, visit.participant(MORGAN))
        assert seat.new_browser_at is not None  # staff see it as new


def test_a_second_browser_sees_nothing_until_it_has_confirmed_and_gets_a_new_session_id(
    app, anybody, a_visit
):
    visit = a_visit()
    anybody().open_link(visit.link(MORGAN))
    laptop = anybody()
    laptop.open_link(visit.link(MORGAN))
    before = laptop.cookie(cookies.VISIT)
    assert laptop.get("/visit").headers["Location"] == "/visit/confirm"
    assert laptop.get("/visit/check-in/contact").headers["Location"] == "/link-needed"
    assert laptop.post("/visit/ticket", {"page": "p", "tab": "t"}).status_code == 401
    page = laptop.get("/visit/confirm")
    assert telling(page.text) == []
    answer = laptop.submit("/visit/confirm", as_said(MORGAN))
    assert answer.headers["Location"] == "/visit"
    after = laptop.cookie(cookies.VISIT)
    assert after != before  # T-18
    old = anybody()
    old.hold(cookies.VISIT, before)
    assert old.get("/visit").headers["Location"] == "/link-needed"


@pytest.mark.check("C-34")
def test_five_wrong_answers_lock_the_link_for_all_further_browsers_not_for_the_first(
    app, anybody, a_visit
):
    visit = a_visit()
    phone = anybody()
    phone.open_link(visit.link(MORGAN))
    statuses = []
    for _ in range(5):
        stranger = anybody()
        stranger.open_link(visit.link(MORGAN))
        statuses.append(stranger.submit("/visit/confirm", WRONG).status_code)
    assert statuses == [422, 422, 422, 422, 429]
    late = anybody()
    late.open_link(visit.link(MORGAN))
    locked = late.get("/visit/confirm")
    assert locked.status_code == 429
    assert "+13035550100" in locked.text
    assert stranger.raw("GET", "/visit/confirm").status_code == 429
    assert phone.get("/visit").headers["Location"].startswith("/visit/check-in/")


@pytest.mark.parametrize(
    "wrong",
    [
        {"phone_end": "0143"},
        {"phone_end": ""},
        {"phone_end": "42"},
        {"birth_date_day": "15"},
        {"birth_date_year": "85"},
        {"birth_date_month": "13"},
        {"birth_date_month": "", "birth_date_day": "", "birth_date_year": ""},
    ],
)
def test_both_identifiers_must_be_right(app, anybody, a_visit, wrong):
    visit = a_visit()
    anybody().open_link(visit.link(MORGAN))
    laptop = anybody()
    laptop.open_link(visit.link(MORGAN))
    answer = laptop.submit("/visit/confirm", as_said(MORGAN, **wrong))
    assert answer.status_code == 422
    assert "You can try" not in answer.text or "4 more" not in answer.text
    assert laptop.get("/visit").headers["Location"] == "/visit/confirm"


def test_an_interpreter_confirms_a_second_browser_as_well(app, anybody, a_visit):
    visit = a_visit(also=(ANA,))
    anybody().open_link(visit.link(ANA))
    laptop = anybody()
    laptop.open_link(visit.link(ANA))
    answer = laptop.submit("/visit/confirm", as_said(ANA))
    assert answer.headers["Location"] == "/visit"


def test_who_was_away_for_days_taps_the_link_again_and_is_still_the_first(
    app, anybody, a_visit
):
    visit = a_visit(starts_in=timedelta(days=3))
    start = datetime.now(UTC)
    with time_machine.travel(start, tick=False) as clock:
        phone = anybody()
        phone.open_link(visit.link(MORGAN))
        clock.shift(timedelta(hours=13))
        assert phone.get("/visit").headers["Location"] == "/link-needed"
        assert phone.open_link(visit.link(MORGAN)).headers["Location"] == "/visit"
        assert "You are early" in phone.get("/visit").text
