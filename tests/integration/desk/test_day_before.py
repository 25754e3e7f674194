"""What of the day before still stands on today's list: whoever is there, and nobody else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from server.visits import day
from server.visits.kinds import VisitKind, VisitState
from server.visits.models import Participant
from tests.actors import staff
from tests.people import JORDAN_LEE, MORGAN

MIDNIGHT = datetime(2026, 11, 24, 7, tzinfo=UTC)  # in Denver
HOUR = timedelta(hours=1)
JORDAN = staff(JORDAN_LEE)
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def on_the_list(reading):
    def listed() -> list:
        with reading() as session:
            found = day.of_actor(session, JORDAN, "board:use", MIDNIGHT, MIDNIGHT + 24 * HOUR)
            return [each.visit.id for each in found]

    return listed


@pytest.mark.parametrize(
    ("state", "kind", "stays"),
    [
        (VisitState.WAITING, VisitKind.FOLLOW_UP, False),
        (VisitState.WAITING, VisitKind.CRISIS_CHECKIN, True),
        (VisitState.IN_PROGRESS, VisitKind.FOLLOW_UP, True),
        (VisitState.CONFIRMED, VisitKind.FOLLOW_UP, False),
        (VisitState.ENDED, VisitKind.FOLLOW_UP, False),
    ],
)
def test_who_waited_yesterday_is_gone_and_a_safety_visit_is_not(
    a_visit, on_the_list, state, kind, stays
):
    visit = a_visit(now=MIDNIGHT - 5 * HOUR, state=state, kind=kind)
    assert (visit.id in on_the_list()) is stays


def test_who_waits_across_midnight_is_still_there(a_visit, on_the_list, transaction):
    late = a_visit(now=MIDNIGHT - HOUR / 2, state=VisitState.WAITING)
    over = a_visit(now=MIDNIGHT - HOUR, state=VisitState.WAITING)
    assert on_the_list() == [late.id]
    with transaction() as session:
        seat = session.get_one(Participant, over.participant(MORGAN))
        seat.present_until = MIDNIGHT + timedelta(seconds=15)
    assert on_the_list() == [over.id, late.id]
