"""The pages of the desk: who sees what, and that a stranger sees nothing."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import pytest

from server.people.models import Patient
from server.visits.models import CheckIn
from tests.people import (
    ALEX,
    ANA,
    DR_LIND,
    DR_OSEI,
    DR_RIVERA,
    JORDAN_LEE,
    MORGAN,
    SAM_WHITFIELD,
)


def test_the_day_list_names_the_patient_and_the_zone(as_staff, a_visit):
    a_visit()
    page = as_staff(DR_RIVERA).get("/today")
    assert page.status_code == 200, page.text[:800]
    assert MORGAN.short_name in page.text
    assert "Times in Denver" in page.text


def test_an_empty_day_says_what_will_happen(as_staff):
    assert "No visits today" in as_staff(DR_RIVERA).get("/today").text
    assert "No visits today" in as_staff(JORDAN_LEE).get("/board").text


def test_the_workspace_opens_for_the_clinician_of_the_visit(as_staff, a_visit):
    visit = a_visit()
    page = as_staff(DR_RIVERA).get(f"/visits/{visit.id}")
    assert page.status_code == 200, page.text[:800]
    assert 'data-call="idle"' in page.text
    assert "End visit" in page.text


def test_the_live_regions_are_those_of_the_page(as_staff, a_visit):
    visit = a_visit()
    doctor = as_staff(DR_RIVERA)
    live = doctor.get(f"/visits/{visit.id}/live")
    whole = doctor.get(f"/visits/{visit.id}")
    assert live.status_code == 200
    for name in ("people", "strip", "drop", "flags", "numbers", "who", "whom", "safety"):
        assert f'data-live="{name}"' in live.text
        assert f'data-live="{name}"' in whole.text


@pytest.mark.parametrize("path", ["", "/live", "/chart", "/chart/history", "/chart/safety"])
@pytest.mark.parametrize("stranger", [DR_LIND, DR_OSEI, JORDAN_LEE], ids=lambda s: s.name)
def test_a_stranger_gets_what_a_random_id_gets(as_staff, a_visit, stranger, path):
    """T-08: no treatment relation, another clinic, the front desk (ROLE-4)."""
    visit = a_visit()
    browser = as_staff(stranger)
    real = browser.get(f"/visits/{visit.id}{path}")
    random = browser.get(f"/visits/{uuid.uuid4()}{path}")
    assert real.status_code == random.status_code == 404
    assert MORGAN.name not in real.text


@pytest.mark.parametrize("tab", ["", "/history", "/safety"])
def test_a_treating_colleague_reads_the_chart_and_is_written_down(
    as_staff, a_visit, ask_database, tab
):
    visit = a_visit()
    page = as_staff(SAM_WHITFIELD).get(f"/visits/{visit.id}/chart{tab}")
    assert page.status_code == 200, page.text[:800]
    assert page.headers["Content-Security-Policy"].count("frame-ancestors 'self'") == 1
    reads = ask_database("SELECT count(*) FROM audit_rows WHERE action LIKE 'chart:%'")
    assert reads == 1


def test_the_workspace_itself_is_never_framed(as_staff, a_visit):
    visit = a_visit()
    headers = as_staff(DR_RIVERA).get(f"/visits/{visit.id}").headers
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]


def test_the_board_shows_every_visit_of_the_clinic_and_no_clinical_word(
    as_staff, a_visit, transaction
):
    """ROLE-4: what the patient answered stays with the clinicians."""
    visit = a_visit()
    now = datetime.now(UTC)
    with transaction() as session:
        session.add(
            CheckIn(
                participant_id=visit.participant(MORGAN),
                started_at=now,
                saved_at=now,
                completed_at=now,
                state="CO",
                took_drug="yes",
                private="tell-doctor",
                with_whom="the canary in the kitchen",
                driving="no",
                alcohol="tell-doctor",
            )
        )
    clinical = as_staff(DR_RIVERA).get("/today").text
    assert "Says: took ketamine" in clinical
    assert "Wants to tell the doctor" in clinical
    neutral = as_staff(JORDAN_LEE).get("/board").text
    assert MORGAN.short_name in neutral
    assert "Clinician must look" in neutral
    for word in ("Says:", "ketamine, 24", "tell the doctor", "canary"):
        assert word not in neutral
    managed = as_staff(JORDAN_LEE).get(f"/board/visits/{visit.id}")
    assert managed.status_code == 200, managed.text[:800]
    assert "canary" not in managed.text


def test_a_day_of_forty_visits_and_a_long_name_is_one_page(as_staff, a_visit, transaction):
    with transaction() as session:
        session.get(Patient, ALEX.id).short_name = "Maximiliane-Wilhelmine von Schwarzenberg-R."
    for n in range(40):
        a_visit(patient=ALEX if n % 2 else MORGAN, starts_in=timedelta(seconds=n))
    page = as_staff(DR_RIVERA).get("/today")
    assert page.text.count("data-visit=") == 40
    assert "Schwarzenberg" in page.text


def test_the_set_up_test_is_offered_to_every_member_of_staff(as_staff):
    page = as_staff(DR_RIVERA).get("/set-up")
    assert page.status_code == 200, page.text[:800]
    assert '"mode": "test"' in page.text


def test_the_front_desk_is_sent_to_no_clinical_page(as_staff):
    assert as_staff(JORDAN_LEE).get("/today").status_code == 404
    assert as_staff(DR_RIVERA).get("/board").status_code == 404


def test_an_interpreter_shows_among_the_people(as_staff, a_visit):
    visit = a_visit(also=(ANA,))
    page = as_staff(DR_RIVERA).get(f"/visits/{visit.id}").text
    assert ANA.name in page
    assert "Interpreter" in page
