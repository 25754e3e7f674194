"""No answer before a visit is a dead end: staff see it, and one goes on (TEL-1...7, NUD-8)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from config.policy import policy
from server.tasks.models import Task
from server.visits import check_in
from server.visits.check_in_policy import Step
from server.visits.kinds import VisitKind, VisitState
from tests.actors import browser
from tests.integration.visits.calm import CONTACT, say, walk
from tests.people import ALEX, DR_OSEI, MORGAN
from tests.said import named


def test_a_missing_address_stops_therapy_but_never_contact(
    app, as_patient, as_staff, a_visit, said, row
):
    visit = a_visit(clinician=DR_OSEI)
    phone = as_patient(visit.link(MORGAN))
    say(phone, "place", place="doctor")
    assert said(visit).place_withheld
    assert walk(phone) == "/visit"
    assert phone.post("/visit/ticket", {"page": "p", "tab": "t"}).status_code == 200
    doctor = as_staff(DR_OSEI)
    admitted = doctor.post(f"/visits/{visit.id}/participants/{visit.participant(MORGAN)}/admit")
    assert admitted.status_code == 200
    assert row(visit).state is not VisitState.IN_PROGRESS  # E_LOCATION_MISSING


def test_a_state_without_licence_stops_therapy_but_never_contact_and_the_desk_knows(
    app, as_patient, as_staff, a_visit, row, reading
):
    visit = a_visit(patient=ALEX, clinician=DR_OSEI)  # Austin, and Dr. Osei has Colorado
    phone = as_patient(visit.link(ALEX))
    assert say(phone, "place", place="same").status_code == 303
    with reading() as session:
        task = session.scalars(select(Task)).one()
        assert (task.kind, task.for_role) == ("E_LICENCE_STATE", "coordinator")
        assert "TX" in task.words
    for step in (
        "contact",
        "private",
        "driving",
        "ketamine",
        "substances",
        "during",
        "consent",
    ):
        say(phone, step)
    say(phone, "identity", **named(ALEX))
    assert phone.post("/visit/ticket", {"page": "p", "tab": "t"}).status_code == 200
    as_staff(DR_OSEI).post(f"/visits/{visit.id}/participants/{visit.participant(ALEX)}/admit")
    assert row(visit).state is not VisitState.IN_PROGRESS


def test_driving_parks_first_and_is_not_a_dead_end(app, as_patient, a_visit, said, row):
    visit = a_visit()
    phone = as_patient(visit.link(MORGAN))
    walk(phone, until="driving")
    answer = say(phone, "driving", driving="yes")
    assert answer.headers["Location"] == "/visit/park"
    page = phone.get("/visit/park")
    assert "Please park first" in page.text
    assert "tel:+13035550100" in page.text
    assert "Get help now" in page.text
    assert said(visit).driving == "yes"  # staff see it
    assert phone.get("/visit").headers["Location"] == "/visit/park"
    assert phone.post("/visit/ticket", {"page": "p", "tab": "t"}).status_code == 409
    parked = phone.submit("/visit/check-in/driving", {"driving": "no"}, page="/visit/park")
    assert parked.headers["Location"] == "/visit/check-in/ketamine"
    assert row(visit).kind is VisitKind.FOLLOW_UP


@pytest.mark.parametrize("step", ["driving", "ketamine", "substances", "during", "private"])
def test_what_is_kept_for_the_doctor_is_flagged_and_changes_nothing(
    app, as_patient, a_visit, said, row, step
):
    visit = a_visit()
    phone = as_patient(visit.link(MORGAN))
    walk(phone, until=step)
    assert (
        say(phone, step, **{step: "doctor"}).headers["Location"].startswith("/visit/check-in")
    )
    answers = said(visit)
    kept = (answers.driving, answers.took_drug, answers.alcohol, answers.will_take)
    assert "tell-doctor" in (*kept, answers.private)
    assert row(visit).kind is VisitKind.FOLLOW_UP
    assert walk(phone) == "/visit"


def test_no_private_place_offers_a_better_time_or_goes_on_with_care(
    app, as_patient, a_visit, said
):
    visit = a_visit()
    phone = as_patient(visit.link(MORGAN))
    walk(phone, until="private")
    answer = say(phone, "private", private="no", who_else="my mother")
    assert answer.headers["Location"] == "/visit/not-private"
    page = phone.get("/visit/not-private")
    assert 'href="/visit/cannot-come"' in page.text
    assert (said(visit).private, said(visit).with_whom) == ("no", "my mother")
    assert walk(phone) == "/visit"


def test_after_three_names_we_do_not_know_the_doctor_asks_instead(
    app, as_patient, a_visit, said
):
    visit = a_visit()
    phone = as_patient(visit.link(MORGAN))
    tries = [say(phone, "identity", **named(MORGAN, full_name="Moe T")) for _ in range(3)]
    assert [answer.status_code for answer in tries] == [422, 422, 303]
    assert "Moe T" in tries[0].text
    assert said(visit).identity_at is None  # staff see: not confirmed
    assert walk(phone) == "/visit"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_an_answer_that_comes_after_the_conversion_is_no_dead_end(a_visit, transaction):
    """Her page asked, and a clinician was faster: what is asked now is asked next."""
    visit = a_visit(kind=VisitKind.CRISIS_CHECKIN)
    with transaction() as session:
        answered = check_in.answer(
            session, browser(visit), Step.CONTACT, CONTACT, policy(), base_url="https://x",
            now=datetime.now(UTC),
        )  # fmt: skip
    assert answered == check_in.Answered()
