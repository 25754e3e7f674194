"""The masks of the walls: few, each in use, in one file (SECURITY.md §5, C-07, C-08, C-12)."""

from __future__ import annotations

import re
from pathlib import Path

from tests.masks import MASKS, MOST

TESTS = Path(__file__).parents[2]


def test_there_are_at_most_six_and_each_is_used_by_a_test():
    used = set()
    for test in TESTS.rglob("test_*.py"):
        for names in re.findall(r'(?:Veil\(|masks=\[)((?:"[^"]+",? ?)+)', test.read_text()):
            used |= set(re.findall(r'"([^"]+)"', names))
    assert used == set(MASKS)
    assert len(MASKS) <= MOST
