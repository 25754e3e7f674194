"""Each row about a visit says whose record it is about, refusals too (T-08)."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import select

from config.policy import policy
from server.audit.models import AuditRow
from server.demo.check_in import check_in
from server.visits.models import CheckIn
from tests.people import (
    ALEX,
    DR_LIND,
    DR_OSEI,
    DR_RIVERA,
    HARBOR,
    JORDAN_LEE,
    LAKESIDE,
    LINH,
    MORGAN,
    NOOR_HADDAD,
)
from tests.said import as_said

PAGE = {"page": "p", "tab": "t"}


def rows(reading, **where) -> list[AuditRow]:
    with reading() as session:
        return list(session.scalars(select(AuditRow).filter_by(**where)))


def test_whatever_is_done_in_a_visit(as_staff, as_patient, a_visit, transaction, reading):
    visit = a_visit(also=(LINH,))
    seat, now = visit.participant(LINH), datetime.now(UTC)
    with transaction() as session:
        check_in(session, visit.participant(MORGAN), policy(), now=now)
        session.add(
            CheckIn(participant_id=seat, started_at=now, saved_at=now, completed_at=now)
        )
    as_patient(visit.link(MORGAN))
    further, linh = as_patient(visit.link(MORGAN)), as_patient(visit.link(LINH))
    rivera, jordan = as_staff(DR_RIVERA), as_staff(JORDAN_LEE)
    further.submit("/visit/confirm", as_said(MORGAN, phone_end="0000"))
    further.submit("/visit/confirm", as_said(MORGAN))
    for browser, path, body in (
        (rivera, f"/visits/{visit.id}/ticket", PAGE),
        (linh, "/visit/ticket", PAGE),
        (rivera, f"/visits/{visit.id}/participants/{seat}/admit", {}),
        (rivera, f"/visits/{visit.id}/participants/{seat}/wait", {}),
        (jordan, f"/visits/{visit.id}/message", {"text": "We are here."}),
        (rivera, f"/visits/{visit.id}/participants/{seat}/remove", {}),
    ):
        assert browser.post(path, body).status_code == 200, path
    found = rows(reading, clinic_id=HARBOR.id)
    done = {row.action for row in found}
    assert done >= {
        "link:open", "link:confirm", "session:call-grant", "visit:admit", "visit:message",
        "visit:send-to-wait", "visit:remove",
    }  # fmt: skip
    assert {row.action for row in found if row.patient_id != MORGAN.id} == {"session:sign-in"}
    assert {row.decision for row in found} == {"done", "refused"}


def test_whoever_is_turned_away_at_the_door_or_by_the_query(as_staff, a_visit, reading):
    """NUD-15: who tried to open her record is found under her id."""
    visit = a_visit()
    for person in (JORDAN_LEE, DR_OSEI):
        assert as_staff(person).get(f"/visits/{visit.id}/chart").status_code == 404
    refused = rows(reading, decision="refused")
    assert [row.patient_id for row in refused] == [MORGAN.id, MORGAN.id]


def test_a_page_that_names_the_patient(as_staff, reading):
    assert as_staff(NOOR_HADDAD).get(f"/who-looked/{ALEX.id}").status_code == 404
    assert [row.patient_id for row in rows(reading, decision="refused")] == [ALEX.id]


def test_a_refusal_by_her_own_seat(as_patient, a_visit, reading):
    morgan = as_patient(a_visit().link(MORGAN))
    assert morgan.post("/visit/ticket", {**PAGE, "tab": "t"}).status_code == 409
    assert [row.patient_id for row in rows(reading, decision="refused")] == [MORGAN.id]


def test_no_row_of_a_clinic_names_another_clinics_patient(as_staff, a_visit, reading):
    visit = a_visit()
    assert as_staff(DR_LIND).get(f"/visits/{visit.id}/chart").status_code == 404
    (refused,) = rows(reading, decision="refused")
    assert (refused.clinic_id, refused.patient_id) == (LAKESIDE.id, None)
