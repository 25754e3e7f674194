"""T-07 as values: who may open a record in an emergency, why, and for how long."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from config.policy import policy as the_policy
from server.access.permissions import PERMISSIONS, Relation, roles_of
from server.emergency_access import policy

NINE = datetime(2026, 11, 23, 9, tzinfo=UTC)
TIMES = the_policy().emergency
REASON = "Brought in unconscious"


@dataclass
class Access:
    """An hour from nine."""

    expires_at: datetime = NINE + timedelta(minutes=60)
    closed_at: datetime | None = None


def refused(**changes: object) -> str | None:
    asked = {
        "role": "psychiatrist", "reason": REASON, "proved_at": NINE, "another_is_open": False,
        "now": NINE, **changes,
    }  # fmt: skip
    role, reason = asked.pop("role"), asked.pop("reason")
    return policy.reason_not_to_open(role, reason, TIMES, **asked)


REFUSALS = [
    ({}, None),
    ({"role": "therapist"}, None),
    ({"role": "coordinator"}, "not-found"),
    ({"role": "clinic_admin"}, "not-found"),
    ({"role": "auditor"}, "not-found"),
    ({"role": "trainee"}, "not-found"),
    ({"reason": ""}, "emergency-reason-too-short"),
    ({"reason": "x" * 14}, "emergency-reason-too-short"),
    ({"reason": " " * 40 + "x" * 14 + "\n" * 40}, "emergency-reason-too-short"),
    ({"reason": "x" + " " * 30 + "x"}, "emergency-reason-too-short"),
    ({"reason": "x" * 15}, None),
    ({"proved_at": None}, "emergency-prove-yourself"),
    ({"proved_at": NINE - timedelta(minutes=5)}, None),
    ({"proved_at": NINE - timedelta(minutes=5, seconds=1)}, "emergency-prove-yourself"),
    ({"proved_at": NINE + timedelta(seconds=1)}, "emergency-prove-yourself"),
    ({"another_is_open": True}, "emergency-one-at-a-time"),
]


@pytest.mark.check("C-21")
@pytest.mark.parametrize(("changes", "code"), REFUSALS)
def test_what_opens_a_record_and_what_does_not(changes, code):
    assert refused(**changes) == code


@pytest.mark.check("C-21")
@pytest.mark.parametrize(
    ("minutes", "lets_read"), [(0, True), (59.99, True), (60, False), (61, False)]
)
def test_after_an_hour_it_opens_nothing(minutes, lets_read):
    now = NINE + timedelta(minutes=minutes)
    assert policy.lets_read(Access(), now=now) == lets_read


def test_once_closed_it_opens_nothing():
    assert not policy.lets_read(Access(closed_at=NINE), now=NINE)


@pytest.mark.parametrize(
    ("seconds", "minutes"), [(0, 60), (1, 60), (60, 59), (3541, 1), (3599, 1), (3600, 0)]
)
def test_the_last_minute_is_one_minute(seconds, minutes):
    assert policy.minutes_left(Access(), now=NINE + timedelta(seconds=seconds)) == minutes


@pytest.mark.parametrize(
    ("said", "same"),
    [
        ("Morgan Taylor", True),
        ("  morgan   TAYLOR ", True),
        ("Mor gan Taylor", False),
        ("Morgan", False),
        ("Taylor", False),
        ("Morgan T", False),
        ("Morgan Taylo", False),
        ("Taylor Morgan", False),
        ("Morgan%", False),
        ("", False),
    ],
)
def test_only_the_whole_name_finds_somebody(said, same):
    assert policy.is_exactly(said, "Morgan Taylor") == same


def test_an_accent_may_be_typed_in_either_way():
    assert policy.is_exactly("Jose\u0301 Nu\u0301n\u0303ez", "Jos\u00e9 N\u00fa\u00f1ez")
    assert not policy.is_exactly("Jose Nunez", "José Núñez")


def test_what_is_opened_in_an_emergency_can_only_be_read():
    """No permission but those that read takes an emergency for a tie."""
    by_emergency = {
        name
        for name, lines in PERMISSIONS.items()
        if any(Relation.EMERGENCY in line.relations for line in lines)
    }
    assert by_emergency == {"chart:read", "emergency:read"}
    assert roles_of("emergency:open") == {"psychiatrist", "therapist"}
