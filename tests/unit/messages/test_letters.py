"""T-10, NUD-13: letters say nothing to whoever else reads the phone."""

from __future__ import annotations

import re

import pytest

from server.messages import letters

WHEN, LINK, PHONE = "today at 3:00 PM", "https://mooring.test/v/abc", "303 555 0100"
EVERY = {
    "visit link": letters.visit_link(when=WHEN, link=LINK, phone=PHONE),
    "reminder": letters.reminder(when=WHEN, link=LINK, phone=PHONE),
    "new time": letters.new_time(when=WHEN, link=LINK, phone=PHONE),
    "cancelled": letters.cancelled(when=WHEN, phone=PHONE),
    "in person": letters.in_person(when=WHEN, address="1200 Larimer Street", phone=PHONE),
    "page": letters.on_call_page(link=LINK, reason="safety-visit"),
    "emergency": letters.emergency_access(link=LINK),
    "desk": letters.coordinator_note(link=LINK, reason="not-me"),
    "password link": letters.password_link(link=LINK + 43 * "x", hours=24),
    "password set": letters.password_set(when="23 November 2026, 16:00 UTC"),
    "new browser": letters.new_browser(
        device="Samsung Internet on Android",
        network="203.0.113.x",
        when="23 November 2026, 16:00 UTC",
        link="https://mooring.test/sessions",
    ),
}
TELLING = re.compile(
    r"ketamine|psych|therap|mental|depress|ptsd|trauma|clinic|doctor|dr\.|dose|drug|veteran"
    r"|treatment|infusion|integration|screening|diagnos",
    re.IGNORECASE,
)


@pytest.mark.parametrize("name", EVERY)
def test_no_letter_tells_what_it_is_about(name):
    words = EVERY[name]
    assert not TELLING.search(words.subject + words.body)


@pytest.mark.parametrize(
    "name", ["visit link", "reminder", "new time", "cancelled", "in person"]
)
def test_every_letter_to_a_patient_has_a_number_to_call(name):
    assert PHONE in EVERY[name].body


@pytest.mark.parametrize("name", EVERY)
def test_every_letter_fits_two_text_messages(name):
    assert len(EVERY[name].body) <= 306


def test_a_date_on_site_never_carries_a_link_to_a_room():
    assert "http" not in EVERY["in person"].body
    assert "1200 Larimer Street" in EVERY["in person"].body
