"""Who opens a record in an emergency, and what opens none (C-21, T-07)."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete, select, update

from server.emergency_access.models import EmergencyAccess, EmergencyTry
from server.messages.models import Letter
from server.people.models import Clinic
from tests.integration.emergency_access.filled_in import REASON, ask
from tests.people import (
    CASEY,
    DR_OSEI,
    DR_RIVERA,
    HARBOR,
    JORDAN_LEE,
    MORGAN,
    NOOR_HADDAD,
    PRIYA_RAMAN,
    ROBIN,
    SAM_WHITFIELD,
)

pytestmark = [
    pytest.mark.check("C-21"),
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]
_NONCE = re.compile(r'(name="csrf_token" value=")[^"]+')


REFUSED = {
    "without a reason": (MORGAN, {"reason": ""}, 422, "at least 15 characters"),
    "with blanks for a reason": (MORGAN, {"reason": " " * 40}, 422, "at least 15 characters"),
    "with fourteen characters": (MORGAN, {"reason": "x" * 14}, 422, "at least 15 characters"),
    "by an old login": (MORGAN, {"password": ""}, 422, "type your password"),
    "with a wrong password": (MORGAN, {"password": "guess"}, 422, "not your password"),
    "of another clinic": (ROBIN, {}, 422, "found nobody"),
    "by half a name": (MORGAN, {"full_name": "Morgan"}, 422, "found nobody"),
    "by a pattern": (MORGAN, {"full_name": "M%"}, 422, "found nobody"),
    "on another birthday": (MORGAN, {"birth_date_day": "15"}, 422, "found nobody"),
    "without a birthday": (MORGAN, {"birth_date_day": ""}, 422, "date of birth"),
    "on a day that is none": (MORGAN, {"birth_date_month": "13"}, 422, "date of birth"),
}


def test_what_opens_no_record(osei, a_visit, transaction, ask_database):
    visit, wrong = a_visit(), []
    for how, (person, changes, status, words) in REFUSED.items():
        answer = ask(osei, person, **changes)
        if answer.status_code != status or words not in answer.text:
            wrong.append(f"{how}: {answer.status_code}")
        if osei.get(f"/visits/{visit.id}/chart").status_code != 404:
            wrong.append(f"{how}: reads the chart")
        with transaction() as session:  # each on its own: neither tries nor a proof from before
            session.execute(delete(EmergencyTry))
    assert wrong == []
    assert ask_database("SELECT count(*) FROM emergency_accesses") == 0
    assert ask_database("SELECT count(*) FROM outbox") == 0


def test_what_was_typed_is_kept_but_no_password(osei):
    answer = ask(osei, MORGAN, reason="too short", password="mine-alone")
    assert MORGAN.name in answer.text
    assert "too short" in answer.text
    assert "mine-alone" not in answer.text


def test_somebody_of_another_clinic_is_told_like_nobody_at_all(osei):
    """T-02: no word tells that Robin is anybody's patient."""
    answers = [ask(osei, ROBIN), ask(osei, ROBIN, full_name="Nobody Known")]
    said = [
        _NONCE.sub(r"\1", each.text).replace(ROBIN.name, "X").replace("Nobody Known", "X")
        for each in answers
    ]
    assert said[0] == said[1]


def test_who_does_not_treat_anybody_has_no_such_page(as_staff):
    for person in (JORDAN_LEE, NOOR_HADDAD, PRIYA_RAMAN):
        browser = as_staff(person)
        assert browser.get("/emergency-access").status_code == 404, person.name
        assert ask(browser, MORGAN).status_code == 404, person.name


def test_who_treats_them_needs_no_emergency(as_staff, ask_database):
    answer = ask(as_staff(DR_RIVERA), MORGAN)
    assert answer.status_code == 422
    assert "You treat this person" in answer.text
    assert ask_database("SELECT count(*) FROM emergency_accesses") == 0


def test_a_second_person_waits_until_the_first_is_closed(osei, opened, ask_database):
    second = ask(osei, CASEY)
    assert second.status_code == 422
    assert "open to you already" in second.text
    assert ask_database("SELECT count(*) FROM emergency_accesses") == 1
    osei.submit("/emergency-access/close", page="/emergency-access/record")
    assert ask(osei, CASEY).status_code == 303


def test_guessing_ends_after_five_tries(as_staff, osei, a_visit):
    """Of names and of passwords alike; a new cookie resets nothing, a colleague is free."""
    a_visit()
    for number in range(4):
        assert ask(osei, MORGAN, full_name=f"Guess {number}").status_code == 422
    fresh = as_staff(DR_OSEI)
    assert ask(fresh, MORGAN, password="guess").status_code == 422
    for browser in (osei, fresh, as_staff(DR_OSEI)):
        right = ask(browser, MORGAN)
        assert right.status_code == 429
        assert "Too many tries" in right.text
    assert ask(as_staff(SAM_WHITFIELD), CASEY).status_code == 303


def test_the_password_counts_for_five_minutes(osei, opened, transaction):
    osei.submit("/emergency-access/close", page="/emergency-access/record")
    assert "Your password, once more" not in osei.get("/emergency-access").text
    with transaction() as session:
        earlier = datetime.now(UTC) - timedelta(minutes=5, seconds=1)
        session.execute(update(EmergencyTry).values(proved_at=earlier))
    assert "Your password, once more" in osei.get("/emergency-access").text
    assert ask(osei, MORGAN, password="").status_code == 422
    assert ask(osei, MORGAN).status_code == 303


def test_refusals_are_on_record_too(osei, a_visit, actions):
    a_visit()
    ask(osei, MORGAN, password="guess")
    ask(osei, ROBIN)
    refused = [reason for _, decision, reason in actions() if decision == "refused"]
    assert refused == ["emergency-prove-yourself", "emergency-nobody-found"]
    assert ("emergency:prove", "done", "") in actions()


def test_the_privacy_officer_is_told_at_once_and_neutrally(opened, reading, record_property):
    with reading() as session:
        letter = session.scalars(select(Letter)).one()
        opened_at = session.scalar(select(EmergencyAccess.opened_at))
    assert letter.to == "priya.raman@harbor.example"
    assert letter.due_at == opened_at
    assert letter.status == "due"
    for word in (MORGAN.name, "Morgan", "Osei", REASON, "Harbor"):
        assert word not in letter.subject + letter.body
    record_property("figure", "letter due 0 s after opening")


def test_where_no_address_is_named_the_auditors_are_told(osei, transaction, reading):
    with transaction() as session:
        session.get_one(Clinic, HARBOR.id).privacy_email = ""
    ask(osei, MORGAN)
    with reading() as session:
        assert session.scalars(select(Letter.to)).all() == [PRIYA_RAMAN.email]
