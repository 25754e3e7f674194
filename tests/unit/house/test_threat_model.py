"""The page about threats names every threat once, and proofs that exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from dev.security import DUE

ROOT = Path(__file__).parents[3]
MODEL = (ROOT / "docs" / "threat-model.md").read_text()
PROMISES = (ROOT / "SECURITY.md").read_text()
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in MODEL.splitlines()
    if line.startswith("| T-")
]


def test_each_threat_has_its_line():
    assert [row[0] for row in ROWS] == [f"T-{number:02}" for number in range(1, 41)]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_its_state_is_honest(row):
    _id, threat, control, proof, state = row
    paths = re.findall(r"`([^`]+)`", proof)
    assert threat
    word, _, why = state.partition(": ")
    assert word in ("tested", "partly", "later")
    assert bool(why) == (word != "tested"), "say what is missing, or that nothing is"
    assert bool(paths) == (word != "later")
    assert (control == "-") == (word == "later")


@pytest.mark.parametrize("page", [MODEL, PROMISES], ids=["threat-model", "SECURITY"])
def test_every_path_named_is_there(page):
    named = set(re.findall(r"`((?:tests|server|signaling|config|dev|docs)/[^`]+?)`", page))
    assert named
    assert [path for path in sorted(named) if not (ROOT / path).exists()] == []


def test_every_check_that_is_due_is_promised():
    assert set(re.findall(r"C-\d\d", PROMISES)) >= DUE.keys()


def test_every_proof_is_a_test():
    for row in ROWS:
        for path in re.findall(r"`(tests/[^`]+)`", row[3]):
            assert re.search(r"def test_|^Test\w+ = ", (ROOT / path).read_text(), re.M), path
