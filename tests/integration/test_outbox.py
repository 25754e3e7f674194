"""Letters: once per occasion on each road, still true when sent, tried again, forgotten."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from pydantic import SecretStr
from sqlalchemy import select

from server.letters_still_true import STILL_TRUE
from server.messages import letters, service
from server.messages.delivery import ATTEMPTS, LEASE, deliver_next
from server.messages.letters import LetterKind
from server.messages.models import Channel, Letter
from server.messages.senders import NotSent, senders
from server.visits.kinds import Stage, VisitState
from server.visits.models import Participant, Visit
from tests.people import DR_RIVERA, HARBOR, MORGAN

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
    """Let the worker send until nothing is due; how many letters it took."""

    def deliver(road: Road, *, after: timedelta = timedelta(), keep_words: bool = True) -> int:
        roads, taken = {Channel.EMAIL: road, Channel.SMS: road}, 0
        while deliver_next(database, roads, STILL_TRUE, now=NOW + after, keep_words=keep_words):
            taken += 1
        return taken

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


def test_no_letter_goes_to_whoever_was_taken_out_of_the_visit(
    write, deliver, rows, visit, transaction
):
    write()
    with transaction() as session:
        session.get_one(Participant, visit.participant(MORGAN)).stage = Stage.REMOVED
    road = Road()
    deliver(road)
    assert (road.sent, rows()[0].status) == ([], "dropped")


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


def test_outside_the_demo_a_letter_without_a_road_never_counts_as_sent(
    write, rows, database, settings
):
    write(phone=MORGAN.phone)
    told = settings.model_copy(update={"demo": False, "smtp_url": SecretStr("")})
    while deliver_next(database, senders(told), STILL_TRUE, now=NOW, keep_words=False):
        pass
    assert {(row.channel, row.status) for row in rows()} == {
        (Channel.EMAIL, "failed"),
        (Channel.SMS, "failed"),
    }


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


def test_a_slow_mail_server_holds_up_one_letter_and_no_lease_runs_out(write, deliver, rows):
    """While the first is on its way another worker sends the rest, each of them once."""
    for key in ("first", "second", "third"):
        write(key)
    beside = Road()

    class Slow(Road):
        def __call__(self, letter: Letter) -> None:
            if not self.sent:
                assert deliver(beside, after=LEASE / 2) == 2
            super().__call__(letter)

    slow = Slow()
    deliver(slow)
    assert len(slow.sent) == 1
    assert sorted([*slow.sent, *beside.sent]) == sorted(row.id for row in rows())
    assert {row.status for row in rows()} == {"sent"}


def test_a_worker_that_comes_back_after_its_lease_changes_nothing_of_the_next(
    write, deliver, rows
):
    write()

    class TooSlow(Road):
        def __call__(self, letter: Letter) -> None:
            deliver(Road(refusals=1, for_good=True), after=LEASE * 2)

    deliver(TooSlow())
    assert rows()[0].status == "failed"


def test_a_page_to_the_clinician_on_call_goes_before_older_letters(
    write, deliver, rows, visit, transaction
):
    write()
    with transaction() as session:
        service.enqueue(
            session,
            LetterKind.ON_CALL_PAGE,
            visit.id,
            letters.on_call_page(link="https://x/visits/1", reason="safety-visit"),
            clinic_id=HARBOR.id,
            due_at=NOW + timedelta(minutes=1),
            key="page",
            email=DR_RIVERA.email,
        )
    road = Road()
    deliver(road, after=timedelta(minutes=2))
    kinds = {row.id: row.kind for row in rows()}
    assert [kinds[each] for each in road.sent] == ["on-call-page", "visit-link"]


def test_a_letter_nobody_understands_fails_alone(write, deliver, rows, transaction):
    write("strange")
    with transaction() as session:
        session.scalars(select(Letter)).one().kind = "from-a-newer-house"
    write("good")
    road = Road()
    assert deliver(road) == 2
    assert {row.kind: row.status for row in rows()} == {
        "from-a-newer-house": "failed",
        "visit-link": "sent",
    }


def test_a_letter_that_breaks_its_road_is_tried_again_and_holds_up_no_other(
    write, deliver, rows
):
    write("first")
    write("second")

    class Breaks(Road):
        def __call__(self, letter: Letter) -> None:
            if not self.sent:
                self.sent.append(letter.id)
                raise UnicodeError("an address nobody can write")
            super().__call__(letter)

    deliver(Breaks())
    assert sorted(row.status for row in rows()) == ["due", "sent"]


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
