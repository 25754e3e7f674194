"""Writing too often is refused to the person, from whatever browser (T-28, C-35)."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import func, select

from server.doors import door_of
from server.limits import USUAL, Rate
from server.visits.models import VisitMessage
from tests.browsing import Visitor
from tests.people import DR_RIVERA, MORGAN

pytestmark = [
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
    pytest.mark.check("C-35"),
]
WORDS = {"text": "Are you there?"}
MESSAGES = "visit_api.message_clinic"
TICKETS = ("visit_api.link_ticket", "visit_api.staff_ticket", "visit_api.board_ticket")
TURNS = 5


@pytest.fixture
def five_turns(app, monkeypatch):
    """`five_turns(endpoint)`: of which none comes back while we look."""

    def at(endpoint: str) -> None:
        view = app.view_functions[endpoint]
        few = replace(door_of(view), turns=Rate(1 / 3600, TURNS))
        monkeypatch.setattr(view, "door", few)

    return at


@pytest.fixture(autouse=True)
def _no_turn_comes_back_while_we_look(five_turns):
    """What a rate is, is asked in tests/unit/edge; here it is about whose turns they are."""
    for endpoint in (MESSAGES, TICKETS[1]):
        five_turns(endpoint)


def test_each_ticket_has_the_rate_of_a_lost_line(app):
    """T-28: a page that loses its line asks again and again; words are read by a person."""
    turns = {
        endpoint: door_of(view).turns
        for endpoint, view in app.view_functions.items()
        if door_of(view).turns != USUAL
    }
    assert turns.keys() == {MESSAGES, *TICKETS}
    assert turns[TICKETS[0]] == turns[TICKETS[2]] == Rate(1, 60)


def test_a_flood_of_words_stops_and_invented_addresses_begin_no_new_count(
    as_patient, a_visit, reading, record_property
):
    patient = as_patient(a_visit().link(MORGAN))
    answers = [
        patient.post("/visit/message", WORDS, **{"X-Forwarded-For": f"198.51.100.{number}"})
        for number in range(TURNS * 4)
    ]
    statuses = [answer.status_code for answer in answers]
    assert statuses == [200] * TURNS + [429] * TURNS * 3
    assert answers[-1].headers["Retry-After"]
    assert answers[-1].json["error"]["code"] == "too-many"
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(VisitMessage)) == TURNS
    record_property("figure", f"{TURNS} words of {TURNS * 4}")


def test_opening_the_link_again_gives_no_new_turns(as_patient, a_visit):
    token = a_visit().link(MORGAN)
    patient = as_patient(token)
    for _ in range(TURNS):
        assert patient.post("/visit/message", WORDS).status_code == 200
    patient.open_link(token)
    assert patient.post("/visit/message", WORDS).status_code == 429


def test_signing_in_again_gives_no_new_turns(as_staff, a_visit):
    visit = a_visit()
    path, body = f"/visits/{visit.id}/ticket", {"page": "p", "tab": "t"}
    first = as_staff(DR_RIVERA)
    statuses = {first.post(path, body).status_code for _ in range(TURNS)}
    assert statuses == {200}
    assert first.post(path, body).status_code == 429
    assert as_staff(DR_RIVERA).post(path, body).status_code == 429


def test_one_persons_haste_costs_nobody_else_a_turn(as_patient, as_staff, a_visit):
    visit = a_visit()
    patient = as_patient(visit.link(MORGAN))
    for _ in range(TURNS * 2):
        patient.post("/visit/message", WORDS)
    answer = as_staff(DR_RIVERA).post(f"/visits/{visit.id}/message", {"text": "We are here."})
    assert answer.status_code == 200


def test_five_wrong_identifiers_are_five_with_any_number_of_browsers(app, a_visit):
    """The count is the link's: no fresh jar and no other address begins it anew (T-17)."""
    token = a_visit().link(MORGAN)
    Visitor(app).open_link(token)
    wrong = {
        "birth_date_year": "1901", "birth_date_month": "1", "birth_date_day": "2",
        "phone_end": "0000",
    }  # fmt: skip
    statuses = []
    for number in range(8):
        browser = Visitor(app, **{"X-Forwarded-For": f"198.51.100.{number}"})
        browser.open_link(token)
        answer = browser.submit("/visit/confirm", wrong, page="/sign-in")
        statuses.append(answer.status_code)
    assert statuses == [422] * 4 + [429] * 4


def test_no_stranger_uses_up_everybodys_way_in(anybody, five_turns):
    five_turns("identity.sign_in")
    for number in range(TURNS + 2):
        wrong = {"email": f"nobody-{number}@harbor.example", "password": "wrong"}
        assert anybody().submit("/sign-in", wrong).status_code == 422
    anybody().sign_in(DR_RIVERA)
