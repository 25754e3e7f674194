"""Personal links: opening changes nothing until the button is pressed (T-17, C-34)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from server.audit.models import AuditRow
from server.identity import cookies
from server.tasks.models import Task
from server.visits.kinds import VisitKind, VisitState
from server.visits.models import Visit, VisitLink
from tests.neutral import telling
from tests.people import MORGAN


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
        assert telling(page.text) == []
    assert scanner.cookie(cookies.VISIT) is None
    assert first_sessions(reading) == [None]
    answer = anybody().open_link(visit.link(MORGAN))
    assert answer.headers["Location"] == "/visit"


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
    assert 'data-action="quick-exit"' in page.text  # T-10


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
    assert telling(asked.text) == []
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
