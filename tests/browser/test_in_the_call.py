"""Who is in a call: a second tab, a third person who is taken out, one browser for both."""

from __future__ import annotations

import re
import uuid
from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

from server.visits.company import add_participant
from server.visits.kinds import Role
from tests.actors import staff
from tests.people import ANA, JORDAN_LEE
from tests.said import named
from tests.two_people import DESK, Side

AT_ONCE = 1_000
WIDTHS = """(() => {
  window.__widths = [];
  const note = ({ target }) => {
    if (target.matches?.("video[data-remote]")) window.__widths.push(target.videoWidth);
  };
  addEventListener("resize", note, true);
})()"""
WHOLE_CAMERA = 'document.querySelector("video[data-self]").videoWidth'
#: less than the ten seconds between two looks at one's own state
WITHOUT_A_POLL = 6_000


@pytest.mark.check("C-18")
def test_a_patients_offer_waits_with_her_and_is_sent_no_second_time(two_people):
    said = []
    two_people.patient.page.on(
        "websocket", lambda ws: ws.on("framesent", lambda frame: said.append(str(frame)))
    )
    two_people.in_a_call()
    assert [text for text in said if text.startswith("40") and '"type":"offer"' in text]
    assert not [text for text in said if '"describe"' in text]


def test_the_first_picture_is_half_as_wide_and_the_whole_one_follows(two_people):
    sides = two_people.patient, two_people.clinician
    for side in sides:
        side.context.add_init_script(WIDTHS)
    two_people.in_a_call()
    for side in sides:
        side.page.wait_for_function(f"window.__widths.at(-1) === {WHOLE_CAMERA}")
        assert side.page.evaluate(f"window.__widths[0] / {WHOLE_CAMERA}") == 0.5


def test_a_second_tab_is_asked_and_the_first_says_where_the_visit_went(two_people):
    people = two_people.in_a_call()
    second = people.patient.context.new_page()
    second.goto(f"{people.stack.url}/visit")
    second.locator('dialog[open] [data-action="move-here"]').click()
    people.patient.expect_call("moved")
    expect(second.locator('html[data-call="connected"]')).to_be_attached()


def test_a_third_person_joins_and_once_removed_gets_nothing_more(two_people, chromium):
    people = two_people.in_a_call()
    third = Side(chromium, DESK)
    third.open_link(_bring_in_ana(people))
    _answer_everything(third)
    third.expect_call("idle")
    third.act("turn-on")
    third.expect_call("testing")
    clinician = people.clinician.page
    _look_at_ones_own_state(clinician)
    third.act("join")
    expect(clinician).to_have_title(re.compile(r"^\(1\) "), timeout=WITHOUT_A_POLL)
    row = clinician.locator("[data-person]", has_text="Ana")
    row.locator('[data-action="admit"]').click()
    third.expect_call("connected")
    third.expect_moving_picture()
    expect(third.page.locator("[data-people] figure")).to_have_count(2)
    expect(people.patient.page.locator("[data-people] figure")).to_have_count(2)
    row.locator('[data-action="remove"]').click()
    third.expect_call("ended")
    third.page.wait_for_timeout(AT_ONCE)  # the promise itself: nothing more after one second
    decoded = third.frames()
    third.page.wait_for_timeout(AT_ONCE)
    assert third.frames() == decoded
    expect(people.patient.page.locator("[data-people] figure")).to_have_count(1)
    people.patient.expect_moving_picture()
    third.close()


def test_two_windows_of_one_browser_play_both_sides(two_people):
    people = two_people
    people.patient.open_link(people.visit["patient_url"])
    people.patient.go_to_the_waiting_room()
    desk = people.patient.context.new_page()
    desk.goto(people.visit["clinician_url"])
    desk.locator('[data-action="turn-on"]:visible').click()
    desk.locator('[data-action="join"]:visible').click()
    desk.locator('[data-action="admit"]:visible').first.click()
    people.patient.expect_call("connected")
    expect(desk.locator('html[data-call="connected"]')).to_be_attached()
    expect(desk.locator('[data-action="mute"][aria-pressed="true"]')).to_be_visible()


def test_the_clinician_ends_the_visit_for_everybody(two_people):
    people = two_people.in_a_call()
    page = people.clinician.page
    people.clinician.act("end")
    dialog = page.locator('dialog[data-dialog="end"]')
    for name, value in (("outcome", "completed"), ("technical_outcome", "good")):
        field = dialog.locator(f'[name="{name}"]').first
        if field.evaluate("e => e.tagName") == "SELECT":
            field.select_option(value)
        else:
            dialog.locator(f'[name="{name}"][value="{value}"]').check()
    dialog.locator('[name="next_step"]').fill("See you in two weeks")
    people.clinician.act("end-now")
    people.patient.expect_call("ended")
    expect(people.patient.page.locator('[data-panel~="ended"] h1')).to_be_visible()


def _look_at_ones_own_state(page) -> None:
    """Now, so that the next look by itself is ten seconds away."""
    with page.expect_response(lambda response: "/state?" in response.url):
        page.evaluate('document.dispatchEvent(new CustomEvent("mooring:fresh"))')


def _bring_in_ana(people) -> str:
    """Jordan at the desk adds the interpreter; her link as the letter would carry it."""
    with people.stack.database.transaction() as session:
        _seat, token = add_participant(
            session,
            staff(JORDAN_LEE),
            uuid.UUID(people.visit["visit_id"]),
            Role.INTERPRETER,
            ANA.id,
            datetime.now(UTC),
            base_url=people.stack.url,
        )
    return f"{people.stack.url}/v/{token}"


def _answer_everything(side: Side) -> None:
    """An interpreter's short check-in, by what each page shows."""
    page = side.page
    page.wait_for_load_state()
    for _ in range(6):
        if page.locator("html[data-call]").count():
            return
        for name, value in named(ANA).items():
            if page.locator(f'[name="{name}"]').count():
                page.fill(f'[name="{name}"]', value)
        for radio in page.locator("input[type=radio][value=yes]").all():
            radio.check(force=True)
        for box in page.locator("input[type=checkbox]").all():
            box.check(force=True)
        page.locator("button.primary:visible").first.click()
        page.wait_for_load_state()
    raise AssertionError(f"still at {page.url}")
