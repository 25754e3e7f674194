"""Who may ask which route, and what a page of ours would send there (C-01, ROLE-6)."""

from __future__ import annotations

from server.visits.attest import STATEMENTS
from tests.roles import (
    ADMIN,
    ALL,
    AUDITOR,
    CLINICIANS,
    DESK,
    FURTHER,
    GRANT,
    LINKS,
    PATIENT,
    SIGNING,
    STAFF,
    TREATING,
)

#: endpoint -> who gets past the door and the visit's own rules
MATRIX: dict[str, set[str]] = {
    "site.home": ALL,
    "site.help_now": ALL,
    "site.breathe": ALL,
    "healthz": ALL,
    "identity.sign_in_page": ALL,
    "identity.sign_in": ALL,
    "identity.sign_out": STAFF,
    "patient.link.link": ALL,
    "patient.link.open_link": ALL,
    "patient.link.ask_not_me": ALL,
    "patient.link.not_me": ALL,
    "patient.link.link_needed": ALL,
    "patient.link.confirm_page": LINKS | {FURTHER},
    "patient.link.confirm": LINKS | {FURTHER},
    "patient.visit": LINKS | {FURTHER},
    "patient.question": LINKS,
    "patient.answer": LINKS,
    "patient.park": LINKS,
    "patient.not_private": LINKS,
    "patient.saved": LINKS,
    "discreet.saved": LINKS,
    "discreet.away": LINKS | {FURTHER},
    "patient.device_test": LINKS,
    "patient.running_late": LINKS,
    "patient.ask_cannot_come": LINKS,
    "patient.cannot_come": LINKS,
    "patient.come_back": LINKS,
    "patient.phone_instead": LINKS,
    "patient.who_looked.who_looked": {PATIENT},
    "patient.who_looked.prove": {PATIENT},
    "patient.who_looked.ask": {PATIENT},
    "visit_api.link_ticket": LINKS,
    "visit_api.link_state": LINKS,
    "visit_api.link_leave": LINKS,
    "visit_api.link_quality": LINKS,
    "visit_api.link_device_test": LINKS,
    "visit_api.link_echo_ticket": LINKS,
    "visit_api.message_clinic": LINKS,
    "visit_api.staff_ticket": TREATING | {GRANT},
    "visit_api.staff_state": TREATING | {GRANT},
    "visit_api.staff_leave": TREATING | {GRANT},
    "visit_api.staff_quality": TREATING | {GRANT},
    "visit_api.staff_device_test": TREATING,
    "visit_api.staff_echo_ticket": TREATING,
    "visit_api.host.message_waiting": TREATING | {DESK},
    "visit_api.host.admit": TREATING,
    "visit_api.host.wait": TREATING,
    "visit_api.host.remove": TREATING,
    "visit_api.host.safety_code": TREATING,
    "visit_api.host.end": TREATING,
    "visit_api.host.reopen": TREATING,
    "visit_api.board_ticket": CLINICIANS | {DESK},
    "visit_api.own_echo_ticket": STAFF,
    "visit_api.own_device_test": STAFF,
    "visit_api.hear": set(),  # signaling alone, by its own signature
    "chart.save_note": TREATING,
    "chart_pages.overview": TREATING,
    "chart_pages.history": TREATING,
    "chart_pages.safety": TREATING,
    "emergency_access.ask": SIGNING,
    "emergency_access.open_one": SIGNING,
    "emergency_access.close": SIGNING,
    "emergency_access.review_list": {AUDITOR},
    "emergency_access.review": set(),  # of a random one; tests/integration/emergency_access
    "emergency_record.record": SIGNING,  # nothing is open: back to the form
    "oversight.record": {AUDITOR},
    "oversight.copy": {AUDITOR},
    "looked.find": {AUDITOR},
    "looked.found": {AUDITOR},
    "looked.looks": {AUDITOR},
    "day.today": CLINICIANS,
    "day.today_live": CLINICIANS,
    "day.who": TREATING,
    "day.admit": TREATING,
    "day.message": TREATING | {DESK},
    "day.task": set(),  # of a random task; tests/integration/desk has the others
    "day.set_up": STAFF,
    "arrangements.show": TREATING | {DESK},
    "arrangements.change": TREATING | {DESK},
    "arrangements.code_word": TREATING,
    "arrangements.seen": TREATING,
    "board.board": {DESK},
    "board.board_live": {DESK},
    "board.new_visit": {DESK},
    "board.open_visit": {DESK},
    "board.manage": {DESK},
    "board.act": {DESK},
    "workspace.open_workspace": TREATING,
    "workspace.live": TREATING,
    "workspace.start": TREATING,
    "workspace.moved": TREATING,
    "workspace.near": TREATING,
    "workspace.call_for_help": TREATING,
    "workspace.convert": TREATING,
    "workspace.resend": TREATING | {DESK},
    "people.everybody": {ADMIN, AUDITOR},
    "people.invite_page": {ADMIN},
    "people.invite": {ADMIN},
    "people.person": {ADMIN, AUDITOR},
    "people.act": {ADMIN},
    "licences.of_clinician": {ADMIN, AUDITOR},
    "licences.change": {ADMIN},
    "privacy.page": {ADMIN, AUDITOR},
    "privacy.name": {ADMIN},
    "sessions.own": STAFF,
    "sessions.end": STAFF,
    "password.page": set(),  # by a link that works once
    "password.set_it": set(),
    "demo.sign_in": set(),  # needs a signed token
    "demo.mailbox": ALL,  # in the demo, on this machine
}
#: they end something for the others, so that they are asked of whoever may not, alone
CHANGES_HANDS = {
    "identity.sign_out", "visit_api.host.end", "workspace.convert", "visit_api.host.remove",
    "discreet.away",
}  # fmt: skip
#: they read no body: there is nothing to smuggle a column in with
READS_NO_BODY = {
    "visit_api.host.admit", "visit_api.host.wait", "visit_api.host.reopen",
    "visit_api.link_echo_ticket", "visit_api.staff_echo_ticket", "arrangements.seen",
    "visit_api.own_echo_ticket", "workspace.call_for_help",
    "workspace.resend", "patient.phone_instead",
}  # fmt: skip
#: what a page of ours would send, so that only the right to send it is in doubt
BODIES: dict[str, dict] = {
    "ticket": {"page": "p", "tab": "t"},
    "leave": {"page": "p"},
    "quality": {"page": "p", "samples": []},
    "device-test": {"verdict": "ok"},
    "message": {"text": "We are here."},
    "safety-code": {"outcome": "matched"},
    "end": {
        "outcome": "completed", "technical_outcome": "good", "next_step": "In two weeks",
    },
    "board-ticket": {"page": "p"},
    "<uuid:access_id>": {"verdict": "accepted", "review_words": "Looked at."},
    "note": {"text": "Calm today.", "revision": 0, "key": "k" * 8},
    "start": dict.fromkeys(STATEMENTS, "confirmed"),
    "near-them": {"support_reachable": "no"},
    "moved": {"street": "1 Pearl Street", "city": "Boulder", "state": "CO"},
}  # fmt: skip


def body_of(rule):
    """What a page of ours would send there."""
    return BODIES.get(rule.rule.rsplit("/", 1)[-1], {})
