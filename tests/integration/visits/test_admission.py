"""Tickets, seats and admission as rows, on both engines (C-13, C-18, ARCHITECTURE §5)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from config.policy import policy
from server.access.actor import Actor, ActorKind
from server.audit.models import AuditRow
from server.control.models import ControlOrder
from server.errors import Conflict, NotAllowed, NotFound
from server.visits import admission, ending, seats, standing, tickets
from server.visits.kinds import ROLE_WORDS, Role, VisitKind, VisitState
from server.visits.models import CheckIn, Participant, SignalingNodeLife, Visit
from tests.people import DR_LIND, DR_OSEI, DR_RIVERA, LINH, MORGAN

NODES = ("n1",)
CLOSING = ending.Closing("completed", "good", "Next visit in two weeks")


def staff(person) -> Actor:
    return Actor(
        ActorKind.STAFF,
        role=person.role.value,
        session=f"session-{person.short_name}",
        clinic_id=person.house.id,
        account_id=person.id,
    )


def browser(visit, person, session="phone") -> Actor:
    return Actor(
        ActorKind.LINK,
        role="patient",
        session=session,
        clinic_id=MORGAN.house.id,
        participant_id=visit.participant(person),
    )


def page(name="p1", tab="t1", **how) -> tickets.Asked:
    return tickets.Asked(page=name, tab=tab, **how)


@pytest.fixture
def now():
    return datetime.now(UTC)


@pytest.fixture
def checked_in(transaction, a_visit, now):
    """A visit whose patient and guardian have answered everything."""

    def one(**changes):
        visit = a_visit(also=(LINH,), **changes)
        with transaction() as session:
            for person in (MORGAN, LINH):
                session.add(
                    CheckIn(
                        participant_id=visit.participant(person),
                        started_at=now,
                        saved_at=now,
                        completed_at=now,
                        city="Boulder",
                        state="CO",
                    )
                )
        return visit

    return one


@pytest.fixture
def ask(transaction, now):
    """Ask for a ticket as somebody."""

    def ticket(actor, asked=None, visit=None, at=None):
        with transaction() as session:
            issued, _seat, _visit = tickets.ticket_for(
                session,
                actor,
                asked or page(),
                policy(),
                NODES,
                now=at or now,
                visit_id=visit.id if visit else None,
            )
            return issued

    return ticket


@pytest.fixture
def admit(transaction, now):
    """Dr. Rivera lets somebody in."""

    def let_in(visit, person, by=DR_RIVERA, shown=None):
        with transaction() as session:
            seat_id = visit.participant(person)
            admission.admit(
                session, staff(by), visit.id, seat_id, policy(), [], now=now, shown=shown
            )

    return let_in


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
        ask(second, page("q1", "u1"))
    assert ask(second, page("q1", "u1", move=True)).stage == "waiting"


@pytest.mark.check("C-13")
def test_who_sat_down_after_the_clinician_looked_is_not_who_is_let_in(checked_in, ask, admit):
    """T-27: she admits the browser she saw waiting; a reload of it is still that browser."""
    visit = checked_in()
    seen = ask(browser(visit, MORGAN)).seat
    other = browser(visit, MORGAN, session="another")
    taken = ask(other, page("q1", "u1", move=True)).seat
    with pytest.raises(Conflict) as refused:
        admit(visit, MORGAN, shown=seen)
    assert refused.value.code == "seat-moved"
    ask(other, page("q2", "u1"))
    admit(visit, MORGAN, shown=taken)
    assert ask(other, page("q3", "u1")).stage == "admitted"


def test_a_reload_keeps_seat_and_admission(checked_in, ask, admit):
    visit = checked_in()
    first = ask(browser(visit, MORGAN), page("p1", "t1"))
    admit(visit, MORGAN)
    again = ask(browser(visit, MORGAN), page("p2", "t1"))
    assert (again.seat, again.stage, again.page) == (first.seat, "admitted", "p2")


def test_a_second_tab_is_asked_and_the_old_one_is_told(checked_in, ask, reading):
    visit = checked_in()
    first = ask(browser(visit, MORGAN), page("p1", "t1"))
    with pytest.raises(seats.SeatTaken) as refused:
        ask(browser(visit, MORGAN), page("p2", "t2"))
    assert refused.value.code == "seat-taken"
    moved = ask(browser(visit, MORGAN), page("p2", "t2", move=True))
    assert moved.seat == first.seat + 1
    with reading() as session:
        orders = session.scalars(select(ControlOrder).where(ControlOrder.order == "move")).all()
        assert [each.claims["seat"] for each in orders] == [moved.seat]


def test_a_cold_seat_is_taken_without_asking(checked_in, ask, now):
    visit = checked_in()
    ask(browser(visit, MORGAN), page("p1", "t1"))
    later = now + policy().seat_lease + timedelta(seconds=1)
    assert ask(browser(visit, MORGAN), page("p2", "t2"), at=later).seat == 2


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
    ask(guardian, page("g1", "g1"))

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
    assert ask(browser(visit, MORGAN), page("p9", "t9")).stage == "admitted"


def test_an_older_page_cannot_leave_for_the_newer(checked_in, ask, transaction, reading, now):
    visit = checked_in()
    ask(browser(visit, MORGAN), page("p1", "t1"))
    ask(browser(visit, MORGAN), page("p2", "t2", move=True))
    with transaction() as session:
        ending.leave(session, browser(visit, MORGAN), "p1", now=now, visit_id=None)
    with reading() as session:
        assert session.get_one(Participant, visit.participant(MORGAN)).present_until


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


def test_a_call_that_runs_over_is_attached_again_after_a_reload(checked_in, ask, admit, now):
    """NUD-10 ends it two hours after it began, not half an hour after its planned end."""
    visit = checked_in()
    ask(browser(visit, MORGAN))
    admit(visit, MORGAN)
    over = now + timedelta(minutes=81)
    assert ask(browser(visit, MORGAN), page("p2"), at=over).stage == "admitted"
    assert ask(staff(DR_RIVERA), visit=visit, at=over).stage == "admitted"
    with pytest.raises(tickets.DoorClosed) as refused:
        ask(browser(visit, MORGAN), page("p3"), at=now + timedelta(minutes=121))
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


def _life(at):
    return SignalingNodeLife(node="n1", boot="b", seq=int(at.timestamp()), heard_at=at)


def test_every_role_of_a_participant_has_words():
    assert set(ROLE_WORDS) == set(Role)
