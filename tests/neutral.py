"""The sentences that may leave for a patient or a guardian, and words that never do."""

from __future__ import annotations

import re

_WHEN = r"[A-Z][a-z]+ \d{1,2} [A-Z][a-z]+, \d\d:\d\d, [A-Z][\w ]+ time"
_LINK = r"https?://[\w.:-]+/v/[\w-]{43}"
_PHONE = r"\+?[\d ]+"
_PLACE = r"[\w ,.]+"

#: template -> (subject, body); a new letter to a patient is a new line here
TO_PATIENTS: dict[str, tuple[str, str]] = {
    "visit_link": (
        "Your appointment",
        rf"Your appointment is {_WHEN}\.\n"
        rf"Your personal link, please do not pass it on: {_LINK}\n"
        rf"Questions\? Call {_PHONE}\.",
    ),
    "link_alone": (
        "Your personal link",
        rf"Your personal link, please do not pass it on: {_LINK}\nQuestions\? Call {_PHONE}\.",
    ),
    "reminder": (
        "A reminder of your appointment",
        rf"A reminder: your appointment is {_WHEN}\.\nYour personal link: {_LINK}\n"
        rf"Cannot come\? Open the link, or call {_PHONE}\.",
    ),
    "new_time": (
        "Your appointment has a new time",
        rf"Your appointment is now {_WHEN}\.\nYour personal link: {_LINK}\n"
        rf"Does it not suit you\? Call {_PHONE}\.",
    ),
    "cancelled": (
        "Your appointment was cancelled",
        rf"Your appointment {_WHEN} was cancelled\. Call {_PHONE} for a new time\.",
    ),
    "in_person": (
        "Your appointment",
        rf"Your appointment is {_WHEN}, in person at {_PLACE}\.\nQuestions\? Call {_PHONE}\.",
    ),
}
#: to people who work here; neutral all the same, but they may say what is to be done
TO_STAFF = {
    "on_call_page", "coordinator_note", "emergency_access", "password_link", "password_set",
    "new_browser",
}  # fmt: skip
DENIED = re.compile(
    r"ketamin|esketamin|psych|psilo|therap|mental|depress|anxi|ptsd|trauma|suicid|self.?harm"
    r"|clinic|doctor|\bdr\b|nurse|hospital|dose|dosing|drug|medicin|medicat|treatment|infusion"
    r"|integration|screening|diagnos|veteran|patient|guardian|code word|safe word|abuse",
    re.IGNORECASE,
)
#: of Morgan's visits, to somebody who has not said that they are Morgan
_TELLING = ("rivera", "morgan", "taylor", "ketamine", "psych", "ptsd", "screening")


def telling(text: str) -> list[str]:
    """The words in it by which a stranger learns whose visit it is, or what for."""
    return [word for word in _TELLING if word in text.lower()]


def is_allowed(subject: str, body: str) -> bool:
    """Whether it is one of the sentences; a text message has no subject."""
    return any(
        subject in ("", allowed) and re.fullmatch(pattern, body)
        for allowed, pattern in TO_PATIENTS.values()
    )
