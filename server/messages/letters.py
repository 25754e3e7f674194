"""The words of every letter: neutral, for a phone that somebody else may be reading (T-10).

No name of a patient or clinician, no clinic name, no specialty, diagnosis or drug; a visit is
"your appointment". What it is about is said after the link has been opened, never here.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class LetterKind(StrEnum):
    """Every letter we send; each has a resolver in `server/worker.py`."""

    VISIT_LINK = "visit-link"
    REMINDER = "reminder"
    NEW_TIME = "new-time"
    CANCELLED = "cancelled"
    AFTERWARDS = "afterwards"
    ON_CALL_PAGE = "on-call-page"
    COORDINATOR_NOTE = "coordinator-note"
    PASSWORD_LINK = "password-link"  # noqa: S105
    PASSWORD_SET = "password-set"  # noqa: S105
    NEW_BROWSER = "new-browser"
    EMERGENCY_ACCESS = "emergency-access"


@dataclass(frozen=True)
class Words:
    """One letter, for both roads: a text message carries the body alone."""

    subject: str
    body: str


def visit_link(*, when: str, link: str, phone: str) -> Words:
    """The invitation with the personal link; `when` names the reader's time zone."""
    return Words(
        "Your appointment",
        f"Your appointment is {when}.\n"
        f"Your personal link, please do not pass it on: {link}\n"
        f"Questions? Call {phone}.",
    )


def link_alone(*, link: str, phone: str) -> Words:
    """The personal link without the time, for whoever may come and is not told when (T-03)."""
    return Words(
        "Your personal link",
        f"Your personal link, please do not pass it on: {link}\nQuestions? Call {phone}.",
    )


def reminder(*, when: str, link: str, phone: str) -> Words:
    """The same link once more, shortly before."""
    return Words(
        "A reminder of your appointment",
        f"A reminder: your appointment is {when}.\nYour personal link: {link}\n"
        f"Cannot come? Open the link, or call {phone}.",
    )


def new_time(*, when: str, link: str, phone: str) -> Words:
    """The appointment has been moved."""
    return Words(
        "Your appointment has a new time",
        f"Your appointment is now {when}.\nYour personal link: {link}\n"
        f"Does it not suit you? Call {phone}.",
    )


def cancelled(*, when: str, phone: str) -> Words:
    """The appointment will not take place."""
    return Words(
        "Your appointment was cancelled",
        f"Your appointment {when} was cancelled. Call {phone} for a new time.",
    )


def in_person(*, when: str, address: str, phone: str) -> Words:
    """A date on site: the address, and never a link to a video room (NUD-13)."""
    return Words(
        "Your appointment",
        f"Your appointment is {when}, in person at {address}.\nQuestions? Call {phone}.",
    )


def on_call_page(*, link: str, reason: str) -> Words:
    """Wakes the clinician on call; `reason` is a stable code, not what the person said."""
    return Words(
        f"Page: {reason}",
        f"Somebody needs you now ({reason}). Please sign in: {link}",
    )


def coordinator_note(*, link: str, reason: str) -> Words:
    """Tells the desk that something waits for it; `reason` is a stable code."""
    return Words(f"Waiting for you: {reason}", f"Something waits for you ({reason}): {link}")


def emergency_access(*, link: str) -> Words:
    """Tells the privacy officer at once that a record was opened in an emergency (T-07)."""
    return Words(
        "Waiting for your review",
        f"Something was opened in an emergency and waits for your review: {link}",
    )


def password_link(*, link: str, hours: int) -> Words:
    """An account is there, or its password is gone: one link, once, to set it."""
    return Words(
        "Set your password",
        f"Please set your password here: {link}\n"
        f"The link works once, for {hours} hours. Nobody will ever ask you for it.",
    )


def password_set(*, when: str) -> Words:
    """Whoever did not do this themselves must hear of it."""
    return Words(
        "Your password was set",
        f"Your password was set on {when}, and you were signed out everywhere else.\n"
        "Was that not you? Tell the person who looks after your account at once.",
    )


def new_browser(*, device: str, network: str, when: str, link: str) -> Words:
    """A sign-in from a browser the account has not used before (T-14)."""
    return Words(
        "A new sign-in to your account",
        f"New sign-in on {when}: {device}, network {network or 'unknown'}.\n"
        f"Was that you? Then all is well. If not, sign out there: {link}",
    )
