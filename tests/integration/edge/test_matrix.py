"""Every route for every role (C-01, ROLE-6): who is let in, and nobody else learns a thing.

The table is read against `app.url_map`: a route without a line here fails the run. For each
route and role the same request goes to a visit of the clinic, to one of another clinic and to a
random id; whoever may not is answered alike for all three, without a canary in body or header.
"""

from __future__ import annotations

import re
import uuid
from datetime import UTC, datetime

import pytest
from sqlalchemy import String, Text, update

from server.chart.models import DraftNote
from server.db import Base
from server.doors import door_of
from server.identity import cookies
from server.visits.attest import STATEMENTS
from server.visits.kinds import Stage
from server.visits.models import CheckIn, Participant, Visit, VisitMessage
from tests.browsing import BASE_URL
from tests.people import (
    ANA,
    DR_LIND,
    DR_OSEI,
    DR_RIVERA,
    JORDAN_LEE,
    LINH,
    MORGAN,
    ROBIN,
    SAM_WHITFIELD,
)

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

PATIENT, GUARDIAN, INTERPRETER = "patient", "guardian", "interpreter"
FURTHER = "further browser"  # holds the patient's link and has not said who it is
HOST, COLLEAGUE, THERAPIST = "psychiatrist", "colleague", "therapist of the visit"
DESK, ELSEWHERE, GRANT, STRANGER = "coordinator", "other clinic", "call grant", "nobody"
LINKS = {PATIENT, GUARDIAN, INTERPRETER}
TREATING = {HOST, THERAPIST}
STAFF = {HOST, THERAPIST, COLLEAGUE, DESK, ELSEWHERE}
CLINICIANS = STAFF - {DESK}
ALL = LINKS | STAFF | {FURTHER, GRANT, STRANGER}

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
    "patient.device_test": LINKS,
    "patient.running_late": LINKS,
    "patient.ask_cannot_come": LINKS,
    "patient.cannot_come": LINKS,
    "patient.phone_instead": LINKS,
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
    "visit_api.message_waiting": TREATING | {DESK},
    "visit_api.admit": TREATING,
    "visit_api.wait": TREATING,
    "visit_api.remove": TREATING,
    "visit_api.safety_code": TREATING,
    "visit_api.end": TREATING,
    "visit_api.reopen": TREATING,
    "visit_api.board_ticket": STAFF,
    "visit_api.own_echo_ticket": STAFF,
    "visit_api.own_device_test": STAFF,
    "visit_api.hear": set(),  # signaling alone, by its own signature
    "chart.save_note": TREATING,
    "chart_pages.overview": TREATING,
    "chart_pages.history": TREATING,
    "chart_pages.safety": TREATING,
    "day.today": CLINICIANS,
    "day.today_live": CLINICIANS,
    "day.who": TREATING,
    "day.admit": TREATING,
    "day.message": TREATING | {DESK},
    "day.task": set(),  # of a random task; tests/integration/desk has the others
    "day.set_up": STAFF,
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
    "workspace.call_for_help": TREATING,
    "workspace.convert": TREATING,
    "workspace.resend": TREATING | {DESK},
    "demo.sign_in": set(),  # needs a signed token
    "demo.mailbox": ALL,  # in the demo, on this machine
}
#: they end something for the others, so that they are asked of whoever may not, alone
CHANGES_HANDS = {"identity.sign_out", "visit_api.end", "workspace.convert", "visit_api.remove"}
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
    "note": {"text": "Calm today.", "revision": 0, "key": "k" * 8},
    "start": dict.fromkeys(STATEMENTS, "confirmed"),
    "moved": {"street": "1 Pearl Street", "city": "Boulder", "state": "CO"},
}  # fmt: skip
CANARY = "canary"
_NONCE = re.compile(
    rb'(name="csrf_token" value=")[^"]+|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}'
)


@pytest.fixture
def visits(a_visit, transaction):
    """Morgan's visit with everybody in it, Robin's at the other clinic; canaries in both."""
    mine = a_visit(also=(SAM_WHITFIELD, LINH, ANA))
    theirs = a_visit(patient=ROBIN, clinician=DR_LIND)
    now = datetime.now(UTC)
    with transaction() as session:
        for visit, patient, doctor in ((mine, MORGAN, DR_RIVERA), (theirs, ROBIN, DR_LIND)):
            seat = session.get_one(Participant, visit.participant(patient))
            seat.stage, seat.seat_session, seat.waiting_since = Stage.WAITING, "phone", now
            session.add_all(
                [
                    CheckIn(
                        participant_id=seat.id, started_at=now, saved_at=now, completed_at=now
                    ),
                    VisitMessage(
                        room_id=visit.room_id, participant_id=seat.id, from_clinic=False,
                        text="", at=now,
                    ),
                    DraftNote(
                        visit_id=visit.id, author_id=doctor.id, saved_at=now, revision=1
                    ),
                ]
            )  # fmt: skip
            session.flush()
        _plant(session)
    return mine, theirs


def _plant(session) -> None:
    """A canary in every free column that holds something of a person (A0, A1, A2)."""
    closed = {Visit.__table__.c.timezone}
    for table in Base.metadata.sorted_tables:
        values = {
            column.name: f"{CANARY}-{column.name}"[: column.type.length or 60]
            for column in table.columns
            if column.info.get("holds") in ("A0", "A1")
            and type(column.type) in (String, Text)
            and column not in closed
            and (column.type.length or 60) >= len(CANARY)
        }
        if values and table.name != "tasks":
            session.execute(update(table).values(**values))


@pytest.fixture
def browsers(app, visits, as_staff, as_patient, anybody):
    """One browser for each role."""
    mine, _theirs = visits
    host = as_staff(DR_RIVERA)
    opened = host.post(f"/visits/{mine.id}/ticket", {"page": "p", "tab": "t"})
    assert opened.status_code == 200, opened.text
    grant = anybody()
    grant.hold(cookies.CALL, host.cookie(cookies.CALL))
    stranger = anybody()
    token = re.search(r'name="csrf_token" value="([^"]+)"', stranger.get("/sign-in").text)[1]
    everybody = {
        PATIENT: as_patient(mine.link(MORGAN)),
        GUARDIAN: as_patient(mine.link(LINH)),
        INTERPRETER: as_patient(mine.link(ANA)),
        FURTHER: as_patient(mine.link(MORGAN)),
        HOST: host,
        THERAPIST: as_staff(SAM_WHITFIELD),
        COLLEAGUE: as_staff(DR_OSEI),
        DESK: as_staff(JORDAN_LEE),
        ELSEWHERE: as_staff(DR_LIND),
        GRANT: grant,
        STRANGER: stranger,
    }
    for browser in everybody.values():  # each shows a form of ours
        browser.hold("__Host-form", stranger.cookie("__Host-form"))
        browser.form_token = token
    return everybody


def ask(app, browser, rule, method, visit_id, participant_id):
    """The request as a page of ours would send it, so that only the right to it is in doubt."""
    path = rule.rule
    for name, value in {"visit_id": visit_id, "participant_id": participant_id}.items():
        path = path.replace(f"<uuid:{name}>", str(value))
    path = path.replace("<uuid:task_id>", str(uuid.uuid4())).replace("<token>", "x")
    path = path.replace("<step>", "identity")
    path = re.sub(r"<any\((\w+)[^>]*>", r"\1", path)
    if method == "GET":
        return browser.get(path)
    if method == "PUT":
        return browser.put(path, BODIES["note"])
    door = door_of(app.view_functions[rule.endpoint])
    body = BODIES.get(rule.rule.rsplit("/", 1)[-1], {})
    if door.api:
        return browser.post(path, body)
    fields = {**body, "csrf_token": browser.form_token}
    return browser.raw("POST", path, data=fields, headers={"Origin": BASE_URL})


def seen(answer) -> tuple:
    """What somebody is told, without what differs each time."""
    headers = {k: v for k, v in answer.headers if k not in ("Set-Cookie", "Content-Length")}
    told = str(sorted(headers.items())).encode()
    return answer.status_code, _NONCE.sub(rb"\1", answer.data), _NONCE.sub(rb"\1", told)


def routes(app):
    for rule in app.url_map.iter_rules():
        for method in sorted(rule.methods - {"HEAD", "OPTIONS"}):
            yield rule, method


def test_every_route_is_in_the_matrix_and_no_other(app):
    assert {rule.endpoint for rule in app.url_map.iter_rules()} == set(MATRIX)


def test_whoever_may_not_is_told_the_same_for_any_id_and_nothing_of_anybody(
    app, browsers, visits
):
    mine, theirs = visits
    wrong = []
    for rule, method in routes(app):
        may = MATRIX[rule.endpoint]
        for role, browser in browsers.items():
            if role in may:
                continue
            told = [
                seen(ask(app, browser, rule, method, *ids))
                for ids in (
                    (mine.id, mine.participant(MORGAN)),
                    (theirs.id, theirs.participant(ROBIN)),
                    (uuid.uuid4(), uuid.uuid4()),
                )[: 3 if rule.arguments else 1]
                if not (ids[0] == theirs.id and role == ELSEWHERE)
            ]
            if len(set(told)) != 1:
                wrong.append(f"{role} is answered differently at {method} {rule.rule}")
            status, body, headers = told[0]
            if status not in (303, 401, 403, 404):
                wrong.append(f"{role} gets {status} at {method} {rule.rule}")
            if CANARY.encode() in body + headers:
                wrong.append(f"{role} reads a canary at {method} {rule.rule}")
    assert wrong == []


def test_whoever_may_is_let_in(app, browsers, visits):
    mine, _theirs = visits
    wrong = []
    for rule, method in routes(app):
        if rule.endpoint in CHANGES_HANDS:
            continue  # asked for by the tests of each
        for role in MATRIX[rule.endpoint] - {STRANGER}:
            answer = ask(app, browsers[role], rule, method, mine.id, mine.participant(MORGAN))
            to_sign_in = answer.headers.get("Location", "").startswith(("/sign-in", "/link-n"))
            is_link = rule.rule.startswith("/v/")  # an unknown token is 404 to everybody
            refused = answer.status_code in (401, 403, 404) and not is_link
            if refused or (to_sign_in and rule.endpoint != "identity.sign_out"):
                wrong.append(f"{role} gets {answer.status_code} at {method} {rule.rule}")
    assert wrong == []


def test_another_clinics_visit_is_nobodys_here(app, browsers, visits):
    """T-02: also for those who may do all of it to their own."""
    _mine, theirs = visits
    wrong = []
    for rule, method in routes(app):
        if "visit_id" not in rule.arguments:
            continue
        for role, browser in browsers.items():
            if role == ELSEWHERE:
                continue
            ids = (theirs.id, theirs.participant(ROBIN))
            answer = ask(app, browser, rule, method, *ids)
            refused = answer.status_code in (303, 401, 403, 404, 422)
            if not refused or CANARY.encode() in answer.data:
                wrong.append(f"{role} gets {answer.status_code} at {method} {rule.rule}")
    assert wrong == []


@pytest.mark.parametrize("path", ["/board", "/board/live", "/board/visits/{visit}"])
def test_the_desk_reads_no_clinical_word(browsers, visits, path):
    """ROLE-4: not what a patient wrote, nor what they said at check-in."""
    mine, _theirs = visits
    answer = browsers[DESK].get(path.format(visit=mine.id))
    assert answer.status_code == 200
    assert CANARY not in answer.text
