"""A patient and a clinician on networks of their own, with the house behind a doorway."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.faults.network.namespaces import Place, a_network
from tests.house import Stack
from tests.two_people import DESK, PHONE, Side, TwoPeople


@dataclass
class Apart(TwoPeople):
    """Two people who share nothing but the road between them."""

    stack: Stack
    visit: dict[str, str]
    patient: Side
    clinician: Side
    place: Place
    """Where the patient is."""


@pytest.fixture
def apart(stack: Stack, chromium: Browser, tmp_path: Path) -> Iterator[Apart]:
    """Two browsers in two network namespaces, and a visit between them."""
    with a_network(tmp_path) as network:
        network.open_door(range(stack.port, stack.port + 3))
        places = [network.place() for _ in range(2)]
        browsers = [network.browser(place, chromium) for place in places]
        people = Apart(
            stack,
            stack.visit(ready=True),
            Side(browsers[0], PHONE),
            Side(browsers[1], DESK),
            places[0],
        )
        try:
            yield people
        finally:
            people.close()
            for browser in browsers:
                browser.close()
