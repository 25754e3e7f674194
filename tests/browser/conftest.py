"""The walk past every page, made once; each test asks one thing of what was seen."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import pytest

from tests.look import Look
from tests.walk import Walk


@pytest.fixture(scope="session")
def walked(chromium, stack) -> Callable[..., tuple[Walk, Look]]:
    """`walked("visit")`: that part of the walk, and what was found along it."""

    @cache
    def go(part: str, *, closely: bool = False) -> tuple[Walk, Look]:
        walk, look = Walk(chromium, stack), Look(closely=closely)
        for stop in getattr(walk, part)():
            look.at(stop)
        return walk, look

    return go
