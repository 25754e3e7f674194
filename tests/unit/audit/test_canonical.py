"""The form in which a row is signed: if it ever drifts, every chain in use stops to verify."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta, timezone

import pytest

from server.audit.chain import GENESIS, mac_of, said
from server.audit.models import AuditRow

KEY = b"k" * 40


def a_row(**changes: object) -> AuditRow:
    """One row, always the same."""
    told = {
        "id": uuid.UUID(int=1),
        "clinic_id": uuid.UUID(int=2),
        "at": datetime(2026, 11, 2, 9, 30, tzinfo=UTC),
        "actor": f"staff:{uuid.UUID(int=3)}",
        "role": "psychiatrist",
        "action": "note:read",
        "object": str(uuid.UUID(int=4)),
        "decision": "done",
        "reason": "",
        "policy_version": "2026-11",
        "request_id": "ab" * 8,
        "patient_id": uuid.UUID(int=5),
        "browser": "c" * 16,
        "chain": uuid.UUID(int=2),
        "seq": 1,
        "prev_mac": GENESIS,
    }
    return AuditRow(**{**told, **changes})


def test_a_row_is_signed_as_it_always_was():
    assert mac_of(KEY, a_row()) == (
        "22b40b6efc9cb4f079ad9ebe42b2a6d91313b3261a19ea39191a693e237e97ba"
    )


def test_everything_but_the_mac_is_signed():
    assert set(said(a_row())) == set(AuditRow.__table__.columns.keys()) - {"mac"}


@pytest.mark.parametrize("name", sorted(said(a_row())))
def test_a_change_of_any_field_changes_the_mac(name):
    other = {
        "at": datetime(2026, 11, 2, 9, 31, tzinfo=UTC),
        "seq": 2,
        "id": uuid.UUID(int=9),
        "clinic_id": None,
        "patient_id": None,
        "chain": uuid.UUID(int=9),
    }
    assert mac_of(KEY, a_row(**{name: other.get(name, "other")})) != mac_of(KEY, a_row())


def test_the_same_moment_in_another_zone_is_the_same_row():
    denver = datetime(2026, 11, 2, 2, 30, tzinfo=timezone(timedelta(hours=-7)))
    assert mac_of(KEY, a_row(at=denver)) == mac_of(KEY, a_row())


def test_what_is_in_one_field_cannot_slip_into_the_next():
    one = mac_of(KEY, a_row(action='note:read","decision":"done', decision=""))
    assert one != mac_of(KEY, a_row(action="note:read", decision="done"))
