"""Answer the check-in for a patient of the demo, so that only the device test is left."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy.orm import Session

from config.policy import Policy
from server.people import queries as people
from server.visits.models import CheckIn
from server.visits.queries import participant


def check_in(
    session: Session, participant_id: uuid.UUID, rules: Policy, *, now: datetime
) -> None:
    """Every question answered as somebody at home, alone and well would answer it."""
    seat = participant(session, participant_id)
    if seat.patient_id is None:
        raise ValueError("only a patient checks in with all of this")
    who = people.patient(session, seat.patient_id)
    session.add(
        CheckIn(
            participant_id=seat.id,
            started_at=now,
            saved_at=now,
            completed_at=now,
            identity_at=now,
            street=who.last_street,
            city=who.last_city,
            state=who.last_state,
            place_at=now,
            phone=who.phone,
            support_name=who.support_name,
            support_phone=who.support_phone,
            support_reachable="yes",
            contact_at=now,
            private="yes",
            private_at=now,
            driving="no",
            took_drug="no",
            alcohol="no",
            will_take="no",
            safety_at=now,
            consent_version=rules.telehealth_consent_version,
            consent_at=now,
        )
    )
