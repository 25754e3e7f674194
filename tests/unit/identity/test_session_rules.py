"""When sessions end and when guessing stops (C-05, T-14), by tables."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from config.policy import policy
from server.identity.policy import (
    Failures,
    is_worth_noting,
    link_session_lives,
    reason_not_to_try,
    safe_next,
    staff_session_lives,
)

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Row:
    seen_at: datetime = NOW
    created_at: datetime = NOW
    revoked_at: datetime | None = None


@pytest.mark.parametrize(
    ("row", "lives"),
    [
        (Row(), True),
        (Row(seen_at=NOW - timedelta(minutes=15)), True),
        (Row(seen_at=NOW - timedelta(minutes=15, seconds=1)), False),
        (Row(created_at=NOW - timedelta(hours=12)), True),
        (Row(created_at=NOW - timedelta(hours=12, seconds=1)), False),
        (Row(revoked_at=NOW), False),
    ],
)
def test_a_staff_session_has_an_idle_and_an_absolute_end(row, lives):
    assert staff_session_lives(row, policy(), now=NOW) is lives


@pytest.mark.parametrize(
    ("row", "lives"),
    [
        (Row(seen_at=NOW - timedelta(hours=12)), True),
        (Row(seen_at=NOW - timedelta(hours=12, seconds=1)), False),
        (Row(revoked_at=NOW), False),
    ],
)
def test_a_browser_that_was_away_taps_the_link_again(row, lives):
    assert link_session_lives(row, policy(), now=NOW) is lives


@pytest.mark.parametrize(("seconds", "worth"), [(0, False), (59, False), (60, True)])
def test_having_been_seen_is_noted_once_a_minute(seconds, worth):
    assert is_worth_noting(NOW - timedelta(seconds=seconds), now=NOW) is worth


@pytest.mark.parametrize(
    ("here", "account", "network", "refused"),
    [
        (0, 0, 0, False),
        (8, 8, 8, False),
        (9, 9, 9, True),
        (0, 44, 0, False),  # others guess at her from elsewhere: she still signs in here
        (0, 45, 0, True),
        (0, 0, 53, False),
        (0, 0, 54, True),
    ],
)
def test_guessing_stops_by_place_by_account_and_by_network(here, account, network, refused):
    reason = reason_not_to_try(Failures(here, account, network), policy())
    assert (reason is not None) is refused


@pytest.mark.parametrize(
    ("wanted", "goes"),
    [
        ("/visits/1", "/visits/1"),
        ("/today?day=2", "/today?day=2"),
        ("", "/today"),
        ("today", "/today"),
        ("//evil.example", "/today"),
        ("https://evil.example", "/today"),
        ("/\\evil.example", "/today"),
        ("/a\r\nSet-Cookie: x", "/today"),
        ("/\tevil", "/today"),
    ],
)
def test_next_is_a_path_of_this_site(wanted, goes):
    assert safe_next(wanted, "/today") == goes
