"""A phone in the wrong hands: after leaving quickly nothing of us is there (C-38, T-10)."""

from __future__ import annotations

import contextlib
import re
import time

import pytest
from playwright.sync_api import Error, expect

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
    """The weather, or where there is no network the browser's own page that says so."""
    page.wait_for_load_state()
    shown = page.locator("body").inner_text()
    assert not any(word in shown for word in OURS), shown
    assert page.title() in ("Weather", "www.weather.gov", "")


def sent_away(page, go) -> None:
    """Our own address answers with another one; nobody plays the weather behind a redirect."""
    asked = []
    page.on("response", lambda answer: answer.url.startswith(DULL) or asked.append(answer))
    with contextlib.suppress(Error):
        go()
    assert asked, "nothing was asked: the browser had kept the page"
    assert (asked[0].status, asked[0].headers.get("location")) == (303, DULL)
    shows_nothing_of_us(page)


def session_is_over(side, stack) -> None:
    """Web has heard it, though the page was gone before the answer came."""
    until = time.monotonic() + 10
    while "__Host-visit" in {each["name"] for each in side.context.cookies(stack.url)}:
        assert time.monotonic() < until, "the session of the link still lives"
        side.page.evaluate("() => new Promise(requestAnimationFrame)")


@pytest.mark.check("C-38")
def test_after_leaving_quickly_back_shows_nothing(patient, stack, record_property):
    page = patient.page
    page.locator('main a[href="/breathe"]').click()
    page.wait_for_url("**/breathe")
    page.go_back()
    page.wait_for_url("**/check-in/private")
    patient.act("quick-exit")
    page.wait_for_url(DULL)
    shows_nothing_of_us(page)
    steps = 0
    while steps < page.evaluate("history.length") - 1 and page.url != "about:blank":
        steps += 1
        sent_away(page, page.go_back)
    record_property("figure", f"{steps} times Back, nothing of us")
    session_is_over(patient, stack)
    probe = patient.context.new_page()
    probe.goto(f"{stack.url}/healthz")
    assert probe.evaluate(KEPT) == []


@pytest.mark.check("C-38")
def test_the_keyboard_leaves_as_quickly_and_the_link_opens_again(patient, stack):
    """Shift three times; whoever opens the link then says first who she is."""
    page = patient.page
    page.locator("#who_else").focus()
    for capital in "NASA":  # typed fast, and no wish to leave
        page.keyboard.press(f"Shift+{capital}")
    expect(page.locator("#who_else")).to_have_value(re.compile("NASA"))
    for _ in range(3):
        page.keyboard.press("Shift")
    page.wait_for_url(DULL)
    sent_away(page, lambda: page.goto(f"{stack.url}/visit/check-in/private"))
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
    side.act("quick-exit")
    side.page.wait_for_url(DULL)
    session_is_over(side, stack)
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
