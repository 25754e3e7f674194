"""Keep what a person told us about themselves, so that the next visit need not ask it all."""

from __future__ import annotations

import uuid

from sqlalchemy.orm import Session

from server.people import queries
from server.people.models import Clinic, Patient


def remember_place(
    session: Session, patient_id: uuid.UUID, *, street: str, unit: str, city: str, state: str
) -> None:
    """Where they were: offered next time as "still at ...?", never used unasked (TEL-2)."""
    person = session.get_one(Patient, patient_id)
    person.last_street, person.last_unit = street, unit
    person.last_city, person.last_state = city, state


def remember_support(session: Session, patient_id: uuid.UUID, *, name: str, phone: str) -> None:
    """Who is near them (TEL-5)."""
    person = session.get_one(Patient, patient_id)
    person.support_name, person.support_phone = name, phone


def clinic_for_page(session: Session, clinic_id: uuid.UUID | None) -> Clinic | None:
    """Whose number a page shows: the asker's clinic, or to a stranger the only one there is."""
    if clinic_id is not None:
        return queries.clinic(session, clinic_id)
    return queries.only_clinic(session)
