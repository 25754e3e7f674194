"""The walk past every page, made once, and people who have a keyboard and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
from playwright.sync_api import ElementHandle, Frame, Locator, Mouse, Page, Touchscreen

from tests.house import Stack, a_house
from tests.keyboard import Keyboard, refuse_pointers
from tests.look import Look
from tests.two_people import Side
from tests.walk import Walk, Witness, along

_BY_HAND = (
    "click", "dblclick", "tap", "check", "uncheck", "set_checked", "hover", "fill", "focus",
    "select_option", "drag_to", "drag_and_drop", "press", "type", "press_sequentially",
)  # fmt: skip
_WITH_A_MOUSE = ("click", "dblclick", "move", "down", "up", "wheel")


@pytest.fixture(scope="session")
def stack(scratch: Path) -> Iterator[Stack]:
    """The whole house; it logs as much as it can, so that one may look for what it must not."""
    with a_house(scratch / "house", MOORING_LOG_LEVEL="DEBUG") as house:
        yield house


@pytest.fixture(scope="session")
def walked(chromium, stack) -> Callable[..., tuple[Walk, Look]]:
    """`walked("visit")`: that part of the walk, and what was found along it."""

    @cache
    def go(part: str, *, closely: bool = False) -> tuple[Walk, Look]:
        walk, look = Walk(chromium, stack), Look(closely=closely)
        for stop in along(part, walk):
            look.at(stop)
        return walk, look

    return go


@pytest.fixture
def no_pointer(monkeypatch):
    """From here on nothing but `page.keyboard` moves anything."""

    def refuse(*_arguments: object, **_named: object) -> None:
        raise AssertionError("only the keyboard here")

    for kind in (Page, Frame, Locator, ElementHandle):
        for verb in _BY_HAND:
            if hasattr(kind, verb):
                monkeypatch.setattr(kind, verb, refuse)
    for verb in _WITH_A_MOUSE:
        monkeypatch.setattr(Mouse, verb, refuse)
    monkeypatch.setattr(Touchscreen, "tap", refuse)


@pytest.fixture
def by_keyboard(chromium, no_pointer):
    """A browser for somebody without a mouse: `by_keyboard(Whose.PATIENT)`."""
    opened: list[Side] = []

    def one(whose) -> tuple[Side, Keyboard]:
        side = Witness(chromium, whose)
        refuse_pointers(side.context)
        opened.append(side)
        return side, Keyboard(side.page)

    yield one
    for side in opened:
        side.close()
