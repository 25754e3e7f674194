"""Many people at once: whom a page lists, and whom a form offers."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from server.identity.models import Account, StaffRole
from server.people.models import Clinician, Companion, Licence, Patient

TREATING = (StaffRole.PSYCHIATRIST, StaffRole.THERAPIST)
#: who may sit in a visit, and is therefore shown to patients by name
SEATED = (*TREATING, StaffRole.TRAINEE)


def patients(session: Session, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Patient]:
    """Patients by their ids."""
    found = session.scalars(select(Patient).where(Patient.id.in_(ids)))
    return {person.id: person for person in found}


def clinicians(session: Session, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Clinician]:
    """What a patient is shown of these accounts."""
    found = session.scalars(select(Clinician).where(Clinician.account_id.in_(ids)))
    return {person.account_id: person for person in found}


def patients_of(session: Session, clinic_id: uuid.UUID) -> Sequence[Patient]:
    """Everybody in care at a clinic, by name."""
    mine = select(Patient).where(Patient.clinic_id == clinic_id)
    return session.scalars(mine.order_by(Patient.name)).all()


def treating_staff(
    session: Session, clinic_id: uuid.UUID
) -> Sequence[tuple[Account, Clinician]]:
    """Psychiatrists and therapists who may be given a visit, by name."""
    return _staff(session, clinic_id, TREATING)


def staff_beside(session: Session, clinic_id: uuid.UUID) -> Sequence[tuple[Account, Clinician]]:
    """Who may come to a colleague's visit: they, and trainees, by name."""
    return _staff(session, clinic_id, SEATED)


def _staff(
    session: Session, clinic_id: uuid.UUID, roles: Collection[StaffRole]
) -> Sequence[tuple[Account, Clinician]]:
    found = session.execute(
        select(Account, Clinician)
        .join(Clinician, Clinician.account_id == Account.id)
        .where(
            Account.clinic_id == clinic_id,
            Account.role.in_(roles),
            Account.disabled_at.is_(None),
        )
        .order_by(Account.name)
    )
    return [(account, clinician) for account, clinician in found]


def companions_for(
    session: Session, clinic_id: uuid.UUID, patient_id: uuid.UUID
) -> Sequence[Companion]:
    """Who may come along with this patient: theirs, and interpreters, who belong to nobody."""
    theirs = or_(Companion.patient_id == patient_id, Companion.patient_id.is_(None))
    return session.scalars(
        select(Companion)
        .where(Companion.clinic_id == clinic_id, theirs)
        .order_by(Companion.kind, Companion.name)
    ).all()


def licensed(
    session: Session, ids: Collection[uuid.UUID], on: date
) -> set[tuple[uuid.UUID, str]]:
    """Pairs of account and state that a licence covers on that day (TEL-11)."""
    valid = (Licence.account_id.in_(ids), Licence.covers(on))
    return {
        (account, state)
        for account, state in session.execute(
            select(Licence.account_id, Licence.state).where(*valid)
        )
    }
