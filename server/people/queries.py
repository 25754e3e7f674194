"""Look up who somebody is: the clinic, a patient, a clinician, a companion, who is on call."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.errors import NotFound
from server.identity.models import Account
from server.people.models import (
    Clinic,
    Clinician,
    Companion,
    LocalNumbers,
    OnCallShift,
    Patient,
)


def clinic(session: Session, clinic_id: uuid.UUID) -> Clinic:
    """The clinic; its number is on every page."""
    return session.get_one(Clinic, clinic_id)


def only_clinic(session: Session) -> Clinic | None:
    """The clinic of a page that cannot know whose it is, where there is just one."""
    found = session.scalars(select(Clinic).order_by(Clinic.name).limit(2)).all()
    return found[0] if len(found) == 1 else None


def patient(session: Session, patient_id: uuid.UUID) -> Patient:
    """A person in care."""
    found = session.get(Patient, patient_id)
    if found is None:
        raise NotFound
    return found


def hold_patient(session: Session, patient_id: uuid.UUID) -> None:
    """One use case at a time changes what is arranged for somebody (SQLite: held already)."""
    mine = select(Patient.id).where(Patient.id == patient_id)
    session.execute(mine.with_for_update(key_share=True))


def companion(session: Session, companion_id: uuid.UUID) -> Companion:
    """Somebody who comes along by a link of their own."""
    return session.get_one(Companion, companion_id)


def clinician(session: Session, account_id: uuid.UUID) -> Clinician | None:
    """What a patient is shown of an account, if it is one that treats."""
    return session.get(Clinician, account_id)


def on_call(session: Session, clinic_id: uuid.UUID, *, now: datetime) -> Clinician | None:
    """Who is called now when nobody is there; the shift that began last counts."""
    return session.scalar(
        select(Clinician)
        .join(OnCallShift, OnCallShift.account_id == Clinician.account_id)
        .join(Account, Account.id == Clinician.account_id)
        .where(
            OnCallShift.clinic_id == clinic_id,
            OnCallShift.starts_at <= now,
            OnCallShift.ends_at > now,
            Account.disabled_at.is_(None),
        )
        .order_by(OnCallShift.starts_at.desc())
        .limit(1)
    )


def local_numbers(session: Session, state: str, city: str) -> LocalNumbers | None:
    """Emergency numbers of a city, or of its state when we know no better (TEL-4)."""
    known = select(LocalNumbers).where(LocalNumbers.state == state)
    numbers = session.scalars(known).all()
    by_city = {row.city.casefold(): row for row in numbers}
    return by_city.get(city.strip().casefold()) or by_city.get("")
