"""No write takes a column it was not made for (C-10, T-05): asked of every write, by column.

Nothing here is a list: the writes come from the route map, the columns from the models.
"""

from __future__ import annotations

import re
import uuid

import pytest
from pydantic import BaseModel, ValidationError
from sqlalchemy import select

from server.assets import DIST
from server.doors import door_of
from server.schema import METADATA
from tests.integration.edge.matrix import (
    CHANGES_HANDS,
    MATRIX,
    READS_NO_BODY,
    body_of,
)
from tests.roles import DESK, HOST, PATIENT, STRANGER, address, ask, routes

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

COLUMNS = sorted({column.name for table in METADATA.sorted_tables for column in table.columns})
#: signed by signaling, which may be newer than web; read field by field
SIGNED = {"Batch", "Happening"}
#: what goes on by itself while somebody clicks
MOVES_BY_ITSELF = {"audit_rows", "audit_heads", "staff_sessions", "link_sessions"}
SMUGGLED = str(uuid.UUID("c0ffee00-0000-4000-8000-000000000010"))
_OFFERED = re.compile(r"""name=["']([a-z_]+)["']""")


def whoever_may(endpoint: str, browsers):
    """The first of those who are let in."""
    first = [role for role in (PATIENT, HOST, DESK) if role in MATRIX[endpoint]]
    return browsers[[*first, *sorted(MATRIX[endpoint] - {STRANGER})][0]]


def writes(app, *, api: bool):
    """Every call that changes something, for somebody who may."""
    for rule, method in routes(app):
        door = door_of(app.view_functions[rule.endpoint])
        if method == "GET" or door.machine or door.api is not api or not MATRIX[rule.endpoint]:
            continue
        if rule.endpoint not in CHANGES_HANDS or rule.endpoint == "visit_api.host.end":
            yield rule, method


def all_rows(session) -> dict[str, list]:
    """Every row there is, but for what moves by itself."""
    return {
        table.name: sorted(map(repr, session.execute(select(table)).all()))
        for table in METADATA.sorted_tables
        if table.name not in MOVES_BY_ITSELF
    }


def models(known: type[BaseModel] = BaseModel) -> list[type[BaseModel]]:
    """Every shape in which something comes over the road to web."""
    below = [model for each in known.__subclasses__() for model in (each, *models(each))]
    ours = [model for model in below if model.__module__.startswith("server.")]
    return [model for model in ours if model.__name__ not in SIGNED]


@pytest.mark.check("C-10")
def test_no_shape_takes_a_column_that_is_not_its_own(app, record_property):
    taken, offered = [], 0
    for model in models():
        own = {field.alias or name for name, field in model.model_fields.items()}
        for column in COLUMNS:
            if column in own | set(model.model_fields):
                continue
            offered += 1
            try:
                model.model_validate({column: SMUGGLED})
                taken.append(f"{model.__name__} takes {column}")
            except ValidationError as refused:
                said = {(each["type"], each["loc"]) for each in refused.errors()}
                if ("extra_forbidden", (column,)) not in said:
                    taken.append(f"{model.__name__} overlooks {column}")
    record_property("figure", f"{offered} columns offered, {len(taken)} taken")
    assert len(models()) > 10
    assert taken == []


@pytest.mark.check("C-10")
def test_no_call_takes_a_column_that_is_not_its_own(app, browsers, visits, reading):
    target = visits.targets()["own"]
    with reading() as session:
        before = all_rows(session)
    wrong = []
    for rule, method in writes(app, api=True):
        if rule.endpoint in READS_NO_BODY:
            continue
        browser, body = whoever_may(rule.endpoint, browsers), body_of(rule)
        send = browser.put if method == "PUT" else browser.post
        for smuggled in ({"clinic_id": SMUGGLED}, dict.fromkeys(COLUMNS, SMUGGLED)):
            answer = send(address(rule, target), {**smuggled, **body})
            if answer.status_code != 422:
                wrong.append(f"{rule.rule} takes {len(smuggled)}: {answer.status_code}")
    with reading() as session:
        assert all_rows(session) == before
    assert wrong == []


@pytest.mark.check("C-10")
def test_no_form_writes_a_field_it_did_not_offer(app, browsers, visits, reading):
    """Forms overlook what they do not know; then it must not be found in any row."""
    offered = {
        name
        for page in (DIST.parent / "templates").rglob("*.html")
        for name in _OFFERED.findall(page.read_text())
    }
    smuggled = {column: SMUGGLED for column in COLUMNS if column not in offered}
    assert {"clinic_id", "author_id", "account_id"} <= set(smuggled)
    for rule, method in [*writes(app, api=False), *writes(app, api=True)]:
        if rule.endpoint in READS_NO_BODY or not door_of(app.view_functions[rule.endpoint]).api:
            body = {**smuggled, **body_of(rule)}
            browser = whoever_may(rule.endpoint, browsers)
            answer = ask(app, browser, rule, method, visits.targets()["own"], body)
            assert answer.status_code < 500, rule.rule
    with reading() as session:
        kept = [table for table, rows in all_rows(session).items() if SMUGGLED in "".join(rows)]
    assert kept == []
