"""T-03, R-13: two people, two mailboxes; and the day it ends."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest

from server.guardians import policy

DENVER = "America/Denver"


@dataclass(frozen=True)
class Relation:
    ends_on: date
    ended_at: datetime | None = None


@pytest.mark.parametrize(
    ("born_on", "of_age"),
    [
        (date(2010, 5, 20), date(2028, 5, 20)),
        (date(2008, 2, 29), date(2026, 3, 1)),  # 2026 has no such day
        (date(2010, 2, 28), date(2028, 2, 28)),
    ],
)
def test_of_age_on_the_birthday(born_on, of_age):
    assert policy.of_age_on(born_on, 18) == of_age


@pytest.mark.parametrize(
    ("at", "live"),
    [
        (datetime(2028, 5, 20, 5, 59, tzinfo=UTC), True),  # 23:59 the day before, in Denver
        (datetime(2028, 5, 20, 6, 0, tzinfo=UTC), False),  # midnight there
        (datetime(2028, 5, 20, 0, 30, tzinfo=UTC), True),  # the day already in Greenwich
    ],
)
def test_it_ends_at_midnight_where_the_minor_lives(at, live):
    assert policy.is_live(Relation(date(2028, 5, 20)), DENVER, now=at) is live


def test_what_somebody_ended_is_over_before_its_day():
    ended = Relation(date(2028, 5, 20), datetime(2026, 1, 1, tzinfo=UTC))
    assert not policy.is_live(ended, DENVER, now=datetime(2026, 1, 2, tzinfo=UTC))


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("casey@mail.example", "Casey@Mail.example ", True),
        ("casey+mom@mail.example", "casey@mail.example", True),
        ("casey@mail.example", "linh@mail.example", False),
        ("", "", False),
    ],
)
def test_one_mailbox_however_it_is_written(one, other, same):
    assert policy.same_mailbox(one, other) is same


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("+13035550171", "(303) 555-0171", True),
        ("303 555 0171", "303 555 0172", False),
        ("", "", False),
    ],
)
def test_one_phone_however_it_is_written(one, other, same):
    assert policy.same_number(one, other) is same
