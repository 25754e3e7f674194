"""A phone that changes its network in the middle of a visit (R-03)."""

from __future__ import annotations

import time

import pytest

from tests.bench.watched import Watched

pytestmark = [pytest.mark.browser, pytest.mark.slow]
BACK_WITHIN_MS = 12_000
STOOD_MS = 700


def test_the_picture_is_back_within_twelve_seconds_of_a_new_address(apart):
    sides = [Watched(side) for side in (apart.patient, apart.clinician)]
    apart.in_a_call()
    moved_at = time.time() * 1000
    apart.place.move_to(22)
    for side in sides:
        back = side.first_frame_after_standstill(moved_at, STOOD_MS) - moved_at
        assert back <= BACK_WITHIN_MS, f"after {back:.0f} ms"
    apart.see_each_other()
