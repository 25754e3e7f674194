"""C-21: one record, one hour, read-only, and never unnoticed (T-07)."""

from __future__ import annotations

import re
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from server.audit.models import AuditRow
from server.chart.models import DraftNote
from server.doors import door_of
from server.emergency_access import closing
from server.emergency_access.models import EmergencyAccess
from server.identity import cookies
from server.identity.service import open_staff_session
from server.messages.models import Letter
from server.signals.models import CodeWord
from server.visits.models import CheckIn, Visit
from tests.integration.edge.matrix import body_of
from tests.integration.emergency_access.filled_in import ask
from tests.people import (
    CASEY,
    DR_LIND,
    DR_OSEI,
    DR_RIVERA,
    MORGAN,
    ROBIN,
    SAM_WHITFIELD,
)
from tests.roles import Target, address

pytestmark = [
    pytest.mark.check("C-21"),
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]
CANARY = "canary-of-a-colleague"
CODE_WORD = "umbrella heron"
PAGES = ("/chart", "/chart/history", "/chart/safety")


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


@pytest.fixture
def hour_over(transaction):
    """An hour and a minute later, as the rows see it."""

    def later() -> None:
        with transaction() as session:
            access = session.scalars(select(EmergencyAccess)).one()
            access.opened_at -= timedelta(minutes=61)
            access.expires_at -= timedelta(minutes=61)

    return later


def test_after_sixty_one_minutes_nothing_opens(
    osei, opened, hour_over, transaction, reading, actions
):
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
    assert ("emergency:expire", "done", "") in actions()


def test_an_hour_that_is_over_does_not_hold_up_the_next(osei, opened, hour_over, actions):
    hour_over()
    assert ask(osei, CASEY).status_code == 303
    assert ("emergency:expire", "done", "") in actions()


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
    target = Target.of(opened, MORGAN, DR_RIVERA)
    before = _rows(reading)
    tried = 0
    for rule in app.url_map.iter_rules():
        if "visit_id" not in rule.arguments:
            continue
        path, body = address(rule, target), body_of(rule)
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
