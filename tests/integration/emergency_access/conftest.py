"""A colleague, and the record that is open to him."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from server.audit.models import AuditRow
from tests.integration.emergency_access.filled_in import ask
from tests.people import (
    DR_OSEI,
    MORGAN,
)


@pytest.fixture
def osei(as_staff):
    """A colleague who does not treat Morgan."""
    return as_staff(DR_OSEI)


@pytest.fixture
def opened(osei, a_visit):
    """Morgan's record, open to Dr. Osei: her visit and his browser."""
    visit = a_visit()
    answer = ask(osei, MORGAN)
    assert (answer.status_code, answer.headers.get("Location")) == (
        303, "/emergency-access/record",
    ), answer.text[:600]  # fmt: skip
    return visit


@pytest.fixture
def actions(reading):
    """Act, decision and reason of every row of the record so far, in order."""

    def told() -> list[tuple[str, str, str]]:
        with reading() as session:
            rows = session.execute(
                select(AuditRow.action, AuditRow.decision, AuditRow.reason).order_by(
                    AuditRow.at
                )
            )
            return [tuple(row) for row in rows]

    return told
