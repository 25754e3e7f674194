"""One visit on both sides, in every state of the call."""

from __future__ import annotations

from collections.abc import Iterator

from playwright.sync_api import expect

from tests.people import DR_RIVERA
from tests.walk.hands import show
from tests.walk.stops import Stop, Walk, Whose, Witness


def visit(walk: Walk) -> Iterator[Stop]:
    """One visit on both sides, in every state of the call and with each layer open."""
    told = walk.stack.visit(ready=True)
    with walk.person(Whose.PATIENT) as patient, walk.person(Whose.STAFF) as doctor:
        patient.open_link(told["patient_url"])
        yield from _before_the_call(walk, patient)
        yield from _at_the_desk(walk, doctor, told["visit_id"])
        patient.expect_call("connected")
        doctor.expect_call("connected")
        yield walk.at("visit, connected", patient)
        yield from walk.layers(patient, "visit", "chat", "code", "devices", "leave", "help")
        yield from _workspace_layers(walk, doctor)
        yield from _after_the_call(walk, patient, doctor)


def _before_the_call(walk: Walk, patient: Witness) -> Iterator[Stop]:
    patient.expect_call("idle")
    yield walk.at("visit, idle", patient)
    yield from walk.layers(patient, "visit, idle", "phone")
    patient.act("turn-on")
    patient.expect_call("testing")
    yield walk.at("visit, testing", patient)
    yield from walk.layers(patient, "visit, testing", "devices")
    show(patient.page, "[data-trouble]", "[data-heard]")
    yield walk.at("visit, testing, with trouble", patient)
    patient.act("join")
    patient.expect_call("waiting")
    yield walk.at("visit, waiting", patient)
    patient.page.locator('button[form="with-me"]:visible').click()
    expect(patient.page.locator('button[form="with-me"]:visible')).to_have_text("Saved")
    yield walk.at("visit, waiting, said quietly", patient)
    layers = ("write", "breathe", "phone", "help")
    yield from walk.layers(patient, "visit, waiting", *layers)


def _at_the_desk(walk: Walk, doctor: Witness, visit_id: str) -> Iterator[Stop]:
    doctor.page.goto(walk.stack.sign_in_link(DR_RIVERA, "/today"))
    row = doctor.page.locator(f'[data-visit="{visit_id}"]')
    expect(row.locator("[data-who]")).to_be_visible()
    yield walk.at("today", doctor)
    row.locator("summary").click()
    yield walk.at("today, quick words", doctor)
    doctor.page.keyboard.press("Escape")
    card = row.locator("[data-who]").get_attribute("href")
    row.locator("[data-who]").click()
    doctor.page.wait_for_selector('dialog[data-dialog="who"][open]')
    yield walk.at("today, who", doctor)
    yield walk.to("who", doctor, card)
    doctor.page.goto(f"{walk.stack.url}/visits/{visit_id}")
    doctor.expect_call("idle")
    yield walk.at("workspace, idle", doctor)
    doctor.act("turn-on")
    doctor.expect_call("testing")
    yield walk.at("workspace, testing", doctor)
    doctor.act("join")
    doctor.expect_call("connecting")
    yield walk.at("workspace, waiting", doctor)
    yield from walk.opened(doctor, "workspace", "message")
    doctor.act("admit")


def _workspace_layers(walk: Walk, doctor: Witness) -> Iterator[Stop]:
    yield walk.at("workspace, connected", doctor)
    opened = ("quiet", "end", "attest", "convert", "numbers", "patient-moved")
    opened += ("near-them", "keys")
    yield from walk.opened(doctor, "workspace", *opened)
    yield from walk.layers(doctor, "workspace", "chat", "devices", "code", "leave", "help")
    doctor.page.locator(".me summary").click()
    yield walk.at("workspace, own menu", doctor)
    doctor.page.locator(".me summary").click()
    show(doctor.page, "[data-note-conflict]", "[data-note-warning]", "[data-drop]")
    yield walk.at("workspace, note in conflict, line lost", doctor)


def _after_the_call(walk: Walk, patient: Witness, doctor: Witness) -> Iterator[Stop]:
    patient.act("leave")
    patient.act("leave-now")
    patient.expect_call("left")
    yield walk.at("visit, left", patient)
    patient.act("rejoin")
    patient.expect_call("connected")
    other = patient.context.new_page()
    other.goto(f"{walk.stack.url}/visit")
    move = other.locator('dialog[open] [data-action="move-here"]')
    expect(move).to_be_visible()
    yield walk.at("visit, move here?", patient, other)
    move.click()
    patient.expect_call("moved")
    yield walk.at("visit, moved", patient)
    doctor.act("leave")
    doctor.act("leave-now")
    doctor.expect_call("left")
    yield walk.at("workspace, left", doctor)
    doctor.act("rejoin")
    doctor.act("end")
    doctor.page.fill("#next_step", "We meet again in two weeks")
    doctor.act("end-now")
    expect(other.locator('html[data-call="ended"]')).to_be_attached()
    show(other, "[data-come-back]")
    yield walk.at("visit, ended", patient, other)
    doctor.expect_call("ended")
    yield walk.at("workspace, ended", doctor)
