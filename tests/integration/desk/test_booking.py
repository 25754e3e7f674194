"""The front desk opens a visit, brings people in, sends links, hands it on, calls it off."""

from __future__ import annotations

import re
import uuid
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from server.messages.models import Channel, Letter
from server.tasks.models import Task
from server.visits.kinds import Stage, VisitKind, VisitState
from server.visits.models import Participant
from tests.people import ANA, DR_OSEI, DR_RIVERA, JORDAN_LEE, LINH, MORGAN, ROBIN, SAM_TAYLOR

VISIT = re.compile(r"/board/visits/([0-9a-f-]{36})")


def _typed(**changes: str) -> dict[str, str]:
    return {
        "patient": str(MORGAN.id),
        "clinician": str(DR_RIVERA.id),
        "kind": "FOLLOW_UP",
        "when": "now",
        "day": "",
        "time": "",
        "minutes": "",
        **changes,
    }


@pytest.fixture
def desk(as_staff):
    return as_staff(JORDAN_LEE)


def _open(desk, **changes: str) -> str:
    answer = desk.submit("/board/new", _typed(**changes))
    assert answer.status_code == 303, answer.text[:800]
    return VISIT.search(answer.headers["Location"])[1]


def test_a_visit_now_has_room_people_link_letter_and_audit_at_once(desk, ask_database):
    visit = _open(desk)
    assert ask_database("SELECT count(*) FROM visits") == 1
    assert ask_database("SELECT count(*) FROM participants") == 2
    assert ask_database("SELECT count(*) FROM visit_links") == 1
    assert ask_database("SELECT count(*) FROM outbox WHERE kind = 'visit-link'") == 2
    audited = ask_database("SELECT count(*) FROM audit_rows WHERE action = 'visit:open'")
    assert audited == 1
    assert MORGAN.short_name in desk.get(f"/board/visits/{visit}").text


def test_the_letter_is_neutral_and_its_link_opens(desk, ask_database, anybody):
    _open(desk)
    body = ask_database("SELECT body FROM outbox WHERE channel = 'email'")
    for word in ("Morgan", "Rivera", "ketamine", "psychiatr", "Harbor"):
        assert word.lower() not in body.lower()
    token = re.search(r"/v/(\S+)", body)[1]
    assert anybody().get(f"/v/{token}").status_code == 200


@pytest.mark.parametrize("kind", [kind.value for kind in VisitKind])
def test_every_kind_of_the_list_can_be_opened(desk, kind):
    _open(desk, kind=kind)


@pytest.mark.parametrize(
    ("clinician", "paged"),
    [(DR_OSEI, {DR_OSEI.email, DR_RIVERA.email}), (DR_RIVERA, {DR_RIVERA.email})],
    ids=["a colleague of the one on call", "the one on call"],
)
def test_a_safety_visit_opened_at_the_desk_pages_whoever_must_come(
    desk, reading, as_staff, clinician, paged
):
    """NUD-9: as a visit that becomes one; also when nobody is signed in."""
    visit = _open(desk, kind="CRISIS_CHECKIN", clinician=str(clinician.id))
    with reading() as session:
        pages = session.scalars(select(Letter).where(Letter.kind == "on-call-page")).all()
        called = session.scalars(select(Task.for_role).where(Task.kind == "safety-visit"))
        assert sorted(called) == ["coordinator", "psychiatrist", "therapist"]
    assert {p.to for p in pages if p.channel is Channel.EMAIL} == paged
    assert all(f"/visits/{visit}" in page.body for page in pages)
    assert as_staff(DR_RIVERA).get(f"/visits/{visit}").status_code == 200


def test_any_other_visit_opened_at_the_desk_wakes_nobody(desk, ask_database):
    _open(desk)
    assert ask_database("SELECT count(*) FROM outbox WHERE kind = 'on-call-page'") == 0
    assert ask_database("SELECT count(*) FROM tasks") == 0


@pytest.mark.parametrize("kind", ["DOSING", "INFUSION", "MEDICINE_SESSION", "follow_up", ""])
def test_no_other_kind_exists(desk, ask_database, kind):
    """NUD-1: a dose has no kind, so none can be scheduled."""
    answer = desk.submit("/board/new", _typed(kind=kind))
    assert answer.status_code == 422
    assert "Choose the kind" in answer.text
    assert ask_database("SELECT count(*) FROM visits") == 0


def test_nothing_typed_is_lost_when_something_is_missing(desk):
    answer = desk.submit("/board/new", _typed(patient="", minutes="45"))
    assert answer.status_code == 422
    assert 'value="45"' in answer.text
    assert f'value="{DR_RIVERA.id}" selected' in answer.text


@pytest.mark.parametrize(
    ("minutes", "status"), [("5", 303), ("120", 303), ("121", 422), ("4", 422)]
)
def test_a_visit_is_never_longer_than_two_hours(desk, minutes, status):
    """NUD-10."""
    assert desk.submit("/board/new", _typed(minutes=minutes)).status_code == status


def test_a_time_is_a_time_of_the_clinic(desk, ask_database):
    there = datetime.now(ZoneInfo("America/Denver")) + timedelta(days=2)
    _open(desk, when="at", day=f"{there:%Y-%m-%d}", time="10:30")
    stored = datetime.fromisoformat(str(ask_database("SELECT starts_at FROM visits")))
    stored = stored if stored.tzinfo else stored.replace(tzinfo=UTC)
    assert f"{stored.astimezone(ZoneInfo('America/Denver')):%H:%M}" == "10:30"


@pytest.mark.parametrize(
    ("day", "time"),
    [("2020-01-01", "10:00"), ("2099-01-01", "10:00"), ("soon", "10:00"), ("", "")],
)
def test_a_time_that_cannot_be_is_said_so(desk, day, time):
    answer = desk.submit("/board/new", _typed(when="at", day=day, time=time))
    assert answer.status_code == 422


def test_a_patient_of_another_clinic_does_not_exist_here(desk, ask_database):
    assert desk.submit("/board/new", _typed(patient=str(ROBIN.id))).status_code == 404
    assert ask_database("SELECT count(*) FROM visits") == 0


def test_an_interpreter_is_brought_in_by_a_link_of_their_own(desk, ask_database):
    visit = _open(desk)
    page = f"/board/visits/{visit}"
    person = f"interpreter:{ANA.id}"
    assert desk.submit(f"{page}/add", {"person": person}, page=page).status_code == 303
    assert ANA.name in desk.get(page).text
    assert ask_database("SELECT count(*) FROM visit_links") == 2
    twice = desk.submit(f"{page}/add", {"person": person}, page=page)
    assert twice.status_code == 409
    assert "in this visit already" in twice.text


def test_somebody_elses_guardian_cannot_be_brought_in(desk):
    page = f"/board/visits/{_open(desk)}"
    answer = desk.submit(f"{page}/add", {"person": f"guardian:{LINH.id}"}, page=page)
    assert answer.status_code == 404


def test_a_support_person_is_not_seated_as_a_guardian(desk):
    page = f"/board/visits/{_open(desk)}"
    answer = desk.submit(f"{page}/add", {"person": f"guardian:{SAM_TAYLOR.id}"}, page=page)
    assert answer.status_code == 409


def test_a_link_is_shown_once_and_works(desk, ask_database, anybody):
    page = f"/board/visits/{_open(desk)}"
    seat = ask_database("SELECT participant_id FROM visit_links")
    shown = desk.submit(f"{page}/copy", {"participant": _as_id(seat)}, page=page)
    assert shown.status_code == 200
    token = re.search(r"/v/([\w-]+)", shown.text)[1]
    assert anybody().get(f"/v/{token}").status_code == 200
    assert token not in desk.get(page).text


def test_sending_again_is_another_letter_and_the_old_link_goes_on(desk, ask_database):
    page = f"/board/visits/{_open(desk)}"
    seat = _as_id(ask_database("SELECT participant_id FROM visit_links"))
    assert desk.submit(f"{page}/resend", {"participant": seat}, page=page).status_code == 303
    assert ask_database("SELECT count(*) FROM visit_links WHERE revoked_at IS NULL") == 2
    assert ask_database("SELECT count(*) FROM outbox WHERE kind = 'visit-link'") == 4


def test_handing_over_keeps_the_patients_seat_and_link(desk, as_staff, ask_database):
    visit = _open(desk)
    page = f"/board/visits/{visit}"
    answer = desk.submit(f"{page}/reassign", {"clinician": str(DR_OSEI.id)}, page=page)
    assert answer.status_code == 303
    assert as_staff(DR_OSEI).get(f"/visits/{visit}").status_code == 200
    assert ask_database("SELECT count(*) FROM visit_links WHERE revoked_at IS NULL") == 1
    assert MORGAN.short_name not in as_staff(DR_RIVERA).get("/today").text


def test_who_was_replaced_and_is_brought_back_has_one_seat_and_may_come_in(
    desk, as_staff, reading
):
    visit = _open(desk)
    page = f"/board/visits/{visit}"
    desk.submit(f"{page}/reassign", {"clinician": str(DR_OSEI.id)}, page=page)
    desk.submit(f"{page}/add", {"person": f"psychiatrist:{DR_RIVERA.id}"}, page=page)
    with reading() as session:
        hers = select(Participant.stage).where(Participant.account_id == DR_RIVERA.id)
        assert session.scalars(hers).all() == [Stage.INVITED]
    ticket = as_staff(DR_RIVERA).post(f"/visits/{visit}/ticket", {"page": "p", "tab": "t"})
    assert ticket.json["stage"] == "admitted"


def test_the_desk_cuts_nobody_out_of_a_talk_that_may_not_begin_as_therapy(
    desk, a_visit, transaction
):
    """TEL-2: contact goes on without a place; not begun, and somebody is in it."""
    visit = a_visit(state=VisitState.WAITING)
    page = f"/board/visits/{visit.id}"
    acts = {"reassign": {"clinician": str(DR_OSEI.id)}, "cancel": {}}

    def present(until, *people):
        with transaction() as session:
            for person in people:
                seat = session.get_one(Participant, visit.participant(person))
                seat.stage, seat.present_until = Stage.ADMITTED, until

    soon = datetime.now(UTC) + timedelta(minutes=5)
    present(soon, MORGAN, DR_RIVERA)
    for what, typed in acts.items():
        refused = desk.submit(f"{page}/{what}", typed, page=page)
        assert (refused.status_code, "has begun" in refused.text) == (409, True)
    present(None, DR_RIVERA)  # she waits alone: somebody else must be able to come
    for what, typed in acts.items():
        assert desk.submit(f"{page}/{what}", typed, page=page).status_code == 303


def test_calling_off_closes_the_visit_and_says_so(desk, ask_database):
    visit = _open(desk)
    page = f"/board/visits/{visit}"
    assert desk.submit(f"{page}/cancel", page=page).status_code == 303
    assert ask_database("SELECT state FROM visits") == "CANCELLED_CLINIC"
    assert ask_database("SELECT count(*) FROM outbox WHERE kind = 'cancelled'") == 2
    assert "Cancelled" in desk.get("/board").text


def test_why_a_safety_visit_is_not_called_off_is_said_on_the_same_page(desk):
    page = f"/board/visits/{_open(desk, kind='CRISIS_CHECKIN')}"
    refused = desk.submit(f"{page}/cancel", page=page)
    assert (refused.status_code, "is ended by its clinician" in refused.text) == (409, True)
    assert MORGAN.short_name in refused.text


def test_only_the_front_desk_books_here(as_staff, a_visit):
    doctor = as_staff(DR_RIVERA)
    assert doctor.get("/board/new").status_code == 404
    assert doctor.get(f"/board/visits/{a_visit().id}").status_code == 404


def _as_id(value: object) -> str:
    return str(uuid.UUID(str(value)))
