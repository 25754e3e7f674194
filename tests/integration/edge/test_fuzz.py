"""Every route, as everybody, with bodies nobody would send: no fault of ours (C-47)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from dev.fuzz import forms
from dev.fuzz.clinic import AClinic, a_clinic
from dev.fuzz.target import fuzz
from server.doors import door_of

pytestmark = pytest.mark.parametrize("engine", ["sqlite"])  # parsing is the same on both


@pytest.fixture(scope="module")
def clinic() -> Iterator[AClinic]:
    with a_clinic() as clinic:
        yield clinic


@pytest.mark.check("C-47")
@pytest.mark.parametrize("seconds", [2, pytest.param(60, marks=pytest.mark.slow)])
@pytest.mark.parametrize("name", ["forms", "pages", "happenings"])
def test_whatever_is_sent_is_answered(clinic, engine, name, seconds, record_property):
    targets = {target.name: target for target in forms.everything(clinic)}
    count = fuzz(targets[name], seconds)
    record_property("figure", f"{name}: {count} in {seconds} s")


def test_everybody_gets_past_their_own_door(clinic, engine):
    """Fuzzing strangers alone would prove little."""
    clinic.as_it_was()
    seen = {
        person: clinic.browser(person).get(path, base_url=clinic.settings.base_url).status_code
        for person, path in {
            "Jordan Lee": "/board",
            "Dr. Maya Rivera": "/today",
            clinic.people[-1]: "/sign-in",
        }.items()
        if person in clinic.people
    }
    assert set(seen.values()) == {200}
    assert "call grant" in clinic.people


def test_most_forms_are_known_by_their_fields(clinic, engine):
    """A view whose fields are found in its source is asked with them, not with guesses."""
    unknown = []
    for rule in clinic.app.url_map.iter_rules():
        view = clinic.app.view_functions[rule.endpoint]
        if "POST" not in rule.methods or not door_of(view).api:
            continue
        models, names = forms._read_by(view)
        if not models and not names:
            unknown.append(rule.endpoint)
    assert len(unknown) <= 20, unknown
