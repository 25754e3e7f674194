"""The codes of the record in plain words; nothing of what was said is behind any of them."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

#: what an auditor may narrow the list to, and the beginnings of the actions it holds
FAMILIES: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "reads": ("Reads of a record", ("chart:", "note:read", "emergency:read", "family:read")),
    "notes": ("Notes", ("note:",)),
    "visits": ("Visits", ("visit:", "seat:", "safety-code:", "consent:", "signal:")),
    "check-in": ("Check-in", ("check-in:", "contact:")),
    "links": ("Personal links", ("link:",)),
    "sessions": ("Signing in and out", ("session:",)),
    "accounts": ("Accounts and people", ("account:", "guardian:", "code-word:")),
    "emergency": ("Emergency access", ("emergency:",)),
    "record": ("This record itself", ("audit:", "chain:", "record:", "own-record:")),
}
_ACTIONS = {
    "account:disable": "Ended an account",
    "account:enable": "Opened an account again",
    "account:invite": "Invited somebody to work here",
    "account:role": "Changed a role",
    "audit:copy": "Took a copy of this record",
    "audit:search": "Searched this record",
    "chain:adopt": "Sealed the older rows",
    "chart:history": "Read earlier visits",
    "chart:overview": "Opened the chart",
    "chart:safety": "Opened the safety page",
    "consent:telehealth": "Agreed to video",
    "link:confirm": "Said who they are",
    "link:not-me": "Said a link is not theirs",
    "link:open": "Opened a personal link",
    "note:read": "Read their own note",
    "note:save": "Saved a note",
    "record:who-looked": "Listed who looked at a record",
    "own-record:who-looked": "Looked who opened their record",
    "seat:move": "Moved to another browser",
    "session:call-grant": "Kept their call in a locked chart",
    "session:sign-in": "Signed in",
    "session:sign-out": "Signed out",
    "task:acknowledge": "Took a task",
    "task:finish": "Finished a task",
    "visit:add-participant": "Asked somebody to a visit",
    "visit:admit": "Let somebody in",
    "visit:attest-start": "Confirmed the start of a visit",
    "visit:call-for-help": "Called for help",
    "visit:cancel": "Cancelled a visit",
    "visit:cannot-come": "Cannot come",
    "visit:come-back": "Came back to a closed room",
    "visit:convert": "Made it a safety visit",
    "visit:copy-link": "Copied a personal link",
    "visit:end": "Ended a visit",
    "visit:enter": "Entered a safety visit without the note",
    "visit:message": "Sent a message",
    "visit:open": "Opened a visit",
    "visit:patient-moved": "Wrote a new place down",
    "visit:phone-instead": "Asked for the phone instead",
    "visit:reassign": "Gave a visit to somebody else",
    "visit:remove": "Took somebody out",
    "visit:reopen": "Took a visit up again",
    "visit:resend-link": "Sent a link again",
    "visit:running-late": "Is running late",
    "visit:send-to-wait": "Sent somebody back to wait",
    "visit:step-in": "Stepped in",
    "visit:unattended": "Closed a room without a clinician",
}
_WITHOUT_A_NAME = {"system": "The house", "nobody": "Nobody signed in"}


def action(tag: str) -> str:
    """What was done; a code without words of its own is read out as it is."""
    return _ACTIONS.get(tag) or tag.replace(":", ", ").replace("-", " ").replace("_", " ")


def short(told: object) -> str:
    """The start of an id, enough to say it on the phone; anything else as it is."""
    try:
        return str(uuid.UUID(str(told)))[:8]
    except ValueError:
        return str(told)


def actor(tag: str, role: str, staff: Mapping[str, str]) -> str:
    """Who it was: staff by name, whoever came by a link by the short id of their seat."""
    kind, _, who = tag.partition(":")
    if kind in ("staff", "grant"):
        name = staff.get(who, f"Account {short(who)}")
        return name if kind == "staff" else f"{name}, by a call that was kept"
    if kind in _WITHOUT_A_NAME:
        return _WITHOUT_A_NAME[kind]
    as_whom = role.replace("_", " ").capitalize() or "Somebody"
    return f"{as_whom} by link, seat {short(who)}"
