"""axe finds nothing serious or critical on any page, in any state (UX §2.5)."""

from __future__ import annotations

import pytest

from tests.look import Look
from tests.walk import PARTS, Stop, Whose, Witness


@pytest.mark.parametrize("part", PARTS)
def test_axe_finds_nothing_grave(walked, part):
    """At the size each page is mostly used at, light and dark."""
    _walk, look = walked(part)
    assert not look.found.axe, "\n".join(look.found.axe)


def test_axe_would_notice(chromium, stack):
    """A picture without words and grey on white, put in by hand."""
    side, look = Witness(chromium, Whose.PATIENT), Look(closely=True)
    side.page.goto(f"{stack.url}/help")
    side.page.evaluate(
        """() => {
          const [image, faint] = [document.createElement("img"), document.createElement("p")];
          image.src = "/static/app/mark.png";
          faint.textContent = "hardly to be read";
          faint.style.color = "#888";
          faint.style.backgroundColor = "#999";
          document.querySelector("main").append(image, faint);
        }"""
    )
    look.at(Stop("spoiled", side.page, Whose.PATIENT))
    side.close()
    found = "\n".join(look.found.axe)
    assert "image-alt" in found
    assert "light: color-contrast" in found
    assert "dark: color-contrast" in found


@pytest.mark.slow
@pytest.mark.parametrize("part", PARTS)
def test_axe_finds_nothing_grave_at_any_size(walked, part):
    """320, 390 and 1280 px, light and dark."""
    _walk, look = walked(part, closely=True)
    assert not look.found.axe, "\n".join(look.found.axe)
