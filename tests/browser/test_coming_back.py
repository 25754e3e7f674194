"""A page loaded again in mid-call: what begins before its scripts, and only once (R-04)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.two_people import TwoPeople

SCRIPTS = "**/assets/room-*.js"
TICKET = "**/visit/ticket"
COLLECT = """(() => {
  window.__made = [];
  window.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(...given) { super(...given); window.__made.push(this); }
  };
})()"""
RESTS = """() => window.__made.some((pc) => pc.signalingState !== "closed"
  && pc.getSenders().length > 0 && pc.getSenders().every(({ track }) => track === null))"""
SEND_ELSEWHERE = """() => {
  for (const [key, value] of Object.entries(sessionStorage)) {
    sessionStorage[key] = value.replace(/^(ws.*room=)[^&]+/, "$1elsewhere");
  }
}"""
#: less than the time after which a silent connection is given up anyway
BEFORE_IT_IS_REBUILT = 5_000


@pytest.fixture(scope="module")
def talking(chromium, stack) -> Iterator[TwoPeople]:
    """One call in which both see each other; whoever reloads is back in it."""
    people = TwoPeople(chromium, stack)
    people.clinician.context.add_init_script(COLLECT)
    yield people.in_a_call()
    people.close()


def come_back(people: TwoPeople) -> None:
    people.patient.page.reload(wait_until="commit")
    people.see_each_other()


def roads(page: Page) -> list[str]:
    """The sockets that this page will open to a visit."""
    opened: list[str] = []
    page.on("websocket", lambda socket: "room=" in socket.url and opened.append(socket.url))
    return opened


def test_it_asks_for_its_ticket_before_its_scripts_have_come(talking):
    page, held = talking.patient.page, []
    page.route(SCRIPTS, lambda route: held.append(route))
    with page.expect_request(SCRIPTS), page.expect_request(TICKET):
        page.reload(wait_until="commit")
    talking.patient.expect_call("connecting")
    expect(page.locator('[data-action="turn-on"]').first).to_be_hidden()
    expect(page.locator('[inert] [data-action="leave"]')).to_be_visible()  # not to be pressed
    held[0].continue_()
    page.unroute(SCRIPTS)
    talking.see_each_other()
    expect(page.locator('[inert] [data-action="leave"]')).to_have_count(0)


def test_it_comes_back_by_one_ticket_and_one_socket(talking):
    page, tickets = talking.patient.page, []
    opened = roads(page)
    page.on("request", lambda one: one.url.endswith("/visit/ticket") and tickets.append(one))
    come_back(talking)
    assert (len(tickets), len(opened)) == (1, 1)


def test_a_socket_that_leads_elsewhere_by_now_is_not_used(talking):
    page = talking.patient.page
    page.evaluate(SEND_ELSEWHERE)
    opened = roads(page)
    come_back(talking)
    assert ["room=elsewhere" in each for each in opened] == [True, False]


def test_nothing_more_is_sent_to_a_page_that_is_gone(talking):
    page, clinician, held = talking.patient.page, talking.clinician.page, []
    clinician.wait_for_function(f"() => !({RESTS})()")
    page.route(SCRIPTS, lambda route: held.append(route))
    with page.expect_request(SCRIPTS):
        page.reload(wait_until="commit")
    clinician.wait_for_function(RESTS, timeout=BEFORE_IT_IS_REBUILT)
    held[0].continue_()
    page.unroute(SCRIPTS)
    talking.see_each_other()
