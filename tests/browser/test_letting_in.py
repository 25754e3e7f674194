"""From the press of Admit to the faces, and the step back that must not lose them."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, Route, expect

from tests.two_people import Side, TwoPeople

ADMIT = "**/admit?*"


@pytest.fixture
def at_the_door(chromium, stack):
    """The patient waits, the clinician is in the room."""
    people = TwoPeople(chromium, stack)
    people.clinician_heard = said_to(people.clinician.page)
    people.patient.open_link(people.visit["patient_url"])
    people.patient.go_to_the_waiting_room()
    people.clinician.page.goto(people.visit["clinician_url"])
    people.clinician.go_into_the_room()
    people.clinician.expect_call("connecting")
    yield people
    people.close()


def said_to(page: Page) -> list[str]:
    """Every text that a socket of this page receives, as it comes."""
    heard: list[str] = []
    page.on(
        "websocket",
        lambda socket: socket.on("framereceived", lambda text: heard.append(str(text))),
    )
    return heard


def see_each_other(people: TwoPeople) -> None:
    for side in (people.patient, people.clinician):
        side.expect_call("connected")
        side.expect_moving_picture()


def descriptions(heard: list[str]) -> list[str]:
    return [text for text in heard if '"type":"relayed"' in text and '"describe"' in text]


def test_the_offer_is_at_the_clinicians_page_before_web_has_answered(at_the_door):
    page, heard = at_the_door.clinician.page, at_the_door.clinician_heard
    held: list[Route] = []
    page.route(ADMIT, lambda route: held.append(route))
    at_the_door.clinician.act("admit")
    while not (held and descriptions(heard)):
        page.wait_for_timeout(20)
    at_the_door.patient.expect_call("waiting")
    held[0].continue_()
    see_each_other(at_the_door)
    assert len(descriptions(heard)) == 1


def test_whom_web_refuses_is_let_go_of_and_may_be_let_in_later(at_the_door):
    clinician = at_the_door.clinician
    refusal = {"error": {"code": "on-hold", "message": "Not yet."}}
    clinician.page.route(ADMIT, lambda route: route.fulfill(status=409, json=refusal), times=1)
    clinician.act("admit")
    expect(clinician.page.get_by_text("Not yet.")).to_be_visible()
    at_the_door.patient.expect_call("waiting")
    clinician.act("admit")
    see_each_other(at_the_door)


def test_a_button_that_is_held_while_the_list_is_fetched_anew_is_pressed_all_the_same(
    at_the_door,
):
    page = at_the_door.clinician.page
    page.locator('[data-live="people"] [data-action="admit"]').hover()
    page.mouse.down()
    with page.expect_response(lambda answer: "/live" in answer.url):
        page.evaluate("() => document.dispatchEvent(new CustomEvent('mooring:changed'))")
    page.wait_for_timeout(100)  # what came would be in the page by now
    page.mouse.up()
    see_each_other(at_the_door)


def test_back_asks_in_the_call_and_leads_away_from_the_waiting_room(at_the_door):
    patient = at_the_door.patient
    at_the_door.clinician.act("admit")
    see_each_other(at_the_door)
    step_back(patient)
    expect(patient.page.locator('dialog[data-dialog="leave"]')).to_be_visible()
    step_back(patient)
    expect(patient.page.locator('dialog[data-dialog="leave"]')).to_be_hidden()
    patient.expect_moving_picture()
    at_the_door.clinician.act("wait")
    patient.expect_call("waiting")
    step_back(patient)
    patient.page.wait_for_url(lambda url: "/visit/check-in" in url or "/v/" in url)


def step_back(side: Side) -> None:
    side.page.evaluate("() => history.back()")
