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


@pytest.mark.check("C-09")
def test_no_parameter_opens_another_clinic(app, browsers, visits, record_property):
    targets = visits.targets()
    ids = [HARBOR.id, LAKESIDE.id] + [
        part for target in targets.values() for part in vars(target).values()
    ]
    values = st.sampled_from([*map(str, ids), *HERE, *THERE, *SIGNS]) | st.text(max_size=12)
    lists = [
        rule for rule, method in routes(app) if method == "GET" and not names_a_target(rule)
    ]
    asked = 0

    @settings(
        max_examples=200,
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
        nonlocal asked
        asked += 1
        where = address(rule, targets["own"])
        answer = browsers[role].get(where, query_string=parameters)
        assert answer.status_code < 500
        echoed = {value for _name, value in parameters}  # a search shows what was typed
        told = [secret for secret in FOREIGN[role] - echoed if secret in answer.text]
        assert not told, f"{role} reads {told} at {where}"

    ask_for_it()
    record_property("figure", f"{asked} lists asked with foreign parameters")
