"""Late, or not at all: one tap or two, and who is told of it."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from server.messages.models import Letter
from server.tasks.models import Task
from server.visits.kinds import VisitKind, VisitState
from server.visits.models import Participant, Visit
from tests.neutral import telling
from tests.people import ANA, LINH, MORGAN


def test_running_late_is_one_tap_and_staff_see_it(app, as_patient, a_visit, reading):
    visit = a_visit(starts_in=timedelta(minutes=20))
    phone = as_patient(visit.link(MORGAN))
    answer = phone.submit("/visit/running-late", page="/visit")
    assert "on your way" in answer.text
    assert 'data-action="quick-exit"' in answer.text  # T-10
    with reading() as session:
        assert session.get(Participant, visit.participant(MORGAN)).running_late_at


def test_cannot_come_frees_the_time_and_asks_for_a_call(app, as_patient, a_visit, reading):
    visit = a_visit(starts_in=timedelta(days=1))
    phone = as_patient(visit.link(MORGAN))
    again = phone.submit("/visit/cannot-come", {"why": "my shift was moved"})
    assert again.status_code == 422
    assert "my shift was moved" in again.text  # nothing typed is lost
    phone.submit("/visit/cannot-come", {"new_time": "call", "why": "my shift was moved"})
    with reading() as session:
        assert session.get(Visit, visit.id).state is VisitState.CANCELLED_PT
        task = session.scalars(select(Task)).one()
        assert task.kind == "cannot-come"
        assert "my shift" not in task.words  # ROLE-4: their words go to the clinicians
    assert "called off" in phone.get("/visit").text


def test_a_second_tap_on_cannot_come_is_thanked_like_the_first(
    app, as_patient, a_visit, reading
):
    phone = as_patient(a_visit(starts_in=timedelta(days=1)).link(MORGAN))
    said = {"new_time": "call", "why": "my shift was moved"}
    told = [phone.submit("/visit/cannot-come", said) for _ in range(2)]
    assert [answer.status_code for answer in told] == [200, 200]
    with reading() as session:
        assert session.scalars(select(Task.kind)).all() == ["cannot-come"]


def test_whoever_was_to_come_along_is_told_when_the_patient_calls_it_off(
    app, as_patient, a_visit, reading
):
    visit = a_visit(starts_in=timedelta(days=1), also=(LINH, ANA))
    as_patient(visit.link(MORGAN)).submit("/visit/cannot-come", {"new_time": "none"})
    with reading() as session:
        letters = session.scalars(select(Letter).where(Letter.kind == "cancelled")).all()
    told = {str(visit.participant(person)) for person in (LINH, ANA)}
    assert {letter.about for letter in letters} == told  # she knows it herself
    assert not any(telling(letter.body) for letter in letters)


def test_a_guardian_who_cannot_come_does_not_call_off_the_visit(
    app, as_patient, a_visit, reading
):
    visit = a_visit(starts_in=timedelta(days=1), also=(LINH,))
    as_patient(visit.link(LINH)).submit("/visit/cannot-come", {"new_time": "none"})
    with reading() as session:
        assert session.get(Visit, visit.id).state is VisitState.CONFIRMED


def test_a_safety_visit_is_not_called_off_by_a_tap(app, as_patient, a_visit, reading):
    visit = a_visit(kind=VisitKind.CRISIS_CHECKIN)
    as_patient(visit.link(MORGAN)).submit("/visit/cannot-come", {"new_time": "call"})
    with reading() as session:
        assert session.get(Visit, visit.id).state is VisitState.CONFIRMED
        assert session.scalars(select(Task.kind)).all() == ["cannot-come"]
