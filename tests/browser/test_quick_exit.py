"""A phone in the wrong hands: after leaving quickly nothing of us is there (C-38, T-10)."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.people import DR_RIVERA
from tests.two_people import PHONE, Side

DULL = "https://www.weather.gov/"
SKY = "<!doctype html><title>Weather</title><p>Mostly sunny</p>"
#: words of ours that somebody who presses Back might read
OURS = ("visit", "Mooring", "clinic", "Rivera", "Saved", "Get help")
KEPT = """async () => [
  ...Object.keys(sessionStorage), ...Object.keys(localStorage), ...await caches.keys(),
  ...(await indexedDB.databases()).map(each => each.name),
  ...(await navigator.serviceWorker.getRegistrations()).map(each => each.scope),
]"""


@pytest.fixture
def patient(chromium, stack):
    """Morgan at her second question, on a phone; the weather is played by us."""
    side = Side(chromium, PHONE)
    side.context.route(
        f"{DULL}**", lambda route: route.fulfill(body=SKY, content_type="text/html")
    )
    side.open_link(stack.visit(ready=False)["patient_url"])
    side.page.wait_for_url("**/check-in/identity")
    side.page.goto(f"{stack.url}/visit/check-in/private")
    side.page.fill("#who_else", "My brother")
    yield side
    side.close()


def shows_nothing_of_us(page) -> None:
    page.wait_for_load_state()
    assert page.url == DULL
    assert page.title() == "Weather"
    assert not any(word in page.content() for word in OURS)


@pytest.mark.check("C-38")
def test_after_leaving_quickly_back_shows_nothing(patient, stack, record_property):
    page = patient.page
    page.locator('a[href="/breathe"]').click()
    page.wait_for_url("**/breathe")
    page.go_back()
    page.wait_for_url("**/check-in/private")
    with page.expect_response("**/visit/away"):
        patient.act("quick-exit")
    page.wait_for_url(DULL)
    shows_nothing_of_us(page)
    steps = 0
    while page.evaluate("history.length") > steps and steps < 8:
        steps += 1
        page.go_back()
        if page.url == "about:blank":
            break
        shows_nothing_of_us(page)
    record_property("figure", f"{steps} times Back, nothing of us")
    left = {each["name"] for each in patient.context.cookies(stack.url)}
    assert "__Host-visit" not in left
    probe = patient.context.new_page()
    probe.goto(f"{stack.url}/healthz")
    assert probe.evaluate(KEPT) == []


@pytest.mark.check("C-38")
def test_the_keyboard_leaves_as_quickly_and_the_link_opens_again(patient, stack):
    """Shift three times; whoever opens the link then says first who she is."""
    page = patient.page
    page.locator("h1").click()
    for _ in range(3):
        page.keyboard.press("Shift")
    page.wait_for_url(DULL)
    page.goto(f"{stack.url}/visit/check-in/private")
    shows_nothing_of_us(page)
    page.goto(f"{stack.url}/help")  # written by hand, help is always there
    expect(page.locator("h1")).to_be_visible()
    assert page.url.endswith("/help")


@pytest.mark.check("C-38")
def test_leaving_asks_the_next_browser_who_it_is(chromium, stack):
    side = Side(chromium, PHONE)
    side.context.route(
        f"{DULL}**", lambda route: route.fulfill(body=SKY, content_type="text/html")
    )
    url = stack.visit(ready=False)["patient_url"]
    side.open_link(url)
    side.page.wait_for_url("**/check-in/identity")
    with side.page.expect_response("**/visit/away"):
        side.act("quick-exit")
    side.page.wait_for_url(DULL)
    side.open_link(url)
    side.page.wait_for_url("**/visit/confirm")
    side.close()


def test_one_tap_says_quietly_that_she_is_not_alone(patient, stack, chromium):
    """The button says "Saved", the page stays, what she wrote stays; the clinician knows."""
    page = patient.page
    button = page.locator('button[form="with-me"]')
    button.focus()
    page.keyboard.press("Enter")
    expect(button).to_have_text("Saved")
    expect(button).to_have_text("Somebody is with me", timeout=8_000)
    assert page.input_value("#who_else") == "My brother"
    doctor = Side(chromium, {"width": 1280, "height": 800})
    doctor.page.goto(stack.sign_in_link(DR_RIVERA, "/today"))
    expect(doctor.page.locator('[aria-label="Needs somebody now"]')).to_contain_text(
        "Not alone"
    )
    doctor.close()
    assert patient.complaints == []
