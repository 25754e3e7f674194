"""A trainee does what a therapist does, beside one, and signs nothing (ROLE-5)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from server.identity.models import StaffRole
from server.staff import accounts
from server.visits.attest import STATEMENTS
from server.visits.kinds import Role, Stage
from server.visits.models import Participant, Visit
from tests.actors import staff
from tests.people import DR_RIVERA, JORDAN_LEE, MORGAN, NOOR_HADDAD, SAM_WHITFIELD

SAM = SAM_WHITFIELD
PAGE = {"page": "p", "tab": "t"}


@pytest.fixture
def sam(transaction, as_staff):
    """Sam Whitfield, in training from today."""
    with transaction() as session:
        keeper, now = staff(NOOR_HADDAD), datetime.now(UTC)
        accounts.change_role(session, keeper, SAM.id, StaffRole.TRAINEE, now=now)
    return as_staff(SAM)


@pytest.fixture
def desk(as_staff):
    return as_staff(JORDAN_LEE)


def test_a_trainee_comes_beside_a_clinician_and_signs_nothing(
    sam, desk, as_staff, as_patient, a_visit, transaction, reading
):
    visit = a_visit()
    base, page = f"/visits/{visit.id}", f"/board/visits/{visit.id}"
    assert f"{SAM.name}, trainee" in desk.get(page).text
    added = desk.submit(f"{page}/add", {"person": f"trainee:{SAM.id}"}, page=page)
    assert added.status_code == 303
    assert sam.post(f"{base}/ticket", PAGE).status_code == 200
    assert sam.get(f"{base}/chart").status_code == 200
    note = {"text": "Calm today.", "revision": 0, "key": "k" * 8}
    assert sam.put(f"{base}/note", note).status_code == 200
    said = dict.fromkeys(STATEMENTS, "confirmed")
    assert 'data-dialog-open="attest"' not in sam.get(base).text
    assert sam.post(f"{base}/start", said).status_code == 404
    assert 'data-dialog-open="attest"' in as_staff(DR_RIVERA).get(base).text
    as_patient(visit.link(MORGAN))
    with transaction() as session:
        morgan = session.get_one(Participant, visit.participant(MORGAN))
        morgan.stage, morgan.seat_session = Stage.WAITING, "phone"
    admit = f"{base}/participants/{visit.participant(MORGAN)}/admit"
    assert sam.post(admit).status_code == 200
    with reading() as session:
        assert session.get_one(Visit, visit.id).attested_at is None
        own = select(Participant.role).where(Participant.account_id == SAM.id)
        assert session.scalars(own).all() == [Role.TRAINEE]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_no_visit_is_given_to_a_trainee(sam, desk, a_visit, reading):
    visit = a_visit()
    page = f"/board/visits/{visit.id}"
    given = desk.submit(f"{page}/reassign", {"clinician": str(SAM.id)}, page=page)
    assert given.status_code == 404
    wanted = {"patient": str(MORGAN.id), "clinician": str(SAM.id), "kind": "FOLLOW_UP"}
    booked = desk.submit("/board/new", {**wanted, "when": "now"}, page="/board/new")
    assert booked.status_code == 404
    assert SAM.name not in desk.get("/board/new").text
    as_therapist = {"person": f"therapist:{SAM.id}"}
    assert desk.submit(f"{page}/add", as_therapist, page=page).status_code == 404
    with reading() as session:
        assert session.get_one(Visit, visit.id).clinician_id == DR_RIVERA.id
        assert session.scalars(select(Visit)).one().id == visit.id
