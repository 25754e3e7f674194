"""What people say: the clinician in a hurry, and the patient who asks who looked."""

from __future__ import annotations

from tests.browsing import Visitor
from tests.people import DEMO_PASSWORD
from tests.said import named

LIST = "/visit/who-looked"
REASON = "Found unconscious, her sister is on the phone"


def about(person, **changes: str) -> dict[str, str]:
    """The form, filled in about this person."""
    return {
        **named(person),
        "reason": REASON,
        "password": DEMO_PASSWORD,
        **changes,
    }


def ask(browser: Visitor, person, **changes: str):
    """Send it."""
    return browser.submit("/emergency-access", about(person, **changes), page="/set-up")
