"""The dose is absent from schema, routes, templates and settings (NUD-1, 2, 3, 10, 17)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from config.settings import MediaSettings, SignalingSettings, WebSettings
from server.schema import METADATA
from server.visits.kinds import VisitKind

ROOT = Path(__file__).parents[3]
ALLOWED = set((Path(__file__).with_name("allowed_words.txt")).read_text().split())

#: NUD-2: word stems of what must not exist, against whole snake_case words (so that
#: `relationship` passes); NUD-3: other routes; NUD-10: aids for a dose.
STEMS = (
    *("prescri", "rx", "pharmac", "ship", "dispens", "refill", "sublingual", "troche"),
    *("lozenge", "intramuscular", "oral", "dose", "dosing", "infusion", "sitter"),
    *("eyemask", "journey", "playlist", "music"),
)
PHRASES = ("at_home", "planned_dose", "order_dose", "home_dose", "eye_mask", "medicine_session")


def forbidden(name: str) -> list[str]:
    """The stems and phrases a name contains, unless two people allowed it by name."""
    if name in ALLOWED:
        return []
    words = [w for w in re.split(r"[^a-z0-9]+", name.lower()) if w]
    joined = "_".join(words)
    found = [stem for stem in STEMS for word in words if word.startswith(stem)]
    return found + [phrase for phrase in PHRASES if phrase in joined]


def names_of_the_schema():
    for table in METADATA.sorted_tables:
        yield table.name
        for column in table.columns:
            yield column.name


def names_of_the_code():
    for folder in ("server", "signaling", "config"):
        for path in (ROOT / folder).rglob("*.py"):
            if "__pycache__" in path.parts or "/demo/" in str(path):
                continue
            yield from re.findall(r'(?:route|get|post|put)\("(/[^"]*)"', path.read_text())


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("planned_dose_mg", True),
        ("prescription_id", True),
        ("rx_number", True),
        ("at_home", True),
        ("relationship", False),
        ("shipping_address", True),
        ("township", False),
        ("friendship", False),
        ("temporal", False),
    ],
)
def test_the_scan_itself_finds_what_it_should(name, found):
    assert bool(forbidden(name)) is found


def test_no_table_or_column_could_hold_a_dose_to_be_taken():
    assert {n: f for n in names_of_the_schema() if (f := forbidden(n))} == {}


def test_no_address_leads_to_one():
    rules = list(names_of_the_code())
    assert len(rules) > 20
    assert {r: f for r in rules if (f := forbidden(r))} == {}


def test_no_template_is_one():
    paths = [str(p.relative_to(ROOT)) for p in (ROOT / "web" / "templates").rglob("*.html")]
    fields = {
        name
        for path in paths
        for name in re.findall(r'name="([a-z_]+)"', (ROOT / path).read_text())
    }
    assert fields
    assert {n: f for n in [*paths, *fields] if (f := forbidden(n))} == {}


def test_no_kind_of_visit_means_one():
    assert {k: f for k in VisitKind if (f := forbidden(k.value))} == {}
    assert len(VisitKind) == 11


@pytest.mark.parametrize("process", [WebSettings, SignalingSettings, MediaSettings])
def test_no_setting_reaches_the_rules(process):
    names = set(process.model_fields)
    assert not [n for n in names if forbidden(n)]
    assert not [n for n in names if "nud" in n or "exclu" in n or "allow_dos" in n]
