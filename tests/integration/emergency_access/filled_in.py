"""What people say: the clinician in a hurry, and the patient who asks who looked."""

from __future__ import annotations

from tests.browsing import Visitor
from tests.people import DEMO_PASSWORD

LIST = "/visit/who-looked"
REASON = "Found unconscious, her sister is on the phone"


def about(person, **changes: str) -> dict[str, str]:
    """The form, filled in about this person."""
    return {
        "full_name": person.name,
        "birth_date_year": str(person.born_on.year),
        "birth_date_month": str(person.born_on.month),
        "birth_date_day": str(person.born_on.day),
        "reason": REASON,
        "password": DEMO_PASSWORD,
        **changes,
    }


def ask(browser: Visitor, person, **changes: str):
    """Send it."""
    return browser.submit("/emergency-access", about(person, **changes), page="/set-up")


def as_said(person, **changes: str) -> dict[str, str]:
    """Birthday and number, as this person says them."""
    said = about(person)
    said = {name: said[name] for name in said if name.startswith("birth")}
    return {**said, "phone_end": person.phone[-4:], **changes}
