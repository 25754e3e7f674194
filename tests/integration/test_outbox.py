"""Letters: once per occasion on each road, still true when sent, tried again, forgotten."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from server.letters_still_true import STILL_TRUE
from server.messages import letters, service
from server.messages.delivery import ATTEMPTS, LEASE, deliver_due
from server.messages.letters import LetterKind
from server.messages.models import Channel, Letter
from server.messages.senders import NotSent
from server.visits.kinds import VisitState
from server.visits.models import Visit
from tests.people import HARBOR, MORGAN

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
WORDS = letters.visit_link(when="today at 3:00 PM", link="https://x/v/1", phone="303 555 0100")


class Road:
    """A sender that remembers, and refuses as often as it is told."""

    def __init__(self, refusals: int = 0, *, for_good: bool = False) -> None:
        self.sent: list[UUID] = []
        self._refusals = refusals
        self._for_good = for_good

    def __call__(self, letter: Letter) -> None:
        if self._refusals:
            self._refusals -= 1
            raise NotSent("away", for_good=self._for_good)
        self.sent.append(letter.id)


@pytest.fixture
def visit(a_visit):
    """A visit of Morgan tomorrow."""
    return a_visit(now=NOW, starts_in=timedelta(days=1))


@pytest.fixture
def write(transaction, visit):
    """Put one invitation to Morgan into the outbox."""

    def write(key: str = "first", *, phone: str = "") -> None:
        with transaction() as session:
            service.enqueue(
                session,
                LetterKind.VISIT_LINK,
                visit.participant(MORGAN),
                WORDS,
                clinic_id=HARBOR.id,
                due_at=NOW,
                key=key,
                email=MORGAN.email,
                phone=phone,
            )

    return write


@pytest.fixture
def deliver(database):
    """Let the worker look once."""

    def deliver(road: Road, *, after: timedelta = timedelta(), keep_words: bool = True) -> int:
        roads = {Channel.EMAIL: road, Channel.SMS: road}
        return deliver_due(database, roads, STILL_TRUE, now=NOW + after, keep_words=keep_words)

    return deliver


@pytest.fixture
def rows(reading):
    """The outbox as it is now."""

    def rows() -> list[Letter]:
        with reading() as session:
            return list(session.scalars(select(Letter)))

    return rows


def test_the_same_occasion_twice_is_one_letter_on_each_road(write, rows):
    write(phone=MORGAN.phone)
    write(phone=MORGAN.phone)
    assert {row.channel for row in rows()} == {Channel.EMAIL, Channel.SMS}
    assert len(rows()) == 2


def test_a_sent_letter_is_not_sent_again(write, deliver):
    write()
    road = Road()
    deliver(road)
    deliver(road, after=timedelta(days=1))
    assert len(road.sent) == 1


def test_a_letter_that_is_no_longer_true_is_dropped(write, deliver, rows, visit, transaction):
    write()
    with transaction() as session:
        session.get_one(Visit, visit.id).state = VisitState.CANCELLED_CLINIC
    road = Road()
    deliver(road)
    assert road.sent == []
    assert rows()[0].status == "dropped"


def test_a_refused_letter_is_tried_again_later_and_not_before(write, deliver, rows):
    write()
    road = Road(refusals=1)
    deliver(road)
    assert deliver(road, after=timedelta(seconds=30)) == 0
    deliver(road, after=timedelta(minutes=2))
    assert len(road.sent) == 1
    assert rows()[0].attempts == 2


def test_a_letter_refused_for_good_fails_at_once(write, deliver, rows):
    write()
    deliver(Road(refusals=1, for_good=True))
    assert rows()[0].status == "failed"


def test_it_gives_up_in_the_end_and_says_so(write, deliver, rows):
    write()
    road = Road(refusals=ATTEMPTS)
    for day in range(ATTEMPTS + 2):
        deliver(road, after=timedelta(minutes=_patience(day)))
    assert (rows()[0].status, rows()[0].attempts) == ("failed", ATTEMPTS)


def test_a_worker_that_dies_leaves_its_letter_to_the_next_after_the_lease(write, deliver):
    write()

    class Dies(Road):
        def __call__(self, letter: Letter) -> None:
            raise SystemExit

    with pytest.raises(SystemExit):
        deliver(Dies())
    road = Road()
    assert deliver(road, after=LEASE / 2) == 0
    deliver(road, after=LEASE * 2)
    assert len(road.sent) == 1


def test_outside_the_demo_the_words_are_forgotten_once_sent(write, deliver, rows):
    write()
    deliver(Road(), keep_words=False)
    assert rows()[0].body == ""


def test_a_withdrawn_letter_is_not_sent(write, deliver, visit, transaction):
    write()
    with transaction() as session:
        service.withdraw(session, LetterKind.VISIT_LINK, visit.participant(MORGAN))
    road = Road()
    deliver(road)
    assert road.sent == []


def test_every_kind_of_letter_is_asked_whether_it_is_still_true():
    assert set(STILL_TRUE) == set(LetterKind)


def _patience(day: int) -> float:
    return sum(2**attempt for attempt in range(day + 1))
