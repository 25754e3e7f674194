"""A check-in, answered calmly: nobody drives, nobody took anything."""

from __future__ import annotations

from config.policy import policy
from tests.people import MORGAN
from tests.said import named

VERSION = policy().telehealth_consent_version
CONTACT = {
    "phone": "(303) 555-0142",
    "support_name": "Sam Taylor",
    "support_phone": "303 555 0148",
    "support_reachable": "yes",
}
CALM = {
    "identity": named(MORGAN),
    "place": {"place": "same"},
    "contact": CONTACT,
    "private": {"private": "yes"},
    "driving": {"driving": "no"},
    "ketamine": {"ketamine": "no"},
    "substances": {"substances": "no"},
    "during": {"during": "no"},
    "consent": {"consent": "yes", "consent_version": VERSION},
}


def say(phone, step, **fields):
    """Answer one question, calmly or as told."""
    return phone.submit(f"/visit/check-in/{step}", fields or CALM[step])


def walk(phone, until: str | None = None) -> str:
    """Answer calmly, screen after screen, as the pages lead."""
    for _ in range(12):
        where = phone.get("/visit").headers.get("Location", "/visit")
        step = where.removeprefix("/visit/check-in/")
        if step in (until, "/visit"):
            return where
        answer = say(phone, step)
        assert answer.status_code == 303, answer.text[:3000]
    raise AssertionError("the questions do not end")
