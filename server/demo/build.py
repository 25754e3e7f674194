"""Write the cast into an empty database."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import cache

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.policy import policy
from server.demo import cast
from server.guardians import service as guardians
from server.guardians.models import GuardianScope, Scope
from server.identity.models import Account
from server.identity.passwords import hash_password
from server.people.models import (
    Clinic,
    Clinician,
    Companion,
    CompanionKind,
    Licence,
    LicenceKind,
    LocalNumbers,
    OnCallShift,
    Patient,
    TreatmentRelation,
)

_VERIFIED = date(2026, 11, 2)
_PLACES = (
    ("CO", "", "+13035550111", "+13035550112", "+13035550113", "the nearest hospital"),
    ("CO", "Boulder", "+13035550121", "+13035550122", "+13035550123", "Foothills Hospital"),
    ("CO", "Denver", "+13035550131", "+13035550132", "+13035550133", "Cherry Creek Hospital"),
    ("TX", "Austin", "+15125550141", "+15125550142", "+15125550143", "Barton Creek Hospital"),
    ("IL", "Chicago", "+13125550151", "+13125550152", "+13125550153", "Lakefront Hospital"),
)


def is_empty(session: Session) -> bool:
    """Whether nobody has ever been written down here."""
    return session.scalar(select(Clinic.id).limit(1)) is None


def build_cast(session: Session, *, now: datetime) -> None:
    """Both clinics and everybody in them; no visits."""
    for house in cast.HOUSES:
        session.add(
            Clinic(
                id=house.id,
                name=house.name,
                phone=house.phone,
                address=house.address,
                timezone=house.timezone,
                privacy_email=house.privacy_email,
            )
        )
    session.flush()
    for staff in cast.STAFF:
        add_staff(session, staff, now)
    session.flush()
    for person in cast.PATIENTS:
        add_patient(session, person, now)
    session.flush()
    for companion in cast.COMPANIONS:
        _add_companion(session, companion, now)
    for state, city, police, fire_ems, mobile_crisis, nearest_ed in _PLACES:
        session.add(
            LocalNumbers(
                state=state,
                city=city,
                police=police,
                fire_ems=fire_ems,
                mobile_crisis=mobile_crisis,
                nearest_ed=nearest_ed,
                verified_on=_VERIFIED,
            )
        )
    session.flush()


@cache
def _demo_password_hash() -> str:
    return hash_password(cast.DEMO_PASSWORD)


def add_staff(session: Session, staff: cast.Staff, now: datetime) -> None:
    """An account, and for a clinician what they may do and where."""
    session.add(
        Account(
            id=staff.id,
            clinic_id=staff.house.id,
            email=staff.email,
            name=staff.name,
            role=staff.role,
            password_hash=_demo_password_hash(),
            created_at=now,
        )
    )
    session.flush()
    if staff.short_name:
        session.add(
            Clinician(
                account_id=staff.id,
                credentials=staff.credentials,
                short_name=staff.short_name,
                page_email=staff.email,
                page_phone=staff.house.phone[:-2] + "99",
            )
        )
    for state in staff.states:
        session.add(
            Licence(
                account_id=staff.id,
                profession=staff.role.value,
                state=state,
                number=f"{state}-{staff.id.hex[:6].upper()}",
                kind=LicenceKind.FULL,
                valid_from=date(2024, 1, 1),
                expires_on=date(2031, 12, 31),
                verified_on=_VERIFIED,
            )
        )
    if staff.on_call:
        session.add(
            OnCallShift(
                clinic_id=staff.house.id,
                account_id=staff.id,
                starts_at=now - timedelta(days=1),
                ends_at=now + timedelta(days=365),
            )
        )


def add_patient(session: Session, person: cast.Person, now: datetime) -> None:
    """A person in care, and who treats them."""
    session.add(
        Patient(
            id=person.id,
            clinic_id=person.house.id,
            name=person.name,
            short_name=person.short_name,
            born_on=person.born_on,
            phone=person.phone,
            email=person.email,
            timezone=person.timezone,
            language=person.language,
            veteran=person.veteran,
            last_street=person.street,
            last_city=person.city,
            last_state=person.state,
            support_name=person.support_name,
            support_phone=person.support_phone,
        )
    )
    session.flush()
    for staff in person.treated_by:
        session.add(TreatmentRelation(patient_id=person.id, account_id=staff.id, since=now))


def _add_companion(session: Session, companion: cast.Companion, now: datetime) -> None:
    person = Companion(
        id=companion.id,
        clinic_id=companion.house.id,
        patient_id=companion.of.id if companion.of else None,
        kind=companion.kind,
        name=companion.name,
        phone=companion.phone,
        email=companion.email,
        languages=companion.languages,
        born_on=companion.born_on,
    )
    session.add(person)
    if companion.of is None or companion.kind is not CompanionKind.GUARDIAN:
        return
    session.flush()
    minor = session.get_one(Patient, companion.of.id)
    guardians.relate(session, person, minor, of_age_at=policy().minors.of_age_at, now=now)
    for scope in Scope:
        session.add(
            GuardianScope(
                companion_id=person.id, scope=scope, clinic_id=person.clinic_id, given_at=now
            )
        )
