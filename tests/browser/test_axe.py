"""axe finds nothing serious or critical on any page, in any state (UX §2.5)."""

from __future__ import annotations

import pytest

from tests.walk import PARTS


@pytest.mark.parametrize("part", PARTS)
def test_axe_finds_nothing_grave(walked, part):
    """At the size each page is mostly used at, light and dark."""
    _walk, look = walked(part)
    assert not look.found.axe, "\n".join(look.found.axe)


@pytest.mark.slow
@pytest.mark.parametrize("part", PARTS)
def test_axe_finds_nothing_grave_at_any_size(walked, part):
    """320, 390 and 1280 px, light and dark."""
    _walk, look = walked(part, closely=True)
    assert not look.found.axe, "\n".join(look.found.axe)
