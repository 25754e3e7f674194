"""Targets a thumb can hit, and nothing that must be scrolled sideways (UX §2.1, §2.5)."""

from __future__ import annotations

import pytest

from tests.walk import PARTS


@pytest.mark.parametrize("part", PARTS)
def test_targets_are_large_enough(walked, part):
    """48 px for patients, 56 in the call; 44 for staff, 48 for the primary act."""
    _walk, look = walked(part)
    assert not look.found.targets, "\n".join(look.found.targets)


@pytest.mark.parametrize("part", PARTS)
def test_nothing_scrolls_sideways_at_320(walked, part):
    _walk, look = walked(part)
    assert not look.found.sideways, "\n".join(look.found.sideways)


@pytest.mark.slow
@pytest.mark.parametrize("part", PARTS)
def test_nothing_scrolls_sideways_when_zoomed_or_turned(walked, part):
    """320 px, 200 % zoom of a desk, a phone on its side."""
    _walk, look = walked(part, closely=True)
    assert not look.found.sideways, "\n".join(look.found.sideways)
