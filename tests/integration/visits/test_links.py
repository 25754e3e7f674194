"""Personal links: opening changes nothing until the button is pressed (T-17, C-34)."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select

from server.audit.models import AuditRow
from server.identity import cookies
from server.identity.models import LinkSession
from server.messages.models import Letter
from server.tasks.models import Task
from server.visits.kinds import VisitKind, VisitState
from server.visits.models import Participant, Visit, VisitLink
from tests.people import ANA, LINH, MORGAN
from tests.said import as_said

TELLING = ("Rivera", "Morgan", "Taylor", "ketamine", "psych", "PTSD", "Screening")
WRONG = as_said(MORGAN, birth_date_year="1986")
#: "Leave this site quickly" (T-10)
EXIT = 'data-action="quick-exit"'


def first_sessions(reading) -> list[str | None]:
    with reading() as session:
        return list(session.scalars(select(VisitLink.first_session)))


@pytest.mark.check("C-34")
def test_looking_at_a_link_ten_times_changes_nothing_and_tells_nothing(
    app, anybody, a_visit, reading
):
    visit = a_visit()
    scanner = anybody()
    for _ in range(10):
        page = scanner.get(f"/v/{visit.link(MORGAN)}")
        assert page.status_code == 200
        assert not [word for word in TELLING if word.lower() in page.text.lower()]
    assert scanner.cookie(cookies.VISIT) is None
    assert first_sessions(reading) == [None]
    answer = anybody().open_link(visit.link(MORGAN))
    assert answer.headers["Location"] == "/visit"


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


def test_the_token_leaves_path_and_history_and_the_page_then_names_the_clinician(
    app, anybody, a_visit
):
    visit = a_visit()
    phone = anybody()
    answer = phone.open_link(visit.link(MORGAN))
    assert answer.status_code == 303
    assert visit.link(MORGAN) not in answer.headers["Location"]
    page = phone.get("/visit/check-in/identity")
    assert "Dr. Rivera" in page.text
    assert "Ketamine is given only in a clinic" in page.text  # NUD-14, from here on


def test_the_same_browser_goes_on_with_its_own_session(app, anybody, a_visit):
    visit = a_visit()
    phone = anybody()
    phone.open_link(visit.link(MORGAN))
    held = phone.cookie(cookies.VISIT)
    assert phone.open_link(visit.link(MORGAN)).headers["Location"] == "/visit"
    assert phone.cookie(cookies.VISIT) == held


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
    assert not [word for word in TELLING if word.lower() in page.text.lower()]
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


def test_an_unknown_link_looks_like_any_other_unknown_link(app, anybody, a_visit, transaction):
    visit = a_visit()
    with transaction() as session:
        session.scalars(select(VisitLink)).one().revoked_at = datetime.now(UTC)
    revoked = anybody().get(f"/v/{visit.link(MORGAN)}")
    random = anybody().get("/v/" + "x" * 43)
    assert (revoked.status_code, revoked.text) == (random.status_code, random.text)
    assert random.status_code == 404
    assert "We do not know this link" in random.text


STATES = [
    (timedelta(days=2), VisitState.BOOKED, "You are early"),
    (timedelta(minutes=16), VisitState.CONFIRMED, "You are early"),
    (timedelta(), VisitState.CANCELLED_CLINIC, "called off"),
    (timedelta(), VisitState.CANCELLED_PT, "called off"),
    (timedelta(), VisitState.NO_SHOW, "Your time has passed"),
    (timedelta(), VisitState.ENDED, "This visit is over"),
    (timedelta(), VisitState.TECH_FAILED, "This visit is over"),
]


@pytest.mark.parametrize(("starts_in", "state", "words"), STATES)
def test_each_state_of_a_link_has_a_human_page_with_the_clinics_number(
    app, anybody, a_visit, starts_in, state, words
):
    visit = a_visit(starts_in=starts_in, state=state)
    phone = anybody()
    phone.open_link(visit.link(MORGAN))
    page = phone.get("/visit")
    assert words in page.text
    assert "+13035550100" in page.text
    assert EXIT in page.text


@pytest.mark.check("C-34")
def test_thirty_minutes_after_the_end_the_link_opens_nothing(app, anybody, a_visit):
    gone = a_visit(starts_in=-timedelta(minutes=81), length=timedelta(minutes=50))
    answer = anybody().submit(f"/v/{gone.link(MORGAN)}")
    assert answer.status_code == 410
    assert "Set-Cookie" not in answer.headers or cookies.VISIT not in str(answer.headers)
    assert "Rivera" not in answer.text


def test_until_then_it_does(app, anybody, a_visit):
    visit = a_visit(starts_in=-timedelta(minutes=79), length=timedelta(minutes=50))
    assert anybody().open_link(visit.link(MORGAN)).headers["Location"] == "/visit"


def test_a_session_ends_with_the_visits_time(app, anybody, a_visit, transaction):
    visit = a_visit()
    phone = anybody()
    phone.open_link(visit.link(MORGAN))
    with transaction() as session:
        row = session.get(Visit, visit.id)
        row.starts_at -= timedelta(hours=3)
        row.ends_at -= timedelta(hours=3)
    assert phone.get("/visit").status_code == 410
    assert phone.get("/visit/test").headers["Location"] == "/visit"
    assert phone.post("/visit/ticket", {"page": "p", "tab": "t"}).status_code == 410


def test_the_link_of_a_safety_visit_stays_open(app, anybody, a_visit):
    visit = a_visit(
        starts_in=-timedelta(hours=5),
        kind=VisitKind.CRISIS_CHECKIN,
        state=VisitState.PRECHECK,
    )
    assert anybody().open_link(visit.link(MORGAN)).headers["Location"] == "/visit"


@pytest.mark.check("C-34")
def test_a_link_session_is_nobody_on_any_other_page(app, anybody, a_visit):
    visit, other = a_visit(), a_visit(patient=MORGAN)
    phone = anybody()
    phone.open_link(visit.link(MORGAN))
    for path in ("/today", "/board", f"/visits/{visit.id}", f"/visits/{other.id}/chart"):
        answer = phone.get(path)
        assert answer.status_code in (303, 404), path
        if answer.status_code == 303:
            assert answer.headers["Location"].startswith("/sign-in")


def test_not_me_closes_the_link_tells_the_desk_and_names_nobody(app, anybody, a_visit, reading):
    visit = a_visit()
    stranger = anybody()
    asked = stranger.get(f"/v/{visit.link(MORGAN)}/not-me")
    assert not [word for word in TELLING if word.lower() in asked.text.lower()]
    answer = stranger.submit(f"/v/{visit.link(MORGAN)}/not-me")
    assert "Thank you for telling us" in answer.text
    assert stranger.get(f"/v/{visit.link(MORGAN)}").status_code == 404
    with reading() as session:
        task = session.scalars(select(Task)).one()
        assert (task.kind, task.for_role, task.visit_id) == ("not-me", "coordinator", visit.id)
        actions = session.scalars(select(AuditRow.action)).all()
        assert "link:not-me" in actions


def test_somebody_elses_not_me_does_not_throw_the_patient_out(app, anybody, a_visit):
    visit = a_visit()
    phone = anybody()
    phone.open_link(visit.link(MORGAN))
    anybody().submit(f"/v/{visit.link(MORGAN)}/not-me")
    assert phone.get("/visit").headers["Location"].startswith("/visit/check-in/")


def test_their_own_not_me_closes_their_browser_too(app, anybody, a_visit):
    visit = a_visit()
    phone = anybody()
    phone.open_link(visit.link(MORGAN))
    phone.submit(f"/v/{visit.link(MORGAN)}/not-me")
    assert phone.get("/visit").headers["Location"] == "/link-needed"


def test_running_late_is_one_tap_and_staff_see_it(app, as_patient, a_visit, reading):
    visit = a_visit(starts_in=timedelta(minutes=20))
    phone = as_patient(visit.link(MORGAN))
    answer = phone.submit("/visit/running-late", page="/visit")
    assert "on your way" in answer.text
    assert EXIT in answer.text
    with reading() as session:
        assert session.get(Participant, visit.participant(MORGAN)).running_late_at


def test_cannot_come_frees_the_time_and_asks_for_a_call(app, as_patient, a_visit, reading):
    visit = a_visit(starts_in=timedelta(days=1))
    phone = as_patient(visit.link(MORGAN))
    again = phone.submit("/visit/cannot-come", {"why": "my shift was moved"})
    assert again.status_code == 422
    assert "my shift was moved" in again.text  # nothing typed is lost
    phone.submit("/visit/cannot-come", {"new_time": "call", "why": "my shift was moved"})
    with reading() as session:
        assert session.get(Visit, visit.id).state is VisitState.CANCELLED_PT
        task = session.scalars(select(Task)).one()
        assert task.kind == "cannot-come"
        assert "my shift" not in task.words  # ROLE-4: their words go to the clinicians
    assert "called off" in phone.get("/visit").text


def test_a_second_tap_on_cannot_come_is_thanked_like_the_first(
    app, as_patient, a_visit, reading
):
    phone = as_patient(a_visit(starts_in=timedelta(days=1)).link(MORGAN))
    said = {"new_time": "call", "why": "my shift was moved"}
    told = [phone.submit("/visit/cannot-come", said) for _ in range(2)]
    assert [answer.status_code for answer in told] == [200, 200]
    with reading() as session:
        assert session.scalars(select(Task.kind)).all() == ["cannot-come"]


def test_whoever_was_to_come_along_is_told_when_the_patient_calls_it_off(
    app, as_patient, a_visit, reading
):
    visit = a_visit(starts_in=timedelta(days=1), also=(LINH, ANA))
    as_patient(visit.link(MORGAN)).submit("/visit/cannot-come", {"new_time": "none"})
    with reading() as session:
        letters = session.scalars(select(Letter).where(Letter.kind == "cancelled")).all()
    told = {str(visit.participant(person)) for person in (LINH, ANA)}
    assert {letter.about for letter in letters} == told  # she knows it herself
    assert not [word for word in TELLING for letter in letters if word in letter.body]


def test_a_guardian_who_cannot_come_does_not_call_off_the_visit(
    app, as_patient, a_visit, reading
):
    visit = a_visit(starts_in=timedelta(days=1), also=(LINH,))
    as_patient(visit.link(LINH)).submit("/visit/cannot-come", {"new_time": "none"})
    with reading() as session:
        assert session.get(Visit, visit.id).state is VisitState.CONFIRMED


def test_a_safety_visit_is_not_called_off_by_a_tap(app, as_patient, a_visit, reading):
    visit = a_visit(kind=VisitKind.CRISIS_CHECKIN)
    as_patient(visit.link(MORGAN)).submit("/visit/cannot-come", {"new_time": "call"})
    with reading() as session:
        assert session.get(Visit, visit.id).state is VisitState.CONFIRMED
        assert session.scalars(select(Task.kind)).all() == ["cannot-come"]


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


@pytest.mark.check("C-14")
def test_no_other_origin_opens_a_link_in_somebodys_browser(app, anybody, a_visit, reading):
    visit = a_visit()
    browser = anybody()
    browser.get(f"/v/{visit.link(MORGAN)}")
    for how in (
        {"headers": {"Origin": "https://evil.example"}},
        {"headers": {"Sec-Fetch-Site": "cross-site"}},
        {"headers": {}},  # no form token (C-14)
    ):
        answer = browser.raw("POST", f"/v/{visit.link(MORGAN)}", **how)
        assert answer.status_code == 403
    assert first_sessions(reading) == [None]
