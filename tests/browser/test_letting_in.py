"""From the press of a button to the faces, and the step back that must not lose them."""

from __future__ import annotations

import pytest
from playwright.sync_api import TimeoutError, expect

from tests.two_people import PHONE, Side, TwoPeople

ADMIT = "**/admit?*"
TICKET = "**/visits/*/ticket"
LIST = "**/live"
NOTE_PRESSES = (
    """() => addEventListener("click", () => { window.__pressed = performance.now(); }, true)"""
)
LISTED = """() => performance.getEntriesByType("resource")
  .map(({ name, startTime }) => name.endsWith("/live") && startTime - window.__pressed)
  .find((ms) => ms > 0)"""


@pytest.fixture
def at_the_door(chromium, stack):
    """The patient waits, the clinician is in the room."""
    people = TwoPeople(chromium, stack)
    people.patient.open_link(people.visit["patient_url"])
    people.patient.go_to_the_waiting_room()
    people.clinician.page.goto(people.visit["clinician_url"])
    yield people
    people.close()


@pytest.fixture
def socket(at_the_door):
    """The clinician is in the room; this is the socket of the call."""
    clinician = at_the_door.clinician
    with clinician.page.expect_websocket(lambda opened: "room=board" not in opened.url) as one:
        clinician.go_into_the_room()
    return one.value


def is_description(text: object) -> bool:
    return '"type":"relayed"' in str(text) and '"describe"' in str(text)


def test_the_offer_is_at_the_clinicians_page_before_web_has_answered(at_the_door, socket):
    page, described, held = at_the_door.clinician.page, [], []
    socket.on("framereceived", lambda text: is_description(text) and described.append(text))
    page.route(ADMIT, lambda route: held.append(route))
    with socket.expect_event("framereceived", is_description):
        at_the_door.clinician.act("admit")
    at_the_door.patient.expect_call("waiting")
    held[0].continue_()
    at_the_door.see_each_other()
    assert len(described) == 1


@pytest.mark.usefixtures("socket")
def test_whom_web_refuses_is_let_go_of_and_may_be_let_in_later(at_the_door):
    clinician = at_the_door.clinician
    refusal = {"error": {"code": "on-hold", "message": "Not yet."}}
    clinician.page.route(ADMIT, lambda route: route.fulfill(status=409, json=refusal), times=1)
    clinician.act("admit")
    expect(clinician.page.get_by_text("Not yet.")).to_be_visible()
    at_the_door.patient.expect_call("waiting")
    clinician.act("admit")
    at_the_door.see_each_other()


def test_somebody_let_in_by_a_hand_that_was_faster_than_its_own_socket_is_seen(at_the_door):
    patient, clinician = at_the_door.patient, at_the_door.clinician
    held = []
    clinician.page.route(TICKET, lambda route: held.append(route))
    clinician.expect_call("idle")
    with clinician.page.expect_request(TICKET):
        clinician.act("admit")  # from outside the room: she goes in with it
    patient.expect_call("connecting")
    held[0].continue_()
    at_the_door.see_each_other()


@pytest.mark.usefixtures("socket")
def test_a_list_waits_for_the_face_and_then_says_who_is_in(at_the_door):
    page = at_the_door.clinician.page
    page.evaluate(NOTE_PRESSES)
    at_the_door.clinician.act("admit")
    at_the_door.see_each_other()
    assert page.wait_for_function(LISTED).json_value() > 1_000
    expect(page.locator('[data-live="people"] [data-action="admit"]')).to_have_count(0)


@pytest.mark.usefixtures("socket")
def test_a_button_is_not_taken_from_under_the_finger(at_the_door):
    page = at_the_door.clinician.page
    page.locator('[data-live="people"] [data-action="admit"]').hover()
    page.mouse.down()
    with page.expect_response(LIST):
        page.evaluate("() => document.dispatchEvent(new CustomEvent('mooring:changed'))")
    with page.expect_response(LIST):
        pass  # what came first was not shown, so that it is asked for again
    page.mouse.up()
    at_the_door.see_each_other()


def test_no_button_can_be_pressed_before_the_page_hears_it(chromium, stack):
    side, held = Side(chromium, PHONE), []
    side.page.route("**/assets/room-*.js", lambda route: held.append(route))
    side.page.goto(stack.visit(ready=True)["patient_url"], wait_until="commit")
    side.page.locator('[data-action="open"]').click(no_wait_after=True)
    button = side.page.locator('[data-panel="idle"] [data-action="turn-on"]')
    with pytest.raises(TimeoutError):
        button.click(timeout=2_000)
    for route in held:
        route.continue_()
    side.go_to_the_waiting_room()
    side.close()


@pytest.mark.usefixtures("socket")
def test_back_asks_in_the_call_and_leads_away_from_the_waiting_room(at_the_door):
    patient = at_the_door.patient
    at_the_door.clinician.act("admit")
    at_the_door.see_each_other()
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
