"""A whole visit, on both sides, by keyboard alone; mouse, click and tap throw (UX §2.5)."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.keyboard import Keyboard
from tests.people import DEMO_PASSWORD, DR_RIVERA
from tests.two_people import PATIENCE, Side
from tests.walk import Whose


def test_a_whole_visit_by_keyboard_alone(stack, by_keyboard):
    visit = stack.visit(ready=False)
    patient, hers = by_keyboard(Whose.PATIENT)
    doctor, his = by_keyboard(Whose.STAFF)
    come_in(patient, hers, visit["patient_url"])
    wait(patient, hers)
    let_in(doctor, his, stack.url, visit["visit_id"])
    for side in (patient, doctor):
        side.expect_call("connected")
        side.expect_moving_picture()
    talk(patient, hers)
    work(doctor, his)
    end(doctor, his)
    patient.expect_call("ended")
    hers.expect_focus("#ended-title")
    assert patient.complaints + doctor.complaints == []


def come_in(patient: Side, keys: Keyboard, link: str) -> None:
    """From the link through every question."""
    patient.page.goto(link)
    keys.act("open")
    patient.page.wait_for_url("**/check-in/identity")
    keys.act("continue")
    keys.expect_focus("[data-errors]")  # what is missing is said, and stands first
    keys.write("#full_name", "Morgan Taylor")
    for part, value in (("month", "3"), ("day", "14"), ("year", "1985")):
        keys.write(f"#birth_date_{part}", value)
    keys.press("Enter")
    for step, name, answer in (
        ("place", "place", "same"),
        ("contact", "support_reachable", "yes"),
        ("private", "private", "yes"),
        ("driving", "driving", "no"),
        ("ketamine", "ketamine", "no"),
        ("substances", "substances", "no"),
        ("during", "during", "no"),
    ):
        patient.page.wait_for_url(f"**/check-in/{step}")
        keys.choose(name, answer)
        keys.act("continue")
    patient.page.wait_for_url("**/check-in/consent")
    keys.to("#consent")
    keys.press("Space")
    keys.act("continue")


def wait(patient: Side, keys: Keyboard) -> None:
    """Camera and sound, then the waiting room."""
    patient.expect_call("idle")
    keys.act("turn-on")
    patient.expect_call("testing")
    keys.expect_focus("#test-title")
    keys.act("test-sound")
    keys.open_and_leave('[data-action="devices"]', "devices")
    keys.act("join")
    patient.expect_call("waiting")
    keys.expect_focus('[data-panel~="waiting"] [data-focus]')
    for action, dialog in (("help", "help"), ("write", "write"), ("phone", "phone")):
        keys.open_and_leave(f'[data-action="{action}"]', dialog)


def let_in(doctor: Side, keys: Keyboard, url: str, visit_id: str) -> None:
    """Sign in, find the row, ask who it is, and open the door."""
    doctor.page.goto(f"{url}/sign-in")
    keys.write("#email", DR_RIVERA.email)
    keys.write("#password", DEMO_PASSWORD)
    keys.press("Enter")
    doctor.page.wait_for_url("**/today")
    who = f'[data-visit="{visit_id}"] [data-who]'
    expect(doctor.page.locator(who)).to_be_visible()
    keys.to(who)
    keys.press("Enter")
    keys.expect_focus('dialog[data-dialog="who"] [data-action="admit"]')
    keys.press("Escape")
    keys.expect_focus(who)
    keys.press("Enter")
    keys.expect_focus('dialog[data-dialog="who"] [data-action="admit"]')
    keys.press("Enter")
    doctor.page.wait_for_url(f"**/visits/{visit_id}**")


def talk(patient: Side, keys: Keyboard) -> None:
    """In the call: mute, camera, chat, help, leave, and come back."""
    keys.expect_focus("#room-title")
    for action in ("mute", "camera"):
        for pressed in ("true", "false"):
            keys.act(action)
            button = patient.page.locator(f'[data-action="{action}"][aria-pressed="{pressed}"]')
            expect(button.first).to_be_visible()
    for action in ("chat", "devices", "code", "help"):
        keys.open_and_leave(f'.room [data-action="{action}"]', action)
    keys.act("chat")
    keys.write("#chat-text", "Good morning")
    keys.press("Enter")
    expect(patient.page.locator("[data-chat] [data-mine]")).to_have_text("Good morning")
    keys.press("Escape")
    keys.open_and_leave('.room [data-action="leave"]', "leave")
    keys.act("leave")
    keys.act("leave-now")
    patient.expect_call("left")
    keys.expect_focus("#left-title")
    keys.act("rejoin")
    patient.expect_call("connected")
    patient.expect_moving_picture()


def work(doctor: Side, keys: Keyboard) -> None:
    """At the desk: size of the call, the note, the start of the visit, the numbers."""
    doctor.expect_call("connected")
    edge = doctor.page.locator("[data-splitter]")
    before = int(edge.get_attribute("aria-valuenow") or 0)
    keys.to("[data-splitter]")
    keys.press("ArrowRight", "ArrowRight")
    assert int(edge.get_attribute("aria-valuenow") or 0) > before
    keys.press("n")
    keys.expect_focus("#note-text")
    doctor.page.keyboard.type("Slept better.")
    keys.press("Escape")
    saved = doctor.page.locator("[data-note-status]")
    expect(saved).to_contain_text("Saved", timeout=PATIENCE)
    keys.open_and_leave('[data-dialog-open="numbers"]', "numbers")
    keys.open_and_leave('[data-dialog-open="convert"]', "convert")
    keys.to("#open-attest")
    keys.press("Enter")
    dialog = doctor.page.locator('dialog[data-dialog="attest"]')
    statements = dialog.locator("fieldset").evaluate_all("all => all.map(one => one.id)")
    for each in statements[:-1]:
        keys.choose(each.removeprefix("attest-"), "confirmed")
    last = statements[-1].removeprefix("attest-")
    keys.choose(last, "unable")
    keys.write(f"#{last}_because", "asked, no answer yet")
    keys.act("attest")
    expect(dialog).not_to_be_visible()
    doctor.page.wait_for_function("document.activeElement !== document.body")


def end(doctor: Side, keys: Keyboard) -> None:
    """End the visit for everybody, with what happens next."""
    keys.open_and_leave('[data-action="end"]', "end")
    keys.act("end")
    keys.write("#next_step", "We meet again in two weeks")
    keys.act("end-now")
    doctor.expect_call("ended")
    keys.expect_focus("#ended-title")
