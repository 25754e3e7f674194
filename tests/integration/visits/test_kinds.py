"""The kind of a visit is one of a closed list, and no word of it means a dose (NUD-1)."""

from __future__ import annotations

import uuid

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError, StatementError

from config.policy import policy
from server.visits.kinds import VisitKind
from server.visits.models import Visit
from tests.people import DR_RIVERA, JORDAN_LEE, MORGAN

KINDS = [kind.value for kind in VisitKind]
NOT_KINDS = (
    "DOSING", "DOSE", "INFUSION", "MEDICINE_SESSION", "SITTER", "KETAMINE", "AT_HOME",
    "crisis_checkin", "FOLLOW-UP", "", "FOLLOW_UP ", "None",
)  # fmt: skip


@pytest.mark.parametrize("kind", NOT_KINDS)
def test_no_other_kind_of_visit_can_be_written_down(a_visit, transaction, kind):
    with pytest.raises((StatementError, LookupError, ValueError)):
        a_visit(kind=kind)


@pytest.mark.parametrize("kind", NOT_KINDS)
def test_not_even_by_plain_sql(a_visit, database, transaction, ask_database, kind):
    visit = a_visit()
    with pytest.raises(DBAPIError), transaction() as session:
        session.execute(
            text("UPDATE visits SET kind = :kind WHERE id = :id"),
            {"kind": kind, "id": _plain(database, visit.id)},
        )
    assert ask_database("SELECT kind FROM visits") == "FOLLOW_UP"


def _plain(database, visit_id: uuid.UUID):
    return visit_id.hex if database.engine.dialect.name == "sqlite" else visit_id


def test_the_kinds_are_exactly_those_of_the_rule():
    assert KINDS == [
        "SCREENING_EVAL", "SCREENING_FOLLOWUP", "CONSENT_DISCUSSION", "PREPARATION",
        "INTEGRATION", "FOLLOW_UP", "MEASURES_REVIEW", "GUARDIAN_COLLATERAL",
        "CARE_COORDINATION", "CRISIS_CHECKIN", "TECH_CHECK",
    ]  # fmt: skip
    assert set(KINDS) == set(policy().durations)


@pytest.mark.parametrize("kind", [kind for kind in NOT_KINDS if kind == kind.strip()])
def test_no_form_of_the_desk_takes_another_kind(app, as_staff, reading, kind):
    answer = as_staff(JORDAN_LEE).submit(
        "/board/new",
        {
            "patient": str(MORGAN.id),
            "clinician": str(DR_RIVERA.id),
            "kind": kind,
            "when": "now",
        },
    )
    assert answer.status_code == 422
    assert "Choose the kind of visit." in answer.text
    with reading() as session:
        assert session.scalars(select(Visit)).all() == []
