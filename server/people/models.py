"""The clinic and its people; an address or a state is always a place somebody said."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.ext.hybrid import hybrid_method
from sqlalchemy.orm import Mapped, mapped_column

from server.db import A2, PLAIN, Base, identifier, one_of
from server.tenancy import OfClinic, Shared, through


class LicenceKind(StrEnum):
    """How a clinician is authorised in a state (TEL-11)."""

    FULL = "FULL"
    COMPACT_PRIVILEGE = "COMPACT_PRIVILEGE"
    TELEHEALTH_REGISTRATION = "TELEHEALTH_REGISTRATION"
    FEDERAL_VA = "FEDERAL_VA"


class Clinic(Base):
    """A clinic: the tenant, and the number a person can always call."""

    __tablename__ = "clinics"
    __tenancy__ = OfClinic("id")

    id: Mapped[uuid.UUID] = identifier()
    name: Mapped[str] = mapped_column(String(120), info=PLAIN)
    phone: Mapped[str] = mapped_column(String(20), info=PLAIN)
    address: Mapped[str] = mapped_column(String(200), info=PLAIN)
    timezone: Mapped[str] = mapped_column(String(40), info=PLAIN)
    #: who is told at once when somebody opens a chart in an emergency; a person can be told
    privacy_email: Mapped[str] = mapped_column(
        String(254), default="", server_default="", info=A2
    )


class Clinician(Base):
    """What a patient is shown of an account that treats."""

    __tablename__ = "clinicians"
    __tenancy__ = through("account_id")

    account_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("accounts.id"), primary_key=True, info=PLAIN
    )
    credentials: Mapped[str] = mapped_column(String(60), info=PLAIN)
    #: "Dr. Rivera": what everybody calls them
    short_name: Mapped[str] = mapped_column(String(60), info=PLAIN)
    page_email: Mapped[str] = mapped_column(String(254), info=A2)
    page_phone: Mapped[str] = mapped_column(String(20), info=A2)


class Licence(Base):
    """An authorisation to treat a person who is in `state` (TEL-11)."""

    __tablename__ = "licences"
    __tenancy__ = through("account_id")
    __table_args__ = (UniqueConstraint("account_id", "state", "kind"),)

    id: Mapped[uuid.UUID] = identifier()
    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("accounts.id"), info=PLAIN)
    profession: Mapped[str] = mapped_column(String(40), info=PLAIN)
    state: Mapped[str] = mapped_column(String(2), info=PLAIN)
    number: Mapped[str] = mapped_column(String(40), info=PLAIN)
    kind: Mapped[LicenceKind] = mapped_column(one_of(LicenceKind, "kind"), info=PLAIN)
    valid_from: Mapped[date] = mapped_column(info=PLAIN)
    expires_on: Mapped[date] = mapped_column(info=PLAIN)
    verified_on: Mapped[date] = mapped_column(info=PLAIN)

    @hybrid_method
    def covers(self, on: date) -> bool:
        """Whether somebody may treat under it on that day: one rule, in Python and in SQL."""
        return (self.valid_from <= on) & (self.expires_on >= on)


class OnCallShift(Base):
    """Who is called when nobody is signed in."""

    __tablename__ = "on_call_shifts"

    id: Mapped[uuid.UUID] = identifier()
    clinic_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("clinics.id"), info=PLAIN)
    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("accounts.id"), info=PLAIN)
    starts_at: Mapped[datetime] = mapped_column(info=PLAIN)
    ends_at: Mapped[datetime] = mapped_column(info=PLAIN)


class Patient(Base):
    """A person in care."""

    __tablename__ = "patients"

    id: Mapped[uuid.UUID] = identifier()
    clinic_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("clinics.id"), index=True, info=PLAIN
    )
    name: Mapped[str] = mapped_column(String(120), info=A2)
    #: "Morgan T.": on boards and in the room
    short_name: Mapped[str] = mapped_column(String(60), info=A2)
    born_on: Mapped[date] = mapped_column(info=A2)
    phone: Mapped[str] = mapped_column(String(20), info=A2)
    email: Mapped[str] = mapped_column(String(254), info=A2)
    timezone: Mapped[str] = mapped_column(String(40), info=A2)
    language: Mapped[str] = mapped_column(String(20), default="en", info=A2)
    veteran: Mapped[bool] = mapped_column(default=False, info=A2)
    # Where they were at the last visit: offered as "still at ...?", never used unasked (TEL-2).
    last_street: Mapped[str] = mapped_column(String(120), default="", info=A2)
    last_unit: Mapped[str] = mapped_column(String(40), default="", info=A2)
    last_city: Mapped[str] = mapped_column(String(80), default="", info=A2)
    last_state: Mapped[str] = mapped_column(String(2), default="", info=A2)
    support_name: Mapped[str] = mapped_column(String(120), default="", info=A2)
    support_phone: Mapped[str] = mapped_column(String(20), default="", info=A2)


class TreatmentRelation(Base):
    """This account treats this patient; without it a colleague learns nothing (T-08)."""

    __tablename__ = "treatment_relations"
    __tenancy__ = through("patient_id")

    patient_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("patients.id"), primary_key=True, info=PLAIN
    )
    account_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("accounts.id"), primary_key=True, info=PLAIN
    )
    since: Mapped[datetime] = mapped_column(info=PLAIN)


class CompanionKind(StrEnum):
    """Who may sit beside a patient in a visit, by their own link."""

    GUARDIAN = "guardian"
    INTERPRETER = "interpreter"
    SUPPORT_PERSON = "support_person"
    OBSERVER = "observer"


class Companion(Base):
    """A guardian, interpreter, support person or observer: an identity of their own (T-03)."""

    __tablename__ = "companions"

    id: Mapped[uuid.UUID] = identifier()
    clinic_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("clinics.id"), info=PLAIN)
    #: whose guardian or support person; an interpreter belongs to nobody
    patient_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("patients.id"), info=PLAIN)
    kind: Mapped[CompanionKind] = mapped_column(one_of(CompanionKind, "kind"), info=PLAIN)
    name: Mapped[str] = mapped_column(String(120), info=A2)
    phone: Mapped[str] = mapped_column(String(20), info=A2)
    email: Mapped[str] = mapped_column(String(254), info=A2)
    languages: Mapped[str] = mapped_column(String(80), default="", info=A2)
    #: a second browser of theirs confirms this and their phone
    born_on: Mapped[date | None] = mapped_column(info=A2)


class LocalNumbers(Base):
    """Emergency numbers of a place: 911 works only from where the patient is (TEL-4)."""

    __tablename__ = "local_numbers"
    __tenancy__ = Shared("emergency numbers of a place are the same for everybody")
    __table_args__ = (UniqueConstraint("state", "city"),)

    id: Mapped[uuid.UUID] = identifier()
    state: Mapped[str] = mapped_column(String(2), info=PLAIN)
    city: Mapped[str] = mapped_column(String(80), info=PLAIN)
    police: Mapped[str] = mapped_column(String(20), info=PLAIN)
    fire_ems: Mapped[str] = mapped_column(String(20), info=PLAIN)
    mobile_crisis: Mapped[str] = mapped_column(String(20), info=PLAIN)
    nearest_ed: Mapped[str] = mapped_column(String(160), info=PLAIN)
    verified_on: Mapped[date] = mapped_column(info=PLAIN)
