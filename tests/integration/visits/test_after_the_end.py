"""A visit is left, ended, closed without a clinician, and taken up again (NUD-10, ASKS 10)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from config.policy import policy
from server.errors import Conflict
from server.tasks.models import Task
from server.visits import (
    ending,
    standing,
    tickets,
)
from server.visits.kinds import VisitState
from server.visits.models import CheckIn, Participant, SignalingNodeLife, Visit
from tests.actors import browser, staff
from tests.people import ANA, DR_RIVERA, LINH, MORGAN

CLOSING = ending.Closing("completed", "good", "In two weeks", "See you in two weeks")


def test_ending_closes_the_door_and_reopening_opens_it_without_a_second_admission(
    checked_in, ask, admit, transaction, now
):
    visit = checked_in()
    ask(browser(visit, MORGAN))
    admit(visit, MORGAN)
    with transaction() as session:
        ending.end(session, staff(DR_RIVERA), visit.id, CLOSING, policy(), now=now)
    with pytest.raises(tickets.DoorClosed) as refused:
        ask(browser(visit, MORGAN))
    assert refused.value.code == "visit-ended"
    with transaction() as session:
        ending.reopen(session, staff(DR_RIVERA), visit.id, policy(), now=now)
    assert ask(browser(visit, MORGAN)).stage == "admitted"


def test_leaving_is_not_ending(checked_in, ask, admit, transaction, reading, now):
    visit = checked_in()
    ask(browser(visit, MORGAN))
    admit(visit, MORGAN)
    with transaction() as session:
        ending.leave(session, browser(visit, MORGAN), "p1", now=now, visit_id=None)
    with reading() as session:
        assert session.get_one(Visit, visit.id).state is VisitState.IN_PROGRESS
        assert session.get_one(Participant, visit.participant(MORGAN)).present_until is None
    assert ask(browser(visit, MORGAN), "p9", "t9").stage == "admitted"


def test_an_older_page_cannot_leave_for_the_newer(checked_in, ask, transaction, reading, now):
    visit = checked_in()
    ask(browser(visit, MORGAN), "p1", "t1")
    ask(browser(visit, MORGAN), "p2", "t2", move=True)
    with transaction() as session:
        ending.leave(session, browser(visit, MORGAN), "p1", now=now, visit_id=None)
    with reading() as session:
        assert session.get_one(Participant, visit.participant(MORGAN)).present_until


def test_a_call_that_runs_over_is_attached_again_after_a_reload(checked_in, ask, admit, now):
    """NUD-10 ends it two hours after it began, not half an hour after its planned end."""
    visit = checked_in()
    ask(browser(visit, MORGAN))
    admit(visit, MORGAN)
    over = now + timedelta(minutes=81)
    assert ask(browser(visit, MORGAN), "p2", at=over).stage == "admitted"
    assert ask(staff(DR_RIVERA), visit=visit, at=over).stage == "admitted"
    with pytest.raises(tickets.DoorClosed) as refused:
        ask(browser(visit, MORGAN), "p3", at=now + timedelta(minutes=121))
    assert refused.value.code == "visit-over"


def test_a_room_without_a_clinician_closes_but_silence_does_not_count(
    checked_in, ask, admit, transaction, reading, now
):
    visit = checked_in()
    ask(browser(visit, MORGAN))
    admit(visit, MORGAN)

    def sweep(minutes, *, signaling_speaks):
        at = now + timedelta(minutes=minutes)
        with transaction() as session:
            if signaling_speaks:
                session.merge(_life(at))
            ending.close_if_unattended(session, visit.id, policy(), now=at)
        with reading() as session:
            return session.get_one(Visit, visit.id).state

    assert sweep(11, signaling_speaks=False) is VisitState.IN_PROGRESS
    assert sweep(12, signaling_speaks=True) is VisitState.IN_PROGRESS
    assert sweep(21, signaling_speaks=True) is VisitState.IN_PROGRESS
    assert sweep(22, signaling_speaks=True) is VisitState.ENDED


def test_a_reopened_visit_is_running_again_and_closes_when_nobody_attends(
    visit, ask, admit, transaction, reading, now
):
    """NUD-10 holds after a reopening too, and counts from it."""
    ask(browser(visit))
    admit(visit)
    with transaction() as session:
        ending.end(session, staff(DR_RIVERA), visit.id, CLOSING, policy(), now=now)
    later = now + timedelta(minutes=20)
    with transaction() as session:
        ending.reopen(session, staff(DR_RIVERA), visit.id, policy(), now=later)
    with reading() as session:
        assert session.get_one(Visit, visit.id).state is VisitState.IN_PROGRESS
        assert list(ending.to_watch(session)) == [visit.id]
    for minutes, closes in ((9, False), (10, True)):
        at = later + timedelta(minutes=minutes)
        with transaction() as session:
            session.merge(SignalingNodeLife(node="n1", boot="b", seq=minutes, heard_at=at))
            found = ending.close_if_unattended(session, visit.id, policy(), now=at)
        assert found is closes


def test_a_room_that_never_began_closes_too(visit, ask, admit, transaction, reading, now):
    """NUD-10: two people let in without a place, and no clinician, stay nobody's room."""
    with transaction() as session:
        found = select(CheckIn).where(CheckIn.participant_id == visit.participant(MORGAN))
        session.scalar(found).state = ""
    ask(browser(visit))
    admit(visit)
    with reading() as session:
        assert session.get_one(Visit, visit.id).state is VisitState.WAITING
        assert list(ending.to_watch(session)) == [visit.id]


def test_the_outcome_of_an_unattended_visit_does_not_move_its_end(
    visit, transaction, reading, now
):
    """TEL-10."""
    with transaction() as session:
        row = session.get_one(Visit, visit.id)
        row.state, row.unattended, row.ended_at = VisitState.ENDED, True, now
    with transaction() as session:
        at = now + timedelta(hours=3)
        ending.end(session, staff(DR_RIVERA), visit.id, CLOSING, policy(), now=at)
    with reading() as session:
        row = session.get_one(Visit, visit.id)
        assert (row.ended_at, row.outcome) == (now, "completed")


def _closed_without_a_clinician(visit, transaction, now):
    """The clinician fell out, and nobody came for ten minutes."""
    for at in (now, now + timedelta(minutes=10)):
        with transaction() as session:
            session.merge(SignalingNodeLife(node="n1", boot="b", seq=at.minute, heard_at=at))
            closed = ending.close_if_unattended(session, visit.id, policy(), now=at)
    assert closed
    return now + timedelta(minutes=11)


def test_the_patient_comes_back_into_a_room_that_closed_without_a_clinician(
    visit, ask, admit, transaction, reading, now
):
    ask(browser(visit))
    admit(visit)
    later = _closed_without_a_clinician(visit, transaction, now)
    with transaction() as session:
        told = standing.standing(session, browser(visit), "p1", policy(), now=later)
        assert told["ended"]["may_come_back"]
        theirs = standing.standing(
            session, staff(DR_RIVERA), "d", policy(), now=later, visit_id=visit.id
        )
        assert "your clinician" not in theirs["ended"]["words"]  # that is the one who reads it
        ending.come_back(session, browser(visit), policy(), now=later)
    assert ask(browser(visit), page="q", at=later).stage == "waiting"  # where staff see it
    with reading() as session:
        row = session.get_one(Visit, visit.id)
        assert (row.state, row.unattended, row.ended_at) == (VisitState.WAITING, False, None)
        assert list(ending.to_watch(session)) == []  # whoever waits is not closed out again
        assert session.scalars(select(Task.kind)).all() == ["came-back"]
    admit(visit, at=later)
    assert ask(browser(visit), page="q", at=later).stage == "admitted"


def test_nobody_else_and_nothing_else_is_opened_again_by_a_link(
    visit, ask, admit, transaction, reading, now
):
    ask(browser(visit))
    admit(visit)
    later = _closed_without_a_clinician(visit, transaction, now)
    with transaction() as session:
        told = standing.standing(session, browser(visit, LINH), "p1", policy(), now=later)
    assert not told["ended"]["may_come_back"]
    too_late = now + timedelta(minutes=81)
    for who, at in ((browser(visit, LINH), later), (browser(visit), too_late)):
        with pytest.raises(Conflict, match="over"), transaction() as session:
            ending.come_back(session, who, policy(), now=at)
    with transaction() as session:
        ending.end(session, staff(DR_RIVERA), visit.id, CLOSING, policy(), now=later)
    with pytest.raises(Conflict, match="over"), transaction() as session:
        ending.come_back(session, browser(visit), policy(), now=later)
    with reading() as session:
        assert session.get_one(Visit, visit.id).state is VisitState.ENDED


def test_what_comes_next_is_told_to_the_patient_and_not_to_the_interpreter(
    a_visit, transaction, reading, now
):
    visit = a_visit(also=(ANA,))
    with transaction() as session:
        ending.end(session, staff(DR_RIVERA), visit.id, CLOSING, policy(), now=now)
    with reading() as session:
        told = {
            person: standing.standing(session, browser(visit, person), "", policy(), now=now)[
                "ended"
            ]["next"]
            for person in (MORGAN, ANA)
        }
    assert told == {MORGAN: CLOSING.next_words, ANA: ""}


def _life(at):
    return SignalingNodeLife(node="n1", boot="b", seq=int(at.timestamp()), heard_at=at)
