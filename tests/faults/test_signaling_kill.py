"""Signaling dies in the middle of a call, and nobody in it notices (R-01)."""

from __future__ import annotations

import time

import pytest

from tests.bench.watched import Watched
from tests.faults.outage import signaling_killed
from tests.two_people import TwoPeople

pytestmark = [pytest.mark.browser, pytest.mark.alone]
KEPT = 0.95
#: a busy machine drops frames in some outages, a fault of ours in every one
OUTAGES = 3
REATTACHED_WITHIN_MS = 5_000


def frame_rates(people: TwoPeople, sides: list[Watched], seconds: int) -> list[float]:
    """Frames decoded by each side, a second."""
    start = [side.decoded() for side in sides]
    people.patient.page.wait_for_timeout(seconds * 1000)
    return [side.decoded().rate_since(since) for side, since in zip(sides, start, strict=True)]


def assert_nobody_notices(people: TwoPeople, sides: list[Watched], *, seconds: int) -> None:
    """As many frames in the outage as before it, attached soon after, thrown out never."""
    for _ in range(OUTAGES):
        usual = frame_rates(people, sides, seconds)
        with signaling_killed(people.stack) as outage:
            rates = frame_rates(people, sides, seconds)
        for side in sides:
            late = side.signaling_up_after(outage.began) - outage.over
            assert late <= REATTACHED_WITHIN_MS, f"attached {late:.0f} ms after it was back"
            assert side.states_since(outage.began) == []
        if all(now >= KEPT * then for now, then in zip(rates, usual, strict=True)):
            return
    raise AssertionError(f"{usual} frames a second before, {rates} in the outage")


def test_the_picture_goes_on_while_signaling_is_dead(two_people):
    sides = [Watched(side) for side in (two_people.patient, two_people.clinician)]
    two_people.in_a_call()
    assert_nobody_notices(two_people, sides, seconds=6)


def test_who_waits_keeps_her_place(chromium, stack):
    people = TwoPeople(chromium, stack)
    patient = Watched(people.patient)
    people.patient.open_link(people.visit["patient_url"])
    people.patient.go_to_the_waiting_room()
    waiting_since = time.time() * 1000
    people.patient.page.wait_for_selector('html[data-signaling="up"]', state="attached")
    with signaling_killed(stack) as outage:
        people.patient.page.wait_for_selector('html[data-signaling="down"]', state="attached")
    assert patient.signaling_up_after(outage.began) - outage.over <= REATTACHED_WITHIN_MS
    assert patient.states_since(waiting_since) == []
    people.clinician.page.goto(people.visit["clinician_url"])
    people.clinician.go_into_the_room()
    people.clinician.act("admit")
    for side in (people.patient, people.clinician):
        side.expect_moving_picture()
    people.close()


@pytest.mark.slow
def test_on_two_networks_the_picture_goes_on_for_twenty_seconds(apart):
    sides = [Watched(side) for side in (apart.patient, apart.clinician)]
    apart.in_a_call()
    assert_nobody_notices(apart, sides, seconds=20)
