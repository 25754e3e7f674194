"""The codes of the record in plain words; nothing of what was said is behind any of them."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

#: what an auditor may narrow the list to, and the beginnings of the actions it holds
FAMILIES: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "reads": ("Reads of a record", ("chart:", "note:read", "emergency:read", "family:read")),
    "notes": ("Notes", ("note:",)),
    "visits": ("Visits", ("visit:", "seat:", "task:", "safety-code:", "consent:", "signal:")),
    "check-in": ("Check-in", ("check-in:", "contact:")),
    "links": ("Personal links", ("link:",)),
    "sessions": ("Signing in and out", ("session:",)),
    "accounts": ("Accounts and people", ("account:", "clinic:", "guardian:", "code-word:")),
    "emergency": ("Emergency access", ("emergency:",)),
    "record": ("This record itself", ("audit:", "chain:", "record:", "own-record:")),
}
_ACTIONS = {
    "account:disable": "Ended an account",
    "account:enable": "Opened an account again",
    "account:introduce": "Changed how somebody is shown to patients",
    "account:invite": "Invited somebody to work here",
    "account:licence": "Kept a licence",
    "account:licence-end": "Ended a licence",
    "account:password-link": "Sent a link to set a password",
    "account:role": "Changed a role",
    "account:set-password": "Set a password by a link",
    "audit:copy": "Took a copy of this record",
    "audit:search": "Searched this record",
    "chain:adopt": "Sealed the older rows",
    "chart:history": "Read earlier visits",
    "chart:overview": "Opened the chart",
    "chart:safety": "Opened the safety page",
    "check-in:identity": "Said who they are at check-in",
    "clinic:privacy-email": "Changed where the privacy officer is written to",
    "code-word:agree": "Agreed on a code word",
    "code-word:forget": "Forgot a code word",
    "consent:telehealth": "Agreed to video",
    "contact:keep": "Kept how to reach somebody",
    "emergency:close": "Closed an emergency access",
    "emergency:expire": "An emergency access ran out",
    "emergency:open": "Opened a record in an emergency",
    "emergency:prove": "Typed their password for an emergency access",
    "emergency:read": "Read a record in an emergency",
    "emergency:review": "Reviewed an emergency access",
    "family:read": "Read how to reach somebody",
    "guardian:add": "Added a guardian",
    "guardian:end": "Ended a guardian's access",
    "guardian:give": "Gave a guardian a right",
    "guardian:take": "Took a right from a guardian",
    "link:confirm": "Said who they are",
    "link:not-me": "Said a link is not theirs",
    "link:open": "Opened a personal link",
    "note:read": "Read their own note",
    "note:save": "Saved a note",
    "own-record:ask": "Asked about who opened their record",
    "own-record:prove": "Said again who they are, for their own list",
    "own-record:who-looked": "Looked who opened their record",
    "record:who-looked": "Listed who looked at a record",
    "seat:move": "Moved to another browser",
    "session:call-grant": "Kept their call in a locked chart",
    "session:end-all": "Signed somebody out everywhere",
    "session:end-one": "Signed out in one other browser",
    "session:end-others": "Signed out everywhere else",
    "session:sign-in": "Signed in",
    "session:sign-out": "Signed out",
    "signal:keep": "Told us something unseen",
    "signal:seen": "Saw what was told unseen",
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
    "visit:hold": "Held a visit until after a dose",
    "visit:message": "Sent a message",
    "visit:near-them": "Wrote down who is near",
    "visit:open": "Opened a visit",
    "visit:patient-moved": "Wrote a new place down",
    "visit:phone-instead": "Asked for the phone instead",
    "visit:reassign": "Gave a visit to somebody else",
    "visit:remove": "Took somebody out",
    "visit:reopen": "Took a visit up again",
    "visit:resend-link": "Sent a link again",
    "visit:running-late": "Is running late",
    "visit:send-to-wait": "Sent somebody back to wait",
    "visit:sign-out": "Signed out a phone with a link",
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
