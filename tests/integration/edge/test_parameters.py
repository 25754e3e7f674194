"""No parameter of a list, page or search shows a row of another clinic (C-09)."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.people import ALEX, DR_LIND, HARBOR, LAKESIDE, MORGAN, ROBIN
from tests.roles import (
    ADMIN,
    AUDITOR,
    DESK,
    ELSEWHERE,
    FROM_ABROAD,
    HOST,
    address,
    names_a_target,
    routes,
)

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

NAMES = (
    "clinic_id", "clinic", "tenant", "patient_id", "patient", "account_id", "account", "actor",
    "id", "visit_id", "visit", "role", "q", "search", "filter", "where", "sort", "order_by",
    "order", "page", "limit", "offset", "day", "from", "to", "since", "until", "include",
    "fields", "format", "said", "next", "object", "action", "name", "who",
)  # fmt: skip
SIGNS = ("", "0", "-1", "9" * 30, "*", "%", "clinic_id", "-starts_at", "' OR 1=1 --", "\u0000")
HERE = {MORGAN.name, MORGAN.short_name, ALEX.name, ALEX.short_name}
THERE = {ROBIN.name, ROBIN.short_name, FROM_ABROAD, DR_LIND.name}
FOREIGN = {ELSEWHERE: HERE, DESK: THERE, HOST: THERE, ADMIN: THERE, AUDITOR: THERE}


def foreign_words(app, browsers, rule, role, where, parameters):
    """What this role was shown that belongs to the other clinic; what they typed is theirs."""
    answer = browsers[role].get(where, query_string=parameters)
    assert answer.status_code < 500, f"{role} breaks {rule.rule}"
    echoed = {value for _name, value in parameters}
    return [word for word in FOREIGN[role] - echoed if word in answer.text]


@pytest.fixture
def lists(app):
    """Every page whose address names nobody: what it shows is decided by who asks."""
    return [
        rule for rule, method in routes(app) if method == "GET" and not names_a_target(rule)
    ]


@pytest.mark.check("C-09")
def test_no_list_shows_another_clinic_whatever_it_is_asked_for(
    app, browsers, visits, lists, record_property
):
    targets, wrong, asked = visits.targets(), [], 0
    for rule in lists:
        for role in FOREIGN:
            away = ("own", HARBOR.id) if role == ELSEWHERE else ("abroad", LAKESIDE.id)
            for value in (away[1], targets[away[0]].patient_id):
                parameters = [(name, str(value)) for name in NAMES]
                where = address(rule, targets["own"])
                asked += 1
                if told := foreign_words(app, browsers, rule, role, where, parameters):
                    wrong.append(f"{role} reads {told} at {where}")
    record_property("figure", f"{asked} lists asked for what is another clinic's")
    assert wrong == []


@pytest.mark.check("C-09")
def test_no_odd_parameter_opens_another_clinic(app, browsers, visits, lists):
    targets = visits.targets()
    ids = [part for target in targets.values() for part in vars(target).values()]
    values = st.sampled_from([*map(str, ids), *HERE, *THERE, *SIGNS]) | st.text(max_size=12)

    @settings(
        max_examples=100,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(
        st.sampled_from(lists),
        st.sampled_from(sorted(FOREIGN)),
        st.lists(st.tuples(st.sampled_from(NAMES), values), min_size=1, max_size=5),
    )
    def ask_for_it(rule, role, parameters):
        where = address(rule, targets["own"])
        assert not foreign_words(app, browsers, rule, role, where, parameters)

    ask_for_it()
