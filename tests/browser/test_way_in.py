"""The way in by real browsers: link, questions, and an answer that needs somebody (NUD-9)."""

from __future__ import annotations

import time

import pytest
from playwright.sync_api import expect

from tests.people import JORDAN_LEE
from tests.two_people import DESK, PHONE, Side


@pytest.fixture
def sides(chromium):
    """As many browsers as the story has people."""
    opened: list[Side] = []

    def one(viewport) -> Side:
        opened.append(Side(chromium, viewport))
        return opened[-1]

    yield one
    for side in opened:
        side.close()


def choose(side: Side, name: str, answer: str) -> None:
    """Tick one answer and go on, as a thumb would."""
    side.page.locator(f'label:has(input[name="{name}"][value="{answer}"])').click()
    side.act("continue")


def answer_calmly_until(side: Side, step: str) -> None:
    page = side.page
    page.wait_for_url("**/check-in/identity")
    page.fill("#full_name", "Morgan Taylor")
    for part, value in (("month", "3"), ("day", "14"), ("year", "1985")):
        page.fill(f"#birth_date_{part}", value)
    side.act("continue")
    page.wait_for_url("**/check-in/place")
    choose(side, "place", "same")
    page.wait_for_url("**/check-in/contact")
    choose(side, "support_reachable", "yes")
    page.wait_for_url("**/check-in/private")
    choose(side, "private", "yes")
    for question in ("driving", "ketamine", "substances", "during"):
        page.wait_for_url(f"**/check-in/{question}")
        if question == step:
            return
        choose(side, question, "no")


def test_i_took_ketamine_today_opens_a_safety_visit_and_staff_know_within_seconds(stack, sides):
    visit = stack.visit(ready=False)
    phone, desk = sides(PHONE), sides(DESK)
    desk.page.goto(stack.sign_in_link(JORDAN_LEE, "/board"))
    phone.open_link(visit["patient_url"])
    answer_calmly_until(phone, "ketamine")
    began = time.monotonic()
    choose(phone, "ketamine", "yes")
    phone.expect_call("idle")
    expect(phone.page.get_by_text("You are in the right place.")).to_be_visible()
    expect(desk.page.get_by_text("A clinician must come to a visit now.").first).to_be_visible()
    assert time.monotonic() - began < 60
    phone.go_to_the_waiting_room()
    assert phone.complaints == []


def test_nothing_of_the_link_stays_in_path_or_history(stack, sides):
    visit = stack.visit(ready=False)
    token = visit["patient_url"].rsplit("/", 1)[1]
    phone = sides(PHONE)
    phone.open_link(visit["patient_url"])
    phone.page.wait_for_url("**/check-in/identity")
    assert token not in phone.page.url
    assert token not in phone.page.content()
    assert phone.page.evaluate("document.referrer") == ""


def test_a_second_browser_is_asked_who_it_is(stack, sides):
    visit = stack.visit(ready=False)
    sides(PHONE).open_link(visit["patient_url"])
    laptop = sides(DESK)
    laptop.open_link(visit["patient_url"])
    laptop.page.wait_for_url("**/visit/confirm")
    for part, value in (("month", "3"), ("day", "14"), ("year", "1985")):
        laptop.page.fill(f"#birth_date_{part}", value)
    laptop.page.fill("#phone_end", "0142")
    laptop.page.locator("button.primary").click()
    laptop.page.wait_for_url("**/check-in/identity")
    assert laptop.complaints == []


def test_a_test_broken_off_while_it_is_called_for_is_hung_up_all_the_same(stack, sides):
    phone, held = sides(PHONE), []
    phone.open_link(stack.visit(ready=True)["patient_url"])
    phone.expect_call("idle")  # a road laid while a page is on its way may not be its road
    phone.page.route("**/echo", lambda route: held.append(route))
    with phone.page.expect_request("**/echo"):
        phone.act("turn-on")
    phone.act("join")
    phone.expect_call("waiting")
    with phone.page.expect_request(lambda request: request.method == "DELETE"):
        held[0].continue_()
