"""A page that is loaded again in the middle of a visit is back in it at once (R-04)."""

from __future__ import annotations

import pytest

from tests.bench.watched import Watched

pytestmark = pytest.mark.browser
BACK_WITHIN_MS = 4_000


@pytest.mark.parametrize("who", ["patient", "clinician"])
def test_a_reload_brings_both_pictures_back_without_another_wait(two_people, who):
    sides = {
        name: Watched(side)
        for name, side in (("patient", two_people.patient), ("clinician", two_people.clinician))
    }
    two_people.in_a_call()
    reloaded = sides.pop(who)
    (other,) = sides.values()
    reloaded.page.reload(wait_until="commit")
    began = reloaded.started()
    assert reloaded.first_frame_after(began) - began <= BACK_WITHIN_MS
    assert other.first_frame_after_standstill(began) - began <= BACK_WITHIN_MS
    reloaded.side.expect_call("connected")
    assert not {"waiting", "testing"} & {*reloaded.states_since(began)}
    assert not {"waiting", "left", "ended"} & {*other.states_since(began)}
