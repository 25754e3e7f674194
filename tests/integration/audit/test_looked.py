"""`mooring audit looked`: who opened one record, for whoever must answer its patient (T-08)."""

from __future__ import annotations

import uuid

import pytest

from tests.people import CASEY, DR_RIVERA, MORGAN

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def test_a_command_says_who_looked_and_is_on_record_itself(
    as_staff, a_visit, mooring, ask_database
):
    visit = a_visit()
    as_staff(DR_RIVERA).get(f"/visits/{visit.id}/chart")
    said = mooring("audit", "looked", "--patient", str(MORGAN.id))
    assert said.exit_code == 0, said.output
    assert f"{DR_RIVERA.name}, Doctor: Your record" in said.output
    looks = "SELECT count(*) FROM audit_rows WHERE action = 'record:who-looked'"
    assert ask_database(looks) == 1
    nobody = mooring("audit", "looked", "--patient", str(CASEY.id))
    assert "Nobody has opened this record" in nobody.output
    assert mooring("audit", "looked", "--patient", str(uuid.uuid4())).exit_code == 1
