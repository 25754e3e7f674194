"""The privacy officer reads every reason and says a word to each (C-21)."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from server.emergency_access.models import EmergencyAccess
from tests.integration.emergency_access.filled_in import REASON
from tests.people import (
    DR_LIND,
    DR_OSEI,
    JORDAN_LEE,
    MORGAN,
    NOOR_HADDAD,
    PRIYA_RAMAN,
    ROBIN,
)

pytestmark = [
    pytest.mark.check("C-21"),
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]


def test_the_privacy_officer_reviews_what_was_opened(as_staff, opened, reading, actions):
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
    assert ("emergency:review", "done", "accepted") in actions()
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
