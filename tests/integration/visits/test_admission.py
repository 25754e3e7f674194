"""Tickets, seats and admission as rows, on both engines (C-13, C-18, ARCHITECTURE §5)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from config.policy import policy
from server.audit.models import AuditRow
from server.control.models import ControlOrder
from server.errors import Conflict, NotAllowed, NotFound
from server.visits import (
    admission,
    seats,
    standing,
)
from server.visits.kinds import ROLE_WORDS, Role, VisitKind, VisitState
from server.visits.models import CheckIn, Visit
from tests.actors import browser, staff
from tests.people import DR_LIND, DR_OSEI, DR_RIVERA, LINH, MORGAN


@pytest.mark.check("C-13")
def test_a_patient_waits_until_she_is_admitted(checked_in, ask, admit):
    visit = checked_in()
    assert ask(browser(visit, MORGAN)).stage == "waiting"
    admit(visit, MORGAN)
    assert ask(browser(visit, MORGAN)).stage == "admitted"


@pytest.mark.check("C-12")
def test_the_ticket_of_somebody_who_waits_does_not_count_what_happens_inside(
    checked_in, ask, admit, transaction
):
    visit = checked_in()
    told = [ask(browser(visit, LINH)).visit_version]
    with transaction() as session:
        session.get_one(Visit, visit.id).version += 1
    told.append(ask(browser(visit, LINH)).visit_version)
    assert told == [0, 0]
    admit(visit, LINH)
    assert ask(browser(visit, LINH)).visit_version > 0


def test_the_clinician_is_in_by_right(checked_in, ask):
    visit = checked_in()
    assert ask(staff(DR_RIVERA), visit=visit).stage == "admitted"


@pytest.mark.parametrize("stranger", [DR_OSEI, DR_LIND])
def test_a_colleague_learns_nothing(checked_in, ask, stranger):
    visit = checked_in()
    with pytest.raises(NotFound):
        ask(staff(stranger), visit=visit)


@pytest.mark.check("C-13")
def test_another_browser_with_the_link_waits_however_well_the_first_is_known(
    checked_in, ask, admit
):
    visit = checked_in()
    ask(browser(visit, MORGAN))
    admit(visit, MORGAN)
    second = browser(visit, MORGAN, session="another")
    with pytest.raises(seats.SeatTaken):
        ask(second, "q1", "u1")
    assert ask(second, "q1", "u1", move=True).stage == "waiting"


@pytest.mark.check("C-13")
def test_who_sat_down_after_the_clinician_looked_is_not_who_is_let_in(checked_in, ask, admit):
    """T-27: she admits the browser she saw waiting; a reload of it is still that browser."""
    visit = checked_in()
    seen = ask(browser(visit, MORGAN)).seat
    other = browser(visit, MORGAN, session="another")
    taken = ask(other, "q1", "u1", move=True).seat
    with pytest.raises(Conflict) as refused:
        admit(visit, MORGAN, shown=seen)
    assert refused.value.code == "seat-moved"
    ask(other, "q2", "u1")
    admit(visit, MORGAN, shown=taken)
    assert ask(other, "q3", "u1").stage == "admitted"


def test_a_reload_keeps_seat_and_admission(checked_in, ask, admit):
    visit = checked_in()
    first = ask(browser(visit, MORGAN), "p1", "t1")
    admit(visit, MORGAN)
    again = ask(browser(visit, MORGAN), "p2", "t1")
    assert (again.seat, again.stage, again.page) == (first.seat, "admitted", "p2")


def test_a_second_tab_is_asked_and_the_old_one_is_told(checked_in, ask, reading):
    visit = checked_in()
    first = ask(browser(visit, MORGAN), "p1", "t1")
    with pytest.raises(seats.SeatTaken) as refused:
        ask(browser(visit, MORGAN), "p2", "t2")
    assert refused.value.code == "seat-taken"
    moved = ask(browser(visit, MORGAN), "p2", "t2", move=True)
    assert moved.seat == first.seat + 1
    with reading() as session:
        orders = session.scalars(select(ControlOrder).where(ControlOrder.order == "move")).all()
        assert [each.claims["seat"] for each in orders] == [moved.seat]


def test_a_cold_seat_is_taken_without_asking(checked_in, ask, now):
    visit = checked_in()
    ask(browser(visit, MORGAN), "p1", "t1")
    later = now + policy().seat_lease + timedelta(seconds=1)
    assert ask(browser(visit, MORGAN), "p2", "t2", at=later).seat == 2


@pytest.mark.check("C-13")
def test_who_was_removed_gets_no_ticket(checked_in, ask, admit, transaction, now):
    visit = checked_in()
    ask(browser(visit, LINH))
    admit(visit, LINH)
    with transaction() as session:
        admission.remove(session, staff(DR_RIVERA), visit.id, visit.participant(LINH), now=now)
    with pytest.raises(NotAllowed) as refused:
        ask(browser(visit, LINH))
    assert refused.value.code == "removed"


def test_the_patient_cannot_be_removed(checked_in, ask, transaction, now):
    visit = checked_in()
    ask(browser(visit, MORGAN))
    with transaction() as session, pytest.raises(NotAllowed):
        admission.remove(
            session, staff(DR_RIVERA), visit.id, visit.participant(MORGAN), now=now
        )


def test_nobody_is_admitted_before_they_came(checked_in, admit):
    visit = checked_in()
    with pytest.raises(Conflict) as refused:
        admit(visit, MORGAN)
    assert refused.value.code == "not-arrived"


def test_a_waiting_guardian_does_not_learn_that_the_visit_began(
    checked_in, ask, admit, reading, now
):
    visit = checked_in()
    ask(browser(visit, MORGAN))
    guardian = browser(visit, LINH, session="guardian")
    ask(guardian, "g1", "g1")

    def told():
        with reading() as session:
            return standing.standing(session, guardian, "g1", policy(), now=now)

    before = told()
    admit(visit, MORGAN)
    assert told() == before


@pytest.mark.parametrize(
    ("state", "kind", "begins"),
    [
        ("CO", VisitKind.FOLLOW_UP, True),
        ("", VisitKind.FOLLOW_UP, False),
        ("WY", VisitKind.FOLLOW_UP, False),
        ("", VisitKind.CRISIS_CHECKIN, True),
    ],
)
def test_a_missing_place_stops_therapy_and_never_contact(
    checked_in, ask, admit, transaction, reading, state, kind, begins
):
    visit = checked_in(kind=kind)
    with transaction() as session:
        answers = session.scalar(
            select(CheckIn).where(CheckIn.participant_id == visit.participant(MORGAN))
        )
        answers.state = state
    ask(browser(visit, MORGAN))
    admit(visit, MORGAN)
    assert ask(browser(visit, MORGAN)).stage == "admitted"
    with reading() as session:
        row = session.get_one(Visit, visit.id)
        assert (row.state is VisitState.IN_PROGRESS) is begins


def test_sent_back_to_wait_needs_a_new_admission(checked_in, ask, admit, transaction, now):
    visit = checked_in()
    ask(browser(visit, MORGAN))
    admit(visit, MORGAN)
    with transaction() as session:
        admission.send_to_wait(
            session, staff(DR_RIVERA), visit.id, visit.participant(MORGAN), now=now
        )
    assert ask(browser(visit, MORGAN)).stage == "waiting"


def test_only_its_clinicians_decide(checked_in, ask, admit):
    visit = checked_in()
    ask(browser(visit, MORGAN))
    with pytest.raises(NotFound):
        admit(visit, MORGAN, by=DR_OSEI)


def test_admission_leaves_an_order_and_an_audit_row(checked_in, ask, admit, reading):
    visit = checked_in()
    ask(browser(visit, MORGAN))
    admit(visit, MORGAN)
    with reading() as session:
        order = session.scalar(select(ControlOrder).where(ControlOrder.order == "admit"))
        assert order.claims["peer"] == str(visit.participant(MORGAN))
        row = session.scalar(select(AuditRow).where(AuditRow.action == "visit:admit"))
        assert row.object == str(visit.participant(MORGAN))


def test_every_role_of_a_participant_has_words():
    assert set(ROLE_WORDS) == set(Role)
