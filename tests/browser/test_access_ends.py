"""An account ends, and what is on its screens ends with it: day list and call (C-06)."""

from __future__ import annotations

import re
import time

import pytest
from click.testing import CliRunner
from playwright.sync_api import expect

from server.cli import main
from tests.people import DR_RIVERA
from tests.two_people import DESK, Side

pytestmark = [pytest.mark.browser, pytest.mark.check("C-06")]
PROMISE = 5_000


def mooring(stack, *command: str) -> None:
    """The command, as whoever keeps the house types it."""
    told = ["--data-dir", str(stack.folder), "user", *command]
    done = CliRunner().invoke(main, told, catch_exceptions=False)
    assert done.exit_code == 0, done.output


def test_the_day_list_and_the_call_of_a_disabled_account_are_gone_in_five_seconds(
    two_people, chromium, record_property
):
    people = two_people.in_a_call()
    office = Side(chromium, DESK)
    office.page.goto(people.stack.sign_in_link(DR_RIVERA, "/today"))
    expect(office.page.locator('html[data-signaling="up"]')).to_be_attached()
    began = time.monotonic()
    mooring(people.stack, "disable", DR_RIVERA.email)
    try:
        expect(office.page).to_have_url(re.compile("/sign-in"), timeout=PROMISE)
        expect(people.clinician.page.locator('html[data-call="ended"]')).to_be_attached(
            timeout=PROMISE
        )
        expect(people.patient.page.locator("[data-people] figure")).to_have_count(
            0, timeout=PROMISE
        )
        seconds = time.monotonic() - began
        record_property("figure", f"screens and media gone after {seconds:.1f} s")
        assert seconds <= PROMISE / 1000
        # The patient's own place stays: another clinician can come in.
        assert people.patient.page.locator("html").get_attribute("data-call") != "ended"
    finally:
        mooring(people.stack, "enable", DR_RIVERA.email)
        office.close()
