"""Things happen in the wrong order: one room, one truth, on both engines."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from config.policy import policy
from server.access.actor import SYSTEM
from server.errors import Conflict, NotFound
from server.tasks.models import Task
from server.tasks.service import open_task
from server.visits import (
    admission,
    attest,
    booking,
    company,
    conversion,
    holds,
    standing,
    tickets,
    words,
)
from server.visits.kinds import Stage, VisitKind, VisitState
from server.visits.models import CheckIn, Participant, Visit
from tests.actors import browser, staff
from tests.people import DR_OSEI, DR_RIVERA, HARBOR, LINH, MORGAN, SAM_WHITFIELD

WRITE = {"times": policy(), "base_url": "https://mooring.test"}


def test_who_was_removed_is_not_let_in_again_by_the_same_seat(
    visit, ask, admit, transaction, now
):
    ask(browser(visit, LINH))
    with transaction() as session:
        admission.remove(session, staff(DR_RIVERA), visit.id, visit.participant(LINH), now=now)
    with pytest.raises(Conflict):
        admit(visit, LINH)


def test_whoever_moves_to_another_browser_waits_where_staff_see_it(visit, ask, admit, reading):
    """Admission stays with the first browser; the second must not wait unseen."""
    ask(browser(visit))
    admit(visit)
    laptop = browser(visit, session="laptop")
    assert ask(laptop, "q", "u", move=True).stage == "waiting"
    with reading() as session:
        seat = session.get_one(Participant, visit.participant(MORGAN))
        assert (seat.stage, seat.admitted_session) == (Stage.WAITING, None)
    admit(visit)
    assert ask(laptop, "q", "u").stage == "admitted"


@pytest.mark.parametrize(("minutes", "stage"), [(-1, None), (0, "admitted"), (1, "admitted")])
def test_a_hold_sends_them_out_and_lets_nobody_in_before_its_end(
    visit, ask, admit, transaction, now, minutes, stage
):
    """NUD-5, visit side: a minute before `join_allowed_at`, exactly then, a minute after."""
    until = now + timedelta(minutes=30)
    ask(browser(visit))
    admit(visit)
    with transaction() as session:
        assert holds.hold_patient(session, SYSTEM, MORGAN.id, until, now=now) == 1
    at = until + timedelta(minutes=minutes)
    if stage is None:
        with pytest.raises(tickets.DoorClosed) as refused:
            ask(browser(visit), at=at)
        assert refused.value.code == "on-hold"
        with pytest.raises(Conflict):
            admit(visit, at=at)
        return
    assert ask(browser(visit), at=at).stage == "waiting"
    admit(visit, at=at)
    assert ask(browser(visit), at=at).stage == stage


def test_a_visit_opened_during_a_hold_is_held_and_a_safety_visit_is_not(
    visit, transaction, now
):
    until = now + timedelta(hours=12)
    with transaction() as session:
        holds.hold_patient(session, SYSTEM, MORGAN.id, until, now=now)
    with transaction() as session:
        opened = booking.open_visit(
            session, staff(DR_RIVERA), MORGAN.id, DR_RIVERA.id, VisitKind.INTEGRATION,
            now, None, now, **WRITE,
        )  # fmt: skip
        assert opened.visit.not_before == until
        safety = conversion.to_safety_visit(
            session, SYSTEM, visit.id, "NUD-9", policy(), base_url="https://x", now=now
        )
        assert safety.not_before is None


@pytest.mark.parametrize("name", sorted(attest.STOPS_THERAPY))
def test_therapy_does_not_begin_over_the_clinicians_own_doubt(
    visit, ask, admit, transaction, reading, now, name
):
    """NUD-8, §4.1: not sober, or a dose in sight, is a safety visit or none."""
    with transaction() as session:
        found = select(CheckIn).where(CheckIn.participant_id == visit.participant(MORGAN))
        session.scalar(found).state = ""
    ask(browser(visit))
    admit(visit)
    answers = {each: attest.Answer(True) for each in attest.STATEMENTS}
    answers[name] = attest.Answer(False, "slurred speech")
    with transaction() as session:
        session.scalar(found).state = "CO"
        code = attest.start(session, staff(DR_RIVERA), visit.id, answers, policy(), now=now)
    assert code == "E_ATTESTATION"
    with reading() as session:
        assert session.get_one(Visit, visit.id).state is VisitState.WAITING


def test_who_was_replaced_reads_and_arranges_nothing_and_may_come_back_to_help(
    visit, ask, transaction, reading, now
):
    rivera = staff(DR_RIVERA)
    with transaction() as session:
        words.to_clinic(session, browser(visit), "I feel worse today.", policy(), now=now)
        booking.reassign(session, staff(SAM_WHITFIELD), visit.id, DR_OSEI.id, now)
    with reading() as session:
        told = standing.standing(session, rivera, "", policy(), now=now, visit_id=visit.id)
        assert told["me"]["stage"] == "removed"
        assert (told["messages"], told["visit"]["kind"]) == ([], "visit")
        with pytest.raises(NotFound):
            words.seat_to_write_to(session, rivera, visit.id, None)
    seat = visit.participant(MORGAN)
    with transaction() as session, pytest.raises(NotFound):
        company.resend(session, rivera, visit.id, seat, now, base_url="https://x")
    with transaction() as session:  # Dr. Rivera is on call
        conversion.to_safety_visit(
            session, browser(visit), visit.id, "NUD-8d", policy(), base_url="https://x", now=now
        )
    assert ask(rivera, visit=visit).stage == "admitted"


def test_a_second_call_for_help_is_heard_though_the_first_was_taken(
    visit, transaction, reading, now
):
    """TEL-5; and two people who ask for the same thing are two tasks."""

    def call(words="Help in the visit."):
        with transaction() as session:
            open_task(
                session, clinic_id=HARBOR.id, kind="call-for-help", for_role="coordinator",
                words=words, due_at=now, now=now, visit_id=visit.id,
            )  # fmt: skip

    call()
    call()
    with transaction() as session:
        session.scalars(select(Task)).one().acknowledged_at = now
    call()
    call("Another asks.")
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(Task)) == 3
