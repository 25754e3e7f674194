"""The questions before a visit: who is asked what, and each answer kept at once (TEL-1...7)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from server.consents.models import TelehealthConsent
from server.identity import cookies
from server.people.models import Patient
from server.visits.kinds import VisitState
from server.visits.models import CheckIn, Visit
from tests.integration.visits.calm import CONTACT, VERSION, say, walk
from tests.people import ANA, CASEY, LINH, MORGAN, SAM_TAYLOR
from tests.said import named


def test_nine_calm_answers_lead_to_the_device_step(
    app, as_patient, a_visit, said, row, reading
):
    visit = a_visit()
    phone = as_patient(visit.link(MORGAN))
    assert walk(phone) == "/visit"
    page = phone.get("/visit")
    assert 'data-call="idle"' in page.text
    assert "Dr. Rivera" in page.text
    answers = said(visit)
    assert (answers.street, answers.city, answers.state) == (MORGAN.street, "Boulder", "CO")
    assert answers.phone == "+13035550142"
    assert answers.support_phone == "+13035550148"
    assert answers.completed_at
    assert answers.identity_at
    assert answers.consent_at
    assert row(visit).state is VisitState.PRECHECK
    with reading() as session:
        consent = session.scalars(select(TelehealthConsent)).one()
        assert (consent.version, consent.patient_id) == (VERSION, MORGAN.id)
    assert phone.post("/visit/ticket", {"page": "p", "tab": "t"}).status_code == 200


def test_each_answer_is_kept_when_the_page_closes_and_the_phone_dies(
    app, as_patient, anybody, a_visit, said
):
    visit = a_visit()
    phone = as_patient(visit.link(MORGAN))
    for step in ("identity", "place"):
        say(phone, step)
    again = anybody()  # the browser starts anew and still has its cookie
    again.hold(cookies.VISIT, phone.cookie(cookies.VISIT))
    assert again.get("/visit").headers["Location"] == "/visit/check-in/contact"
    assert said(visit).city == "Boulder"


def test_back_shows_what_was_said(app, as_patient, a_visit):
    visit = a_visit()
    phone = as_patient(visit.link(MORGAN))
    walk(phone, until="driving")
    page = phone.get("/visit/check-in/contact")
    assert "(303) 555-0142" in page.text
    assert 'value="yes" checked' in page.text
    assert 'href="/visit/check-in/place"' in page.text


def test_still_at_is_offered_and_nothing_is_chosen_beforehand(app, as_patient, a_visit):
    visit = a_visit()
    page = as_patient(visit.link(MORGAN)).get("/visit/check-in/place")
    assert "Still at 1450 Pearl Street, Boulder, CO" in page.text
    assert "checked" not in page.text


def test_another_place_is_remembered_for_next_time(app, as_patient, a_visit, said, reading):
    visit = a_visit()
    phone = as_patient(visit.link(MORGAN))
    away = {"street": "9 Elm Road", "unit": "2b", "city": "Denver", "state": "CO"}
    say(phone, "place", place="other", **away)
    assert said(visit).street == "9 Elm Road"
    with reading() as session:
        assert session.get(Patient, MORGAN.id).last_unit == "2b"


@pytest.mark.parametrize(
    ("step", "fields", "sentence"),
    [
        ("place", {}, "Please choose one answer."),
        ("place", {"place": "other", "street": "9 Elm Road"}, "Please write the city."),
        ("contact", {**CONTACT, "phone": "12"}, "Please write your number with its area code"),
        ("private", {"who_else": "my sister"}, "Please choose one answer."),
        ("ketamine", {}, "Please choose one answer."),
        ("consent", {"consent_version": VERSION}, "Please tick the box if you agree."),
        ("identity", {"full_name": "Morgan Taylor"}, "Please write month, day and year"),
    ],
)
def test_a_missing_answer_gets_a_sentence_and_nothing_typed_is_lost(
    app, as_patient, a_visit, step, fields, sentence
):
    phone = as_patient(a_visit().link(MORGAN))
    answer = phone.submit(f"/visit/check-in/{step}", fields)
    assert answer.status_code == 422
    assert sentence in answer.text
    for typed in fields.values():
        assert typed in answer.text


def test_nothing_extra_is_taken(app, as_patient, a_visit, said):
    visit = a_visit()
    phone = as_patient(visit.link(MORGAN))
    answer = phone.submit("/visit/check-in/private", {"private": "yes", "completed_at": "now"})
    assert answer.status_code == 422
    assert said(visit) is None


def test_an_unknown_question_is_not_found(app, as_patient, a_visit):
    phone = as_patient(a_visit().link(MORGAN))
    assert phone.get("/visit/check-in/dose").status_code == 404


def test_days_ahead_only_what_stays_true_is_asked_and_the_test_is_open(
    app, as_patient, a_visit, said, row
):
    visit = a_visit(starts_in=timedelta(days=3))
    phone = as_patient(visit.link(MORGAN))
    early = phone.get("/visit")
    assert "You are early" in early.text
    for step in ("identity", "contact", "consent"):
        answer = say(phone, step)
    assert answer.headers["Location"] == "/visit/saved"
    assert phone.get("/visit/check-in/place").headers["Location"] == "/visit"
    assert said(visit).completed_at is None
    assert row(visit).state is VisitState.CONFIRMED
    test = phone.get("/visit/test")
    assert test.status_code == 200
    assert '"mode": "test"' in test.text or '"mode":"test"' in test.text
    assert phone.post("/visit/ticket", {"page": "p", "tab": "t"}).status_code == 410


def test_on_the_day_the_rest_is_asked(app, as_patient, a_visit, transaction):
    visit = a_visit(starts_in=timedelta(days=3))
    phone = as_patient(visit.link(MORGAN))
    for step in ("identity", "contact", "consent"):
        say(phone, step)
    with transaction() as session:
        moved = session.get(Visit, visit.id)
        moved.starts_at = datetime.now(UTC) + timedelta(minutes=5)
        moved.ends_at = moved.starts_at + timedelta(minutes=50)
    assert phone.get("/visit").headers["Location"] == "/visit/check-in/place"


def test_consent_to_other_words_is_asked_again(app, as_patient, a_visit, reading):
    phone = as_patient(a_visit().link(MORGAN))
    answer = say(phone, "consent", consent="yes", consent_version="2019-01")
    assert answer.status_code == 422
    assert "The words have changed" in answer.text
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(TelehealthConsent)) == 0


@pytest.mark.parametrize("person", [LINH, ANA, SAM_TAYLOR])
def test_whoever_comes_along_is_asked_two_things(app, as_patient, a_visit, said, person):
    patient = CASEY if person is LINH else MORGAN
    visit = a_visit(patient=patient, also=(person,))
    theirs = as_patient(visit.link(person))
    page = theirs.get("/visit/check-in/identity")
    assert "Step 1 of 2" in page.text
    assert theirs.get("/visit/check-in/ketamine").headers["Location"] == "/visit"
    say(theirs, "identity", **named(person))
    answer = say(theirs, "private", private="yes")
    assert answer.headers["Location"] == "/visit"
    assert said(visit, person).completed_at
    assert theirs.post("/visit/ticket", {"page": "p", "tab": "t"}).status_code == 200


def test_two_taps_at_once_make_one_check_in(app, as_patient, a_visit, reading):
    visit = a_visit()
    phone = as_patient(visit.link(MORGAN))
    with ThreadPoolExecutor(6) as taps:
        answers = list(taps.map(lambda _: say(phone, "place"), range(6)))
    assert {answer.status_code for answer in answers} == {303}
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(CheckIn)) == 1
