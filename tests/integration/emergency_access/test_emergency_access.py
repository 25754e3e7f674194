"""C-21: one record, one hour, a reason, read-only, and never unnoticed (T-07)."""

from __future__ import annotations

import re
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete, func, select, update

from server.audit.models import AuditRow
from server.chart.models import DraftNote
from server.doors import door_of
from server.emergency_access import closing
from server.emergency_access.models import EmergencyAccess, EmergencyTry
from server.identity import cookies
from server.identity.service import open_staff_session
from server.messages.models import Letter
from server.people.models import Clinic
from server.signals.models import CodeWord
from server.visits.models import CheckIn, Visit
from tests.integration.edge.matrix import BODIES
from tests.integration.emergency_access.filled_in import REASON, ask
from tests.people import (
    CASEY,
    DR_LIND,
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
CANARY = "canary-of-a-colleague"
CODE_WORD = "umbrella heron"
PAGES = ("/chart", "/chart/history", "/chart/safety")
_NONCE = re.compile(r'(name="csrf_token" value=")[^"]+')


@pytest.fixture
def osei(as_staff):
    """A colleague who does not treat Morgan."""
    return as_staff(DR_OSEI)


@pytest.fixture
def opened(osei, a_visit):
    """Morgan's record, open to Dr. Osei: her visit and his browser."""
    visit = a_visit()
    answer = ask(osei, MORGAN)
    assert (answer.status_code, answer.headers.get("Location")) == (
        303, "/emergency-access/record",
    ), answer.text[:600]  # fmt: skip
    return visit


def actions(reading) -> list[tuple[str, str, str]]:
    with reading() as session:
        rows = session.execute(
            select(AuditRow.action, AuditRow.decision, AuditRow.reason).order_by(AuditRow.at)
        )
        return [tuple(row) for row in rows]


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


def test_every_page_says_whose_record_how_long_and_how_to_close_it(osei, opened):
    for path in ("/emergency-access/record", *(f"/visits/{opened.id}{p}" for p in PAGES)):
        page = osei.get(path)
        assert page.status_code == 200, path
        assert f"Emergency access to the record of {MORGAN.short_name}" in page.text, path
        assert "60 minutes" in page.text, path
        assert 'action="/emergency-access/close"' in page.text, path


def test_every_look_is_on_record_with_the_person_and_the_rule(osei, opened, reading):
    osei.get("/emergency-access/record")
    for path in PAGES:
        osei.get(f"/visits/{opened.id}{path}")
    osei.submit("/emergency-access/close", page="/emergency-access/record")
    with reading() as session:
        found = session.execute(
            select(AuditRow.action, AuditRow.reason, AuditRow.decision)
            .where(AuditRow.patient_id == MORGAN.id, AuditRow.actor == f"staff:{DR_OSEI.id}")
            .order_by(AuditRow.at)
        ).all()
    assert [tuple(row) for row in found] == [
        ("emergency:open", "", "done"),
        ("emergency:read", "emergency", "done"),
        ("chart:overview", "emergency", "done"),
        ("chart:history", "emergency", "done"),
        ("chart:safety", "emergency", "done"),
        ("emergency:read", "emergency", "done"),
        ("emergency:close", "", "done"),
    ]


def test_refusals_are_on_record_too(osei, a_visit, reading):
    a_visit()
    ask(osei, MORGAN, password="guess")
    ask(osei, ROBIN)
    refused = [reason for _, decision, reason in actions(reading) if decision == "refused"]
    assert refused == ["emergency-prove-yourself", "emergency-nobody-found"]
    assert ("emergency:prove", "done", "") in actions(reading)


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


@pytest.fixture
def hour_over(transaction):
    """An hour and a minute later, as the rows see it."""

    def later() -> None:
        with transaction() as session:
            access = session.scalars(select(EmergencyAccess)).one()
            access.opened_at -= timedelta(minutes=61)
            access.expires_at -= timedelta(minutes=61)

    return later


def test_after_sixty_one_minutes_nothing_opens(osei, opened, hour_over, transaction, reading):
    assert osei.get(f"/visits/{opened.id}/chart").status_code == 200
    hour_over()
    for path in PAGES:
        real, random = (osei.get(f"/visits/{each}{path}") for each in (opened.id, uuid.uuid4()))
        assert (real.status_code, real.data) == (404, random.data), path
    assert osei.get("/emergency-access/record").headers["Location"] == "/emergency-access"
    with transaction() as session:  # what the worker does each minute
        assert closing.close_expired(session, now=datetime.now(UTC)) == 1
        assert closing.close_expired(session, now=datetime.now(UTC)) == 0
    with reading() as session:
        access = session.scalars(select(EmergencyAccess)).one()
        assert (access.closed_at, access.closed_by) == (access.expires_at, "expiry")
    assert ("emergency:expire", "done", "") in actions(reading)


def test_an_hour_that_is_over_does_not_hold_up_the_next(osei, opened, hour_over, reading):
    hour_over()
    assert ask(osei, CASEY).status_code == 303
    assert ("emergency:expire", "done", "") in actions(reading)


def test_closed_is_closed(osei, opened):
    answer = osei.submit("/emergency-access/close", page="/emergency-access/record")
    assert answer.headers["Location"] == "/emergency-access?closed=1"
    assert "The record is closed" in osei.get("/emergency-access?closed=1").text
    assert osei.get(f"/visits/{opened.id}/chart").status_code == 404


def test_another_browser_of_the_same_account_reads_nothing(as_staff, osei, opened):
    elsewhere = as_staff(DR_OSEI)
    assert elsewhere.get(f"/visits/{opened.id}/chart").status_code == 404
    assert "in another browser" in elsewhere.get("/emergency-access").text
    elsewhere.submit("/emergency-access/close", page="/emergency-access")
    assert osei.get(f"/visits/{opened.id}/chart").status_code == 404


def test_signing_out_ends_it(osei, opened, anybody, transaction):
    osei.submit("/sign-out", page="/set-up")
    with transaction() as session:
        secret = open_staff_session(session, DR_OSEI.id, now=datetime.now(UTC))
    osei.hold(cookies.STAFF, secret)
    assert osei.get(f"/visits/{opened.id}/chart").status_code == 404


def test_it_opens_no_other_record(osei, opened, a_visit):
    others = [a_visit(patient=CASEY), a_visit(patient=ROBIN, clinician=DR_LIND)]
    for visit in others:
        for path in PAGES:
            real, random = (
                osei.get(f"/visits/{each}{path}") for each in (visit.id, uuid.uuid4())
            )
            assert (real.status_code, real.data) == (404, random.data)


OWN = {"Origin": "https://mooring.test", "Sec-Fetch-Site": "same-origin", "X-Mooring": "1"}


def test_every_attempt_to_write_is_refused(app, osei, opened, reading, ask_database):
    """C-21, from the route map: whatever is added later is asked here, too."""
    token = re.search(r'csrf_token" value="([^"]+)"', osei.get("/set-up").text)[1]
    before = _rows(reading)
    tried = 0
    for rule in app.url_map.iter_rules():
        if "visit_id" not in rule.arguments:
            continue
        path = rule.rule.replace("<uuid:visit_id>", str(opened.id))
        path = path.replace("<uuid:participant_id>", str(opened.participant(MORGAN)))
        path = re.sub(r"<uuid:\w+>", str(uuid.uuid4()), path)
        path = re.sub(r"<any\((\w+)[^>]*>", r"\1", path)
        body = BODIES.get(rule.rule.rsplit("/", 1)[-1], {})
        is_api = door_of(app.view_functions[rule.endpoint]).api
        sent = {"json": body} if is_api else {"data": {**body, "csrf_token": token}}
        for method in rule.methods & {"POST", "PUT", "PATCH", "DELETE"}:
            answer = osei.raw(method, path, headers=OWN, **sent)
            assert answer.status_code == 404, f"{method} {path}"
            if is_api:
                assert answer.json["error"]["code"] == "not-found"
            tried += 1
    assert tried > 15
    assert _rows(reading) == before
    assert osei.get(f"/visits/{opened.id}").status_code == 404  # no note editor, no admit


def _rows(reading) -> tuple[object, ...]:
    with reading() as session:
        drafts = session.scalar(select(func.count()).select_from(DraftNote))
        visits = session.execute(
            select(Visit.id, Visit.version, Visit.state, Visit.ended_at, Visit.next_step)
        ).all()
        letters = session.scalar(select(func.count()).select_from(Letter))
    return drafts, visits, letters


@pytest.mark.check("C-11")
def test_what_only_its_author_may_read_stays_closed(
    osei, as_staff, opened, a_visit, transaction
):
    """A0 and C-11, as far as it exists: a colleague's draft, the code word.

    The draft stays closed to the other clinician who treats them, too.
    """
    earlier = a_visit(starts_in=-timedelta(days=3))
    now = datetime.now(UTC)
    with transaction() as session:
        for visit in (opened, earlier):
            session.add(
                DraftNote(
                    visit_id=visit.id, author_id=DR_RIVERA.id, saved_at=now, revision=1,
                    text=CANARY,
                )
            )  # fmt: skip
        session.add(
            CodeWord(
                patient_id=MORGAN.id, clinic_id=MORGAN.house.id, words=CODE_WORD,
                agreed_with=DR_RIVERA.id, agreed_at=now,
            )
        )  # fmt: skip
    pages = [f"/visits/{each.id}{path}" for each in (opened, earlier) for path in PAGES]
    sam = as_staff(SAM_WHITFIELD)
    for path in ("/emergency-access/record", *pages):
        page = osei.get(path)
        assert page.status_code == 200, path
        assert CANARY not in page.text, path
        assert CODE_WORD not in page.text, path
        assert CANARY not in sam.get(path).text, path
    assert CODE_WORD in sam.get(f"/visits/{opened.id}/chart/safety").text


def test_what_helps_in_an_emergency_can_be_read(osei, opened, transaction):
    now = datetime.now(UTC)
    with transaction() as session:
        session.add(
            CheckIn(
                participant_id=opened.participant(MORGAN), started_at=now, saved_at=now,
                completed_at=now, took_drug="yes",
            )
        )  # fmt: skip
    record = osei.get("/emergency-access/record").text
    for words in (MORGAN.name, "14 March 1985", "303 555 0142", MORGAN.support_name, "Boulder"):
        assert words in record
    assert f"/visits/{opened.id}/chart" in record
    assert "took ketamine" in osei.get(f"/visits/{opened.id}/chart").text


def test_the_privacy_officer_reviews_what_was_opened(as_staff, opened, reading):
    priya = as_staff(PRIYA_RAMAN)
    page = priya.get("/emergency-access/review").text
    for words in (DR_OSEI.name, MORGAN.short_name, REASON, "Waits for you"):
        assert words in page
    with reading() as session:
        access = session.scalars(select(EmergencyAccess)).one()
    path = f"/emergency-access/review/{access.id}"
    wordless = priya.submit(path, {"verdict": "accepted"}, page="/emergency-access/review")
    assert wordless.status_code == 422
    said = {"verdict": "accepted", "review_words": "Called the emergency department: right."}
    assert priya.submit(path, said, page="/emergency-access/review").status_code == 303
    page = priya.get("/emergency-access/review").text
    assert "Accepted" in page
    assert "Waits for you" not in page
    assert ("emergency:review", "done", "accepted") in actions(reading)
    later = {"verdict": "follow-up", "review_words": "The sister says nobody called."}
    assert priya.submit(path, later, page="/emergency-access/review").status_code == 303
    assert "Follow-up" in priya.get("/emergency-access/review").text


def test_the_review_of_another_clinic_is_nobodys_here(as_staff, transaction, ask_database):
    now = datetime.now(UTC)
    with transaction() as session:
        theirs = EmergencyAccess(
            id=uuid.uuid4(), clinic_id=ROBIN.house.id, account_id=DR_LIND.id,
            patient_id=ROBIN.id, browser="x", reason=REASON, opened_at=now,
            expires_at=now + timedelta(hours=1),
        )  # fmt: skip
        session.add(theirs)
    priya = as_staff(PRIYA_RAMAN)
    assert ROBIN.short_name not in priya.get("/emergency-access/review").text
    said = {"verdict": "accepted", "review_words": "Fine."}
    for access_id in (theirs.id, uuid.uuid4()):
        path = f"/emergency-access/review/{access_id}"
        assert priya.submit(path, said, page="/emergency-access/review").status_code == 404
    assert ask_database("SELECT verdict FROM emergency_accesses") is None


def test_the_review_is_for_the_privacy_officer(as_staff):
    for person in (DR_OSEI, JORDAN_LEE, NOOR_HADDAD):
        page = as_staff(person).get("/emergency-access/review")
        assert page.status_code == 404, person.name
