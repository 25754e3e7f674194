"""Every route for every role (C-01, ROLE-6): who is let in, and nobody else learns a thing.

The table is read against `app.url_map`: a route without a line here fails the run. Each route
is asked by each role for their own visit, another of the clinic, one of another clinic and a
random id; what is forbidden is answered like the random one, byte by byte, without a secret.
"""

from __future__ import annotations

import pytest

from server.doors import door_of
from tests.integration.edge.matrix import CHANGES_HANDS, MATRIX, body_of
from tests.roles import (
    ADMIN,
    ALL,
    AUDITOR,
    CANARY,
    COLLEAGUE,
    DESK,
    ELSEWHERE,
    PATIENT,
    STAFF_OF,
    ask,
    names_a_target,
    routes,
    seen,
    tells,
)

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

TARGETS = ("own", "neighbour", "abroad", "nowhere")
#: whose work is with every patient of their clinic
OF_THE_CLINIC = {DESK, ADMIN, AUDITOR}


def test_every_route_is_in_the_matrix_and_no_other(app):
    assert {rule.endpoint for rule in app.url_map.iter_rules()} == set(MATRIX)


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
