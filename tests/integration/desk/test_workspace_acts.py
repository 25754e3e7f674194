"""What a clinician does around the call: attest, move, call for help, convert, admit."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest

from server.visits.attest import STATEMENTS
from server.visits.kinds import Stage, VisitState
from server.visits.models import CheckIn, Participant, SignalingNodeLife, Visit
from tests.people import DR_LIND, DR_OSEI, DR_RIVERA, JORDAN_LEE, MORGAN, SAM_TAYLOR

ALL_CONFIRMED = dict.fromkeys(STATEMENTS, "confirmed")


@pytest.fixture
def doctor(as_staff):
    return as_staff(DR_RIVERA)


@pytest.fixture
def waiting(a_visit, transaction):
    """Morgan has checked in at home in Boulder and waits; her support person waits too."""

    def wait(**said: object):
        visit = a_visit(also=(SAM_TAYLOR,))
        now = datetime.now(UTC)
        with transaction() as session:
            answers = {"state": "CO", "city": "Boulder", "street": "1450 Pearl Street", **said}
            session.add(
                CheckIn(
                    participant_id=visit.participant(MORGAN),
                    started_at=now,
                    saved_at=now,
                    completed_at=now,
                    **answers,
                )
            )
            for person in (MORGAN, SAM_TAYLOR):
                seat = session.get_one(Participant, visit.participant(person))
                seat.stage, seat.seat, seat.seat_session = Stage.WAITING, 1, "a-browser"
                seat.waiting_since = now - timedelta(minutes=2)
                seat.present_until = now + timedelta(minutes=5)
            session.get_one(Visit, visit.id).state = VisitState.WAITING
        return visit

    return wait


def _who(visit):
    return f"/visits/{visit.id}/who/{visit.participant(MORGAN)}"


def test_the_confirm_who_card_names_person_birth_date_and_place(doctor, waiting):
    page = doctor.get(_who(waiting())).text
    for words in (MORGAN.name, "14 March 1985", "1450 Pearl Street, Boulder CO", "CO, valid"):
        assert words in page
    assert 'data-action="admit"' in page


def test_a_new_browser_is_said_on_the_card(doctor, waiting, transaction):
    visit = waiting()
    with transaction() as session:
        seat = session.get_one(Participant, visit.participant(MORGAN))
        seat.new_browser_at = datetime.now(UTC)
    assert "New browser" in doctor.get(_who(visit)).text


def test_admitting_from_the_day_list_opens_the_workspace(doctor, waiting, ask_database):
    visit = waiting()
    assert "Admit" in doctor.get("/today").text
    answer = doctor.submit(_who(visit))
    assert answer.headers["Location"] == f"/visits/{visit.id}#in"
    assert ask_database("SELECT count(*) FROM participants WHERE stage = 'admitted'") == 1
    assert "In the room" in doctor.get(f"/visits/{visit.id}").text


def test_when_the_visit_is_over_no_line_is_lost(doctor, waiting, transaction):
    visit = waiting()
    doctor.submit(_who(visit))
    with transaction() as session:
        for person in (MORGAN, SAM_TAYLOR):
            session.get_one(Participant, visit.participant(person)).present_until = None
    assert "Line lost" in doctor.get(f"/visits/{visit.id}").text
    with transaction() as session:
        session.get_one(Visit, visit.id).state = VisitState.ENDED
    page = doctor.get(f"/visits/{visit.id}").text
    assert "Line lost" not in page
    assert "Was in the visit" in page
    assert "Did not come in" in page


def test_admitting_needs_the_forms_own_token(doctor, waiting):
    answer = doctor.raw("POST", _who(waiting()), headers={"Origin": "https://mooring.test"})
    assert answer.status_code == 403


def test_the_start_is_attested_and_shown(doctor, waiting, ask_database):
    visit = waiting()
    answer = doctor.post(f"/visits/{visit.id}/start", ALL_CONFIRMED)
    assert answer.status_code == 200, answer.text
    assert ask_database("SELECT attested_at FROM visits") is not None
    assert "Confirmed" in doctor.get(f"/visits/{visit.id}").text


def test_unable_needs_a_reason_and_is_kept_with_it(doctor, waiting):
    """NUD-8: each statement is confirmed, or unable and why."""
    visit = waiting()
    url = f"/visits/{visit.id}/start"
    bare = doctor.post(url, {**ALL_CONFIRMED, "sober": {"answer": "unable", "because": " "}})
    assert bare.status_code == 422
    said = {"answer": "unable", "because": "seems very tired"}
    assert doctor.post(url, {**ALL_CONFIRMED, "sober": said}).status_code == 200
    assert "Unable: seems very tired" in doctor.get(f"/visits/{visit.id}/chart").text


@pytest.mark.parametrize("name", list(STATEMENTS))
def test_no_statement_may_be_left_out(doctor, waiting, ask_database, name):
    told = {key: value for key, value in ALL_CONFIRMED.items() if key != name}
    answer = doctor.post(f"/visits/{waiting().id}/start", told)
    assert answer.status_code == 422
    assert ask_database("SELECT attested_at FROM visits") is None


@pytest.mark.parametrize("told", [None, [], {"identity": 1}, {"unknown": "confirmed"}, "x"])
def test_a_misshapen_attestation_is_refused_with_a_sentence(doctor, waiting, told):
    answer = doctor.post(f"/visits/{waiting().id}/start", told)
    assert (answer.status_code, answer.json["error"]["code"]) == (422, "invalid")


def test_naming_somebody_near_them_lets_therapy_begin(doctor, waiting, ask_database):
    """TEL-5, NUD-8 (g): what was said at check-in is not the last word."""
    visit = waiting(support_reachable="no", support_name="", support_phone="")
    doctor.submit(_who(visit))
    assert doctor.post(f"/visits/{visit.id}/start", ALL_CONFIRMED).json["code"] == (
        "E_EMERGENCY_PLAN"
    )
    near = f"/visits/{visit.id}/near-them"
    told = {"support_name": "Sam", "support_phone": "0148", "support_reachable": "yes"}
    wrong = doctor.post(near, told)
    assert (wrong.status_code, wrong.json["error"]["code"]) == (422, "invalid")
    assert ask_database("SELECT state FROM visits") == "WAITING"
    right = doctor.post(near, {**told, "support_phone": "(303) 555-0148"})
    assert (right.status_code, right.json["code"]) == (200, None)
    assert ask_database("SELECT state FROM visits") == "IN_PROGRESS"
    assert "303 555 0148" in doctor.get(f"/visits/{visit.id}").text
    left = doctor.post(near, {"support_reachable": "no"})
    assert left.status_code == 200
    assert ask_database("SELECT state FROM visits") == "IN_PROGRESS"  # nobody is cut off


@pytest.mark.parametrize("told", [None, [], {"support_reachable": "maybe"}, {"name": "Sam"}])
def test_a_misshapen_neighbour_is_refused_with_a_sentence(doctor, waiting, told):
    answer = doctor.post(f"/visits/{waiting().id}/near-them", told)
    assert (answer.status_code, answer.json["error"]["code"]) == (422, "invalid")


def test_a_missing_place_stops_therapy_and_never_contact(doctor, waiting, ask_database):
    visit = waiting(state="", city="", street="", place_withheld=True)
    assert doctor.submit(_who(visit)).status_code == 303  # contact
    answer = doctor.post(f"/visits/{visit.id}/start", ALL_CONFIRMED)
    assert answer.json["code"] == "E_LOCATION_MISSING"
    assert ask_database("SELECT state FROM visits") == "WAITING"


@pytest.mark.parametrize(
    ("state", "may_treat", "code"), [("TX", True, None), ("UT", False, "E_LICENCE_STATE")]
)
def test_when_the_patient_moves_the_licence_is_asked_again(
    doctor, waiting, ask_database, state, may_treat, code
):
    """TEL-2, TEL-11: the state of now decides, and nobody is cut off by the answer."""
    visit = waiting()
    doctor.submit(_who(visit))
    answer = doctor.post(f"/visits/{visit.id}/moved", {"city": "Somewhere", "state": state})
    assert (answer.json["may_treat"], answer.json["code"]) == (may_treat, code)
    assert ask_database("SELECT count(*) FROM participants WHERE stage = 'admitted'") == 1
    assert "Somewhere" in doctor.get(f"/visits/{visit.id}").text
    moved = "SELECT count(*) FROM audit_rows WHERE action = 'visit:patient-moved'"
    assert ask_database(moved) == 1


def test_a_move_without_city_or_state_is_said(doctor, waiting):
    answer = doctor.post(f"/visits/{waiting().id}/moved", {"street": "1 Way"})
    assert answer.status_code == 422


def test_the_numbers_are_those_of_the_place(doctor, waiting):
    """TEL-4."""
    page = doctor.get(f"/visits/{waiting().id}/chart/safety").text
    assert "303 555 0121" in page
    assert "Foothills Hospital" in page


def test_a_call_for_help_reaches_the_board_and_nothing_in_the_room(
    doctor, as_staff, waiting, ask_database
):
    """TEL-5: silent; the desk reads who and where, never why."""
    visit = waiting()
    assert doctor.post(f"/visits/{visit.id}/call-for-help").status_code == 200
    board = as_staff(JORDAN_LEE).get("/board").text
    assert "Call for help" in board
    assert "1450 Pearl Street" in board
    told = "SELECT count(*) FROM control_orders WHERE CAST(claims AS TEXT) LIKE '%board-%'"
    to_the_room = (
        "SELECT count(*) FROM control_orders WHERE CAST(claims AS TEXT) NOT LIKE '%board-%'"
    )
    if ask_database("SELECT count(*) FROM control_orders"):
        assert ask_database(told)
        assert not ask_database(to_the_room)


def test_the_desk_takes_a_call_and_finishes_it(doctor, as_staff, waiting, ask_database):
    doctor.post(f"/visits/{waiting().id}/call-for-help")
    desk = as_staff(JORDAN_LEE)
    task = _first_task(desk.get("/board").text)
    assert desk.submit(f"/tasks/{task}/take", page="/board").status_code == 303
    assert "taken" in desk.get("/board").text
    assert desk.submit(f"/tasks/{task}/done", page="/board").status_code == 303
    assert "Call for help" not in desk.get("/board").text


def test_a_safety_visit_keeps_room_people_and_note(doctor, waiting, ask_database):
    """NUD-9: same room, link and seat; the words written before are still there."""
    visit = waiting()
    doctor.put(f"/visits/{visit.id}/note", {"text": "Before.", "revision": 0, "key": "k" * 16})
    answer = doctor.post(f"/visits/{visit.id}/convert")
    assert answer.status_code == 200, answer.text
    after = answer.json["visit"]
    assert after != str(visit.id)
    moved = doctor.get(f"/visits/{visit.id}")
    assert moved.headers["Location"] == f"/visits/{after}"
    page = doctor.get(f"/visits/{after}").text
    assert "Before." in page
    assert "Safety visit" in page
    assert doctor.get(f"/visits/{visit.id}/live").status_code == 200
    assert ask_database("SELECT count(*) FROM participants WHERE stage = 'waiting'") == 2


def test_a_colleague_is_told_that_not_who_until_they_take_the_page(as_staff, doctor, waiting):
    """T-08 and NUD-9: any clinician may help, and is named in the record when they do."""
    after = doctor.post(f"/visits/{waiting().id}/convert").json["visit"]
    colleague = as_staff(DR_OSEI)
    page = colleague.get("/today").text
    assert "Safety visit: somebody needs you" in page
    assert MORGAN.short_name not in page
    assert colleague.get(f"/visits/{after}").status_code == 404
    answer = colleague.submit(f"/tasks/{_first_task(page)}/take", page="/today")
    assert answer.headers["Location"] == f"/visits/{after}"
    assert colleague.get(f"/visits/{after}").status_code == 200


def test_the_front_desk_reads_urgent_and_no_reason(doctor, as_staff, waiting):
    doctor.post(f"/visits/{waiting().id}/convert")
    board = as_staff(JORDAN_LEE).get("/board").text
    assert "Urgent visit" in board
    assert "Safety visit" not in board


@pytest.mark.parametrize("act", ["start", "moved", "call-for-help", "convert"])
@pytest.mark.parametrize("stranger", [DR_LIND, JORDAN_LEE], ids=lambda s: s.name)
def test_no_stranger_acts_in_a_visit(as_staff, waiting, ask_database, act, stranger):
    body = {"city": "X", "state": "CO"} if act == "moved" else {}
    answer = as_staff(stranger).post(f"/visits/{waiting().id}/{act}", body)
    assert (answer.status_code, answer.json["error"]["code"]) == (404, "not-found")
    assert ask_database("SELECT count(*) FROM tasks") == 0


def test_one_press_writes_to_whoever_waits(doctor, waiting, ask_database):
    visit = waiting()
    said = {"text": "5 more minutes"}
    assert doctor.submit(f"/today/{visit.id}/message", said, page="/today").status_code == 303
    assert ask_database("SELECT text FROM visit_messages") == "5 more minutes"


def test_a_lost_line_shows_the_plan_in_the_policys_order(doctor, waiting, transaction):
    """TEL-8."""
    visit = waiting()
    doctor.submit(_who(visit))
    now = datetime.now(UTC)
    with transaction() as session:
        seat = session.get_one(Participant, visit.participant(MORGAN))
        seat.left_at, seat.present_until = now - timedelta(minutes=3), None
        session.add(SignalingNodeLife(node="", boot="b", seq=1, heard_at=now))
    page = doctor.get(f"/visits/{visit.id}").text
    assert "data-lost=" in page
    order = ["same link", "Call Morgan", "new link", "Call Sam Taylor", "welfare check"]
    places = [page.index(words, page.index("data-drop")) for words in order]
    assert places == sorted(places)


def _first_task(page: str) -> str:
    return re.search(r'data-task="([0-9a-f-]+)"', page)[1]
