"""Every route, as everybody, with bodies nobody would send: no fault of ours (C-47)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from dev.fuzz import forms
from dev.fuzz.clinic import AClinic, a_clinic
from dev.fuzz.target import fuzz
from server.doors import door_of
from tests.integration.edge.matrix import CHANGES_HANDS, READS_NO_BODY
from tests.people import DR_RIVERA, JORDAN_LEE, MORGAN

#: a target of its own; a field for each statement, none of which is in the source
ELSEWHERE = {"visit_api.hear", "workspace.start"}
pytestmark = pytest.mark.parametrize("engine", ["sqlite"])  # parsing is the same on both


@pytest.fixture(scope="module")
def clinic() -> Iterator[AClinic]:
    with a_clinic() as clinic:
        yield clinic


@pytest.mark.check("C-47")
@pytest.mark.parametrize("seconds", [4, pytest.param(60, marks=pytest.mark.slow)])
@pytest.mark.parametrize("name", ["forms", "pages", "happenings"])
def test_whatever_is_sent_is_answered(clinic, engine, name, seconds, record_property):
    targets = {target.name: target for target in forms.everything(clinic)}
    count = fuzz(targets[name], seconds)
    record_property("figure", f"{name}: {count} in {seconds} s")


def test_everybody_gets_past_their_own_door(clinic, engine):
    """Fuzzing strangers alone would prove little."""
    clinic.as_it_was()
    visit = f"/visits/{clinic.visits[0].id}"
    home = {
        JORDAN_LEE.name: "/board",
        DR_RIVERA.name: "/today",
        MORGAN.name: "/visit/state",
        f"{MORGAN.name}, further browser": "/visit/confirm",
        "call grant": f"{visit}/state",
        "nobody": "/sign-in",
    }
    seen = {
        person: clinic.browser(person).get(path, base_url=clinic.settings.base_url).status_code
        for person, path in home.items()
    }
    assert seen == dict.fromkeys(home, 200)
    assert home.keys() <= set(clinic.people)


def test_forms_are_known_by_their_fields(clinic, engine):
    """A view whose fields are found in its source is asked with them, not with guesses."""
    unknown = set()
    for rule in clinic.app.url_map.iter_rules():
        view = clinic.app.view_functions[rule.endpoint]
        if "POST" not in rule.methods or not door_of(view).api:
            continue
        models, names = forms._read_by(view)
        if not models and not names:
            unknown.add(rule.endpoint)
    assert unknown <= READS_NO_BODY | CHANGES_HANDS | ELSEWHERE
