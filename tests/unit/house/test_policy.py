"""The clinic's numbers: each one in the file is obeyed, and a mistyped one stops us (POL-1)."""

from __future__ import annotations

import copy
import re
from pathlib import Path

import pytest
import yaml

from config.policy import FILE, of
from server.visits.kinds import VisitKind

ENTRIES = yaml.safe_load(FILE.read_text())
#: read whole, whatever is in them; who reads each is asked below
WHOLE = {"durations", "connection"}
NAMED = [
    (group, name)
    for group, entries in ENTRIES.items()
    if isinstance(entries, dict) and group not in WHOLE
    for name in entries
]
GRADES = Path(__file__).parents[3] / "web" / "src" / "devices" / "grade.ts"


def changed(group: str, name: str, entry: object = None) -> dict:
    """The file with one entry missing, or with another in its place."""
    entries = copy.deepcopy(ENTRIES)
    del entries[group][name]
    return entries if entry is None else {**entries, group: {**entries[group], name: entry}}


@pytest.mark.parametrize(("group", "name"), NAMED)
def test_every_number_in_the_file_is_read(group, name):
    """What nobody reads could be signed and would decide nothing."""
    with pytest.raises(KeyError):
        of(changed(group, name))


def test_every_kind_of_visit_has_its_length():
    assert ENTRIES["durations"].keys() == {kind.value for kind in VisitKind}


def test_the_page_grades_a_connection_by_every_threshold():
    said = set(re.findall(r"limits\.([a-z_]+)", GRADES.read_text()))
    assert ENTRIES["connection"].keys() == said


@pytest.mark.parametrize(
    ("group", "name", "entry"),
    [
        ("visit", "longest", {"value": 0, "unit": "minutes"}),
        ("visit", "longest", {"value": "long", "unit": "minutes"}),
        ("visit", "longest", {"value": 2, "unit": "fortnights"}),
        ("visit", "identity_tries", {"value": "five", "unit": "tries"}),
        ("emergency_access", "lasts", {"value": -60, "unit": "minutes"}),
        ("minors", "confidential", {"value": "no", "unit": "yes_or_no"}),
    ],
)
def test_a_mistyped_number_stops_the_process(group, name, entry):
    with pytest.raises((KeyError, ValueError)):
        of(changed(group, name, entry))
