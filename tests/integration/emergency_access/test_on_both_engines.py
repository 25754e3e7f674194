"""What the database itself holds of an emergency access, on each engine."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from config.policy import policy
from server.emergency_access import closing, queries
from server.emergency_access.models import EmergencyAccess
from server.visits import who_looked
from tests.actors import staff
from tests.integration.emergency_access.filled_in import LIST, ask
from tests.people import CASEY, DR_OSEI, HARBOR, MORGAN, PRIYA_RAMAN
from tests.said import as_said

pytestmark = pytest.mark.check("C-21")


def test_a_whole_emergency(as_staff, as_patient, a_visit, reading):
    visit, osei = a_visit(), as_staff(DR_OSEI)
    assert ask(osei, MORGAN).status_code == 303
    assert osei.get("/emergency-access/record").status_code == 200
    assert osei.get(f"/visits/{visit.id}/chart").status_code == 200
    assert (
        osei.submit("/emergency-access/close", page="/emergency-access/record").headers[
            "Location"
        ]
        == "/emergency-access?closed=1"
    )
    assert osei.get(f"/visits/{visit.id}/chart").status_code == 404
    assert DR_OSEI.name in as_staff(PRIYA_RAMAN).get("/emergency-access/review").text
    morgan = as_patient(visit.link(MORGAN))
    assert morgan.submit(LIST, as_said(MORGAN)).headers["Location"] == LIST
    assert DR_OSEI.name in morgan.get(LIST).text
    assert morgan.submit(f"{LIST}/ask", page=LIST).status_code == 200
    with reading() as session:
        looks = who_looked.of_patient(session, HARBOR.id, MORGAN.id, HARBOR.timezone)
    assert [(look.name, look.in_emergency) for look in looks] == [(DR_OSEI.name, True)]


def an_access(patient_id: uuid.UUID, now: datetime) -> EmergencyAccess:
    return EmergencyAccess(
        id=uuid.uuid4(), clinic_id=HARBOR.id, account_id=DR_OSEI.id, patient_id=patient_id,
        browser="b", reason="Found unconscious today", opened_at=now,
        expires_at=now + timedelta(hours=1),
    )  # fmt: skip


def test_two_at_once_are_refused_by_the_database_too(transaction):
    now = datetime.now(UTC)
    with transaction() as session:
        session.add(an_access(MORGAN.id, now))
    with pytest.raises(IntegrityError), transaction() as session:
        session.add(an_access(CASEY.id, now))


def test_the_reader_and_the_clock_close_it_once(transaction, reading):
    now = datetime.now(UTC)
    reader = staff(DR_OSEI, session="b")
    with transaction() as session:
        session.add(an_access(MORGAN.id, now))
    with transaction() as session:
        assert queries.open_for(session, reader, MORGAN.id, now=now) is not None
        assert queries.open_for(session, reader, CASEY.id, now=now) is None
        closing.close(session, reader, now=now)
        assert queries.open_for(session, reader, MORGAN.id, now=now) is None
    with transaction() as session:
        assert closing.close_expired(session, now=now + timedelta(hours=2)) == 0
    with reading() as session:
        assert session.scalars(select(EmergencyAccess)).one().closed_by == "reader"


def test_tries_are_forgotten_once_they_no_longer_count(as_staff, transaction, ask_database):
    times, now = policy().emergency, datetime.now(UTC)
    ask(as_staff(DR_OSEI), MORGAN, full_name="Nobody Known")
    with transaction() as session:
        assert closing.forget_tries(session, times, now=now + times.tries_window / 2) == 0
        assert closing.forget_tries(session, times, now=now + times.tries_window * 2) == 1
    assert ask_database("SELECT count(*) FROM emergency_tries") == 0
