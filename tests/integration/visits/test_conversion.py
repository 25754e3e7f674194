"""Nobody in danger is refused contact; a visit becomes a safety visit (NUD-8, 9)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from config.policy import policy
from server.access.actor import SYSTEM
from server.audit.models import AuditRow
from server.consents.models import TelehealthConsent
from server.control.models import ControlOrder
from server.errors import Conflict
from server.messages.models import Channel, Letter
from server.people.models import OnCallShift
from server.tasks.models import Task
from server.visits import conversion
from server.visits.kinds import Role, Stage, VisitKind, VisitState
from server.visits.models import Participant, Room, Visit, VisitLink
from tests.people import DR_OSEI, DR_RIVERA, MORGAN, SAM_WHITFIELD


@pytest.fixture
def current(reading):
    def of(visit) -> Visit:
        with reading() as session:
            return session.scalars(
                select(Visit).where(
                    Visit.room_id == visit.room_id, Visit.state != VisitState.CONVERTED_SAFETY
                )
            ).one()

    return of


def convert(transaction, visit, now=None):
    with transaction() as session:
        return conversion.to_safety_visit(
            session,
            SYSTEM,
            visit.id,
            "NUD-8d",
            policy(),
            base_url="https://mooring.test",
            now=now or datetime.now(UTC),
        )


@pytest.mark.parametrize(
    ("step", "rule"), [("ketamine", "NUD-8d"), ("substances", "NUD-8e"), ("during", "NUD-8f")]
)
def test_a_yes_opens_a_safety_visit_in_the_same_room_within_the_same_tap(
    app, as_patient, a_visit, current, reading, step, rule
):
    visit = a_visit(clinician=DR_OSEI)
    phone = as_patient(visit.link(MORGAN))
    phone.submit("/visit/check-in/place", {"place": "same"})
    answer = phone.submit(f"/visit/check-in/{step}", {step: "yes"})
    assert answer.headers["Location"] == "/visit"
    page = phone.get("/visit")
    assert "You are in the right place. We will talk with you now." in page.text
    assert phone.post("/visit/ticket", {"page": "p", "tab": "t"}).status_code == 200
    safety = current(visit)
    assert safety.kind is VisitKind.CRISIS_CHECKIN
    assert safety.continues_id == visit.id
    assert safety.clinician_id == DR_RIVERA.id  # on call, as Dr. Osei is not in
    with reading() as session:
        assert session.get(Visit, visit.id).state is VisitState.CONVERTED_SAFETY
        reasons = session.scalars(
            select(AuditRow.reason).where(AuditRow.action == "visit:convert")
        ).all()
        assert set(reasons) == {rule}


@pytest.mark.parametrize("step", ["driving", "ketamine", "substances", "during"])
@pytest.mark.parametrize("answer", ["no", "doctor"])
def test_no_other_answer_converts(app, as_patient, a_visit, current, step, answer):
    visit = a_visit()
    as_patient(visit.link(MORGAN)).submit(f"/visit/check-in/{step}", {step: answer})
    assert current(visit).kind is VisitKind.FOLLOW_UP


def test_the_clinician_on_call_is_paged_also_when_nobody_is_signed_in(
    transaction, a_visit, reading
):
    visit = a_visit(clinician=DR_OSEI)
    began = datetime.now(UTC)
    safety = convert(transaction, visit)
    with reading() as session:
        pages = session.scalars(select(Letter).where(Letter.kind == "on-call-page")).all()
        to_rivera = [page for page in pages if page.to == DR_RIVERA.email]
        assert {page.channel for page in pages} == {Channel.EMAIL, Channel.SMS}
        assert len(to_rivera) == 1
        assert all(page.due_at - began <= timedelta(seconds=5) for page in pages)
        for page in pages:  # T-10: neutral, and no name
            told = (page.subject + page.body).lower()
            assert not [w for w in ("morgan", "taylor", "ketamine", "drug") if w in told]
        tasks = {t.for_role: t for t in session.scalars(select(Task))}
        assert set(tasks) == {"psychiatrist", "therapist", "coordinator"}
        assert all(t.visit_id == safety.id for t in tasks.values())
        assert all(t.due_at - t.created_at <= timedelta(seconds=60) for t in tasks.values())
        assert "Safety" not in tasks["coordinator"].words  # ROLE-4


def test_boards_are_told_at_once_even_before_anybody_had_a_ticket(
    transaction, a_visit, reading
):
    visit = a_visit()
    convert(transaction, visit)
    with reading() as session:
        orders = session.scalars(select(ControlOrder)).all()
        rooms = [order.claims["room"] for order in orders if order.order == "change"]
        assert f"board-{MORGAN.house.id}" in rooms


def test_the_clinician_on_call_gets_a_seat(transaction, a_visit, reading):
    visit = a_visit(clinician=SAM_WHITFIELD)
    convert(transaction, visit)
    with reading() as session:
        seats = session.scalars(
            select(Participant).where(Participant.room_id == visit.room_id)
        ).all()
        assert {seat.role for seat in seats} == {
            Role.PATIENT,
            Role.THERAPIST,
            Role.PSYCHIATRIST,
        }


def test_their_own_clinician_keeps_the_visit_when_in_the_room(
    transaction, a_visit, current, reading
):
    visit = a_visit(clinician=DR_OSEI)
    with transaction() as session:
        seat = session.get(Participant, visit.participant(DR_OSEI))
        seat.present_until = datetime.now(UTC) + timedelta(seconds=15)
    convert(transaction, visit)
    assert current(visit).clinician_id == DR_OSEI.id
    with reading() as session:
        to = session.scalars(select(Letter.to)).all()
        assert DR_OSEI.email not in to  # is there already
        assert DR_RIVERA.email in to


def test_without_a_roster_their_own_clinician_is_paged(transaction, a_visit, current, reading):
    visit = a_visit(clinician=DR_OSEI)
    with transaction() as session:
        for shift in session.scalars(select(OnCallShift)):
            session.delete(shift)
    convert(transaction, visit)
    assert current(visit).clinician_id == DR_OSEI.id
    with reading() as session:
        assert DR_OSEI.email in session.scalars(select(Letter.to)).all()


@pytest.mark.parametrize(
    ("state", "goes_on_as"),
    [
        (VisitState.BOOKED, VisitState.PRECHECK),
        (VisitState.CONFIRMED, VisitState.PRECHECK),
        (VisitState.PRECHECK, VisitState.PRECHECK),
        (VisitState.WAITING, VisitState.WAITING),
        (VisitState.IN_PROGRESS, VisitState.IN_PROGRESS),
    ],
)
def test_whoever_waits_or_is_in_stays_so(transaction, a_visit, current, state, goes_on_as):
    visit = a_visit(state=state)
    convert(transaction, visit)
    assert current(visit).state is goes_on_as


@pytest.mark.parametrize(
    "state", [VisitState.ENDED, VisitState.CANCELLED_PT, VisitState.NO_SHOW, VisitState.ABORTED]
)
def test_a_closed_visit_is_not_converted(transaction, a_visit, state):
    visit = a_visit(state=state)
    with pytest.raises(Conflict):
        convert(transaction, visit)


def test_link_seat_and_admission_stay_as_they_are(transaction, a_visit, reading):
    visit = a_visit(state=VisitState.IN_PROGRESS)
    with transaction() as session:
        seat = session.get(Participant, visit.participant(MORGAN))
        seat.stage, seat.admitted_session = Stage.ADMITTED, "phone"
        seat.seat, seat.seat_session = 3, "phone"
    before = _unchanging(reading, visit)
    convert(transaction, visit)
    assert _unchanging(reading, visit) == before


def _unchanging(reading, visit):
    with reading() as session:
        seat = session.get(Participant, visit.participant(MORGAN))
        room = session.get(Room, visit.room_id)
        links = session.scalars(select(VisitLink.token_hash)).all()
        kept = (seat.stage, seat.admitted_session, seat.seat, seat.seat_session)
        return kept, room.name, room.epoch, sorted(links)


def test_asking_twice_changes_nothing(transaction, a_visit, reading):
    visit = a_visit()
    first = convert(transaction, visit)
    assert convert(transaction, visit).id == first.id
    with reading() as session:
        assert len(session.scalars(select(Visit)).all()) == 2
        keys = session.scalars(select(Letter.dedupe_key)).all()
        assert len(keys) == len(set(keys))


def test_a_safety_visit_outlives_the_appointment(
    app, as_patient, a_visit, transaction, current
):
    visit = a_visit(starts_in=-timedelta(minutes=78), length=timedelta(minutes=50))
    phone = as_patient(visit.link(MORGAN))
    convert(transaction, visit)
    later = current(visit).ends_at
    assert later > datetime.now(UTC) + timedelta(minutes=29)
    assert phone.get("/visit").status_code in (200, 303)


def test_no_consent_is_signed_in_a_safety_visit(app, as_patient, a_visit, reading):
    visit = a_visit()
    phone = as_patient(visit.link(MORGAN))
    phone.submit("/visit/check-in/place", {"place": "same"})
    version = policy().telehealth_consent_version
    phone.submit("/visit/check-in/ketamine", {"ketamine": "yes"})
    answer = phone.submit(
        "/visit/check-in/consent",
        {"consent": "yes", "consent_version": version},
        page="/visit/cannot-come",
    )
    assert answer.headers["Location"] == "/visit"
    with reading() as session:
        assert session.scalars(select(TelehealthConsent)).all() == []


def test_a_safety_visit_asks_only_where_to_send_help(app, as_patient, a_visit, transaction):
    visit = a_visit()
    phone = as_patient(visit.link(MORGAN))
    convert(transaction, visit)
    assert phone.get("/visit").headers["Location"] == "/visit/check-in/place"
    phone.submit("/visit/check-in/place", {"place": "doctor"})
    assert phone.get("/visit").status_code == 200
    assert phone.post("/visit/ticket", {"page": "p", "tab": "t"}).status_code == 200
