"""Every route for every role (C-01, ROLE-6): who is let in, and nobody else learns a thing.

The table is read against `app.url_map`: a route without a line here fails the run. Each route
is asked by each role for their own visit, another of the clinic, one of another clinic and a
random id; what is forbidden is answered like the random one, byte by byte, without a secret.
"""

from __future__ import annotations

import pytest

from server.doors import door_of
from server.visits.attest import STATEMENTS
from tests.roles import (
    ADMIN,
    ALL,
    AUDITOR,
    CANARY,
    CLINICIANS,
    COLLEAGUE,
    DESK,
    ELSEWHERE,
    FURTHER,
    GRANT,
    LINKS,
    PATIENT,
    SIGNING,
    STAFF,
    STAFF_OF,
    TREATING,
    ask,
    names_a_target,
    routes,
    seen,
    tells,
)

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

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
TARGETS = ("own", "neighbour", "abroad", "nowhere")
#: whose work is with every patient of their clinic
OF_THE_CLINIC = {DESK, ADMIN, AUDITOR}
#: they end something for the others, so that they are asked of whoever may not, alone
CHANGES_HANDS = {
    "identity.sign_out", "visit_api.host.end", "workspace.convert", "visit_api.host.remove",
    "discreet.away",
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


def test_every_route_is_in_the_matrix_and_no_other(app):
    assert {rule.endpoint for rule in app.url_map.iter_rules()} == set(MATRIX)


def body_of(rule):
    """What a page of ours would send there."""
    return BODIES.get(rule.rule.rsplit("/", 1)[-1], {})


def forbidden(role: str, rule, door, *, whole: bool) -> list[str]:
    """What this role may not ask this route for."""
    may = role in MATRIX[rule.endpoint]
    if not names_a_target(rule):
        return [] if may else ["nowhere"]
    if not may and (role not in STAFF_OF or STAFF_OF[role].role not in door.roles):
        return [*TARGETS] if whole else ["own"]  # refused before any id is read
    reach = {COLLEAGUE: {"neighbour"}, ELSEWHERE: {"abroad"}}.get(role, set())
    if may:
        reach = reach | {"own"} | ({"neighbour"} if role in OF_THE_CLINIC else set())
    return [name for name in TARGETS if name not in reach]


@pytest.mark.check("C-01")
@pytest.mark.check("C-09")
@pytest.mark.parametrize("whole", [False, pytest.param(True, marks=pytest.mark.slow)])
def test_whoever_may_not_is_told_the_same_for_any_id_and_nothing_of_anybody(
    app, browsers, visits, whole, record_property
):
    """T-01, T-02, T-04: whoever may do it to their own may not do it to another's either."""
    targets = visits.targets()
    wrong, asked = [], 0
    for rule, method in routes(app):
        door = door_of(app.view_functions[rule.endpoint])
        for role, browser in browsers.items():
            told = {
                name: seen(ask(app, browser, rule, method, targets[name], body_of(rule)))
                for name in forbidden(role, rule, door, whole=whole)
            }
            asked += len(told)
            if len(set(told.values())) > 1:
                wrong.append(f"{role} is answered differently at {method} {rule.rule}")
            for name, answer in told.items():
                if answer[0] not in (303, 401, 403, 404):
                    wrong.append(f"{role} gets {answer[0]} at {method} {rule.rule} of {name}")
                if told_of := tells(answer):
                    wrong.append(f"{role} reads {told_of} at {method} {rule.rule} of {name}")
    record_property("figure", f"{asked} refusals, all alike")
    assert wrong == []


@pytest.mark.check("C-01")
def test_whoever_may_is_let_in(app, browsers, visits):
    own = visits.targets()["own"]
    wrong = []
    for rule, method in routes(app):
        if rule.endpoint in CHANGES_HANDS:
            continue  # asked for by the tests of each
        may = MATRIX[rule.endpoint]
        for role in {PATIENT, DESK} if may == ALL else may:  # a public page knows no roles
            answer = ask(app, browsers[role], rule, method, own, body_of(rule))
            to_sign_in = answer.headers.get("Location", "").startswith(("/sign-in", "/link-n"))
            is_link = rule.rule.startswith("/v/")  # an unknown token is 404 to everybody
            refused = answer.status_code in (401, 403, 404) and not is_link
            if refused or (to_sign_in and rule.endpoint != "identity.sign_out"):
                wrong.append(f"{role} gets {answer.status_code} at {method} {rule.rule}")
            if answer.status_code >= 500:
                wrong.append(f"{role} gets {answer.status_code} at {method} {rule.rule}")
    assert wrong == []


@pytest.mark.check("C-08")
@pytest.mark.parametrize("path", ["/board", "/board/live", "/board/visits/{visit}"])
def test_the_desk_reads_no_clinical_word(browsers, visits, path):
    """ROLE-4: not what a patient wrote, nor what they said at check-in."""
    answer = browsers[DESK].get(path.format(visit=visits.own.id))
    assert answer.status_code == 200
    assert CANARY not in answer.text
