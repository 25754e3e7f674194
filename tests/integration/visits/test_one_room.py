"""Two people act at once, or in the wrong order: one room, one truth, on both engines."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
from sqlalchemy import func, select

from config.policy import policy
from server.access.actor import SYSTEM, Actor, ActorKind
from server.errors import Conflict, DomainError, NotFound
from server.tasks.models import Task
from server.tasks.service import open_task
from server.visits import (
    admission,
    attest,
    booking,
    company,
    conversion,
    ending,
    holds,
    seats,
    standing,
    tickets,
    words,
)
from server.visits.kinds import Stage, VisitKind, VisitState
from server.visits.models import CheckIn, Participant, SignalingNodeLife, Visit
from tests.people import ANA, DR_OSEI, DR_RIVERA, HARBOR, LINH, MORGAN, SAM_WHITFIELD

CLOSING = ending.Closing("completed", "good", "In two weeks", "See you in two weeks")
WRITE = {"times": policy(), "base_url": "https://mooring.test"}


def staff(person) -> Actor:
    return Actor(
        ActorKind.STAFF,
        role=person.role.value,
        session=f"session-{person.short_name}",
        clinic_id=HARBOR.id,
        account_id=person.id,
    )


def browser(visit, person=MORGAN, session="phone") -> Actor:
    seat_id = visit.participant(person)
    return Actor(ActorKind.LINK, session=session, clinic_id=HARBOR.id, participant_id=seat_id)


@pytest.fixture
def now():
    return datetime.now(UTC)


@pytest.fixture
def visit(transaction, a_visit, now):
    """Morgan and her mother have checked in; Dr. Rivera and Sam Whitfield are the hosts."""
    opened = a_visit(also=(LINH, SAM_WHITFIELD))
    with transaction() as session:
        for person in (MORGAN, LINH):
            session.add(
                CheckIn(
                    participant_id=opened.participant(person),
                    started_at=now,
                    saved_at=now,
                    completed_at=now,
                    city="Boulder",
                    state="CO",
                )
            )
    return opened


@pytest.fixture
def ask(transaction, now):
    """Ask for a ticket; returns its stage."""

    def ticket(actor, page="p", tab="t", *, move=False, at=None, visit_id=None):
        asked = tickets.Asked(page=page, tab=tab, move=move)
        with transaction() as session:
            issued, _seat, _visit = tickets.ticket_for(
                session, actor, asked, policy(), ("n1",), now=at or now, visit_id=visit_id
            )
            return issued

    return ticket


@pytest.fixture
def admit(transaction, now):
    def let_in(visit, person=MORGAN, by=DR_RIVERA, at=None):
        with transaction() as session:
            seat = visit.participant(person)
            admission.admit(session, staff(by), visit.id, seat, policy(), [], now=at or now)

    return let_in


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


def test_who_was_removed_is_not_let_in_again_by_the_same_seat(
    visit, ask, admit, transaction, now
):
    ask(browser(visit, LINH))
    with transaction() as session:
        seat = visit.participant(LINH)
        admission.remove(session, staff(DR_RIVERA), visit.id, seat, now=now)
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
        told = standing.standing(session, browser(visit), "p", policy(), now=later)
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
        told = standing.standing(session, browser(visit, LINH), "p", policy(), now=later)
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
    assert ask(rivera, visit_id=visit.id).stage == "admitted"


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
