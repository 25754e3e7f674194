"""Two people act in the same moment: one room, one truth, on both engines."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import select, text

from config.policy import policy
from server.errors import DomainError
from server.visits import (
    admission,
    conversion,
    ending,
    revocation,
    seats,
)
from server.visits.kinds import Stage, VisitKind, VisitState
from server.visits.models import Participant, Visit
from tests.actors import browser, staff
from tests.people import DR_RIVERA, LINH, MORGAN, SAM_WHITFIELD


def at_once(*acts):
    """Do all of it in the same moment; returns what each came to."""
    ready = Barrier(len(acts))

    def run(act):
        ready.wait()
        try:
            return act()
        except DomainError as refused:
            return refused

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


@pytest.mark.check("C-18")
def test_of_two_tabs_at_once_exactly_one_gets_the_seat(visit, ask):
    """C-18: the other is asked whether to move."""
    tabs = [lambda n=n: ask(browser(visit), f"p{n}", f"t{n}") for n in range(6)]
    found = at_once(*tabs)
    assert [type(each) for each in found].count(seats.SeatTaken) == 5
    assert [each.seat for each in found if not isinstance(each, Exception)] == [1]


def test_of_two_hosts_who_end_at_once_the_first_is_kept(
    visit, ask, admit, transaction, reading, now
):
    ask(browser(visit))
    admit(visit)

    def end_as(person, outcome):
        closing = ending.Closing(outcome, "good", outcome)
        with transaction() as session:
            ending.end(session, staff(person), visit.id, closing, policy(), now=now)

    found = at_once(
        lambda: end_as(DR_RIVERA, "completed"), lambda: end_as(SAM_WHITFIELD, "partly")
    )
    told = [each.code for each in found if each is not None]
    assert told == ["ended-already"]  # whose words are not kept hears of it
    with reading() as session:
        row = session.get_one(Visit, visit.id)
        assert row.outcome == row.next_step
        assert row.state is VisitState.ENDED
    end_as(DR_RIVERA, row.outcome)  # sent again, it changes nothing


def test_a_worrying_answer_while_the_clinician_admits_is_never_lost(
    visit, ask, admit, transaction, reading, now
):
    """NUD-9: whichever comes first, it ends as one open safety visit with her in it."""
    ask(browser(visit))

    def convert():
        with transaction() as session:
            conversion.to_safety_visit(
                session, browser(visit), visit.id, "NUD-8d", policy(),
                base_url="https://mooring.test", now=now,
            )  # fmt: skip

    found = at_once(convert, lambda: admit(visit), convert)
    assert found == [None, None, None]
    with reading() as session:
        rows = session.scalars(select(Visit).where(Visit.room_id == visit.room_id)).all()
        safety = [row for row in rows if row.kind is VisitKind.CRISIS_CHECKIN]
        assert len(safety) == 1
        assert safety[0].state in (VisitState.WAITING, VisitState.IN_PROGRESS)
        assert session.get_one(Participant, visit.participant(MORGAN)).stage is Stage.ADMITTED


def test_removal_and_admission_at_once_leave_no_way_back(
    visit, ask, admit, transaction, reading, now
):
    ask(browser(visit, LINH))

    def remove():
        with transaction() as session:
            seat = visit.participant(LINH)
            admission.remove(session, staff(DR_RIVERA), visit.id, seat, now=now)

    at_once(remove, lambda: admit(visit, LINH))
    with reading() as session:
        stage = session.get_one(Participant, visit.participant(LINH)).stage
    remove()
    assert stage in (Stage.REMOVED, Stage.ADMITTED)
    refused = at_once(lambda: ask(browser(visit, LINH)))[0]
    assert refused.code == "removed"


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
def test_whoever_sits_down_while_the_browser_before_is_signed_out_keeps_the_seat(
    visit, ask, transaction, reading, now
):
    """C-06: the one that is signed out had moved to another browser in this moment."""
    ask(browser(visit, session="old"))

    def sign_out():
        with transaction() as session:
            revocation.close_seats(session, {"old"}, now=now)

    waits = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    with ThreadPoolExecutor(1) as pool:
        with transaction() as session:
            seat = session.get_one(Participant, visit.participant(MORGAN), with_for_update=True)
            seat.seat_session = "new"
            session.flush()
            signed_out = pool.submit(sign_out)
            with reading() as other:
                while not other.scalar(waits):
                    assert not signed_out.done()
        signed_out.result()
    with reading() as session:
        assert session.get_one(Participant, visit.participant(MORGAN)).seat_session == "new"
