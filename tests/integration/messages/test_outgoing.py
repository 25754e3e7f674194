"""Whatever happens in the house, only allowed sentences leave it for a patient (C-38, T-10)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from config.policy import policy
from server.messages.models import Letter
from server.signals import service as signals
from server.visits import booking, company, conversion, guardian_access
from server.visits.kinds import Role, VisitKind
from tests.actors import staff
from tests.neutral import DENIED, is_allowed
from tests.people import CASEY, DR_RIVERA, LINH, PATIENTS, STAFF

pytestmark = [
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
    pytest.mark.check("C-38"),
]
BASE = "https://mooring.test"
RIVERA = staff(DR_RIVERA)


def test_a_visits_whole_life_says_nothing_on_a_phone(transaction, reading, as_patient):
    """Booked, a guardian asked in, a word unseen, a safety visit, called off, ended."""
    now = datetime.now(UTC)
    rules = {"times": policy(), "base_url": BASE}
    with transaction() as session:
        signals.agree(session, RIVERA, CASEY.id, "blue heron", shortest=4, now=now)
        visits = [
            booking.open_visit(
                session, RIVERA, CASEY.id, DR_RIVERA.id, VisitKind.INTEGRATION, starts_at,
                None, now, **rules,
            )
            for starts_at in (now, now + timedelta(days=2))
        ]  # fmt: skip
    first, second = (opened.visit.id for opened in visits)
    with transaction() as session:
        for visit_id in (first, second):
            company.add_participant(
                session, RIVERA, visit_id, Role.GUARDIAN, LINH.id, now, base_url=BASE
            )
        seat = visits[0].seats[Role.PATIENT]
        company.resend(session, RIVERA, first, seat.id, now, base_url=BASE)
    casey = as_patient(visits[0].links[visits[0].seats[Role.PATIENT].id])
    casey.post("/visit/message", {"text": "blue heron, I took ketamine"})
    casey.submit("/visit/saved", page="/visit/check-in/private")
    with transaction() as session:
        conversion.to_safety_visit(
            session, RIVERA, first, "NUD-8d", policy(), base_url=BASE, now=now
        )
        booking.cancel(session, RIVERA, second, now)
        guardian_access.end(session, RIVERA, LINH.id, now=now)
    with reading() as session:
        letters = session.scalars(select(Letter)).all()
    to_home = [each for each in letters if each.to in (CASEY.email, CASEY.phone, LINH.email)]
    assert {each.kind for each in to_home} == {"visit-link", "cancelled"}
    names = [part for person in (*PATIENTS, *STAFF) for part in person.name.split()]
    for letter in to_home:
        if letter.body == "":
            continue  # taken back before it left
        assert is_allowed(letter.subject, letter.body), letter.body
        said = f"{letter.subject} {letter.body}".split("/v/")[0]
        assert not DENIED.search(said)
        assert not any(name in said for name in names if len(name) > 3)
