"""A guardian and a minor are two people with two mailboxes and two phones (T-03)."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.errors import Invalid
from server.guardians import policy
from server.guardians.models import Guardianship
from server.people.models import Companion, Patient

THEIR_OWN = "needs an address of their own, not the patient's"
PATIENTS_OWN = "belongs to a guardian. The patient needs one of their own"


@dataclass(frozen=True)
class Contact:
    """Who somebody is and how they are reached."""

    name: str
    email: str
    phone: str

    def check(self) -> None:
        """Refuse what cannot be a name, an e-mail and a phone, by field."""
        problems = {}
        if not self.name.strip():
            problems["name"] = "Please write their name."
        if "@" not in self.email.strip()[1:-1]:
            problems["email"] = "Please write an e-mail of their own."
        if len(policy.digits(self.phone)) < 10:
            problems["phone"] = "Please write a phone of their own, with its area code."
        if problems:
            raise Invalid(next(iter(problems.values())), fields=problems)


def refuse_patients_own(patient: Patient, contact: Contact) -> None:
    """T-03: a guardian who reads the teen's mailbox needs no account of their own."""
    problems = {}
    if policy.same_mailbox(contact.email, patient.email):
        problems["email"] = f"This is the patient's own e-mail. A guardian {THEIR_OWN}."
    if policy.same_number(contact.phone, patient.phone):
        problems["phone"] = f"This is the patient's own phone. A guardian {THEIR_OWN}."
    if problems:
        raise Invalid(next(iter(problems.values())), fields=problems)


def refuse_guardians_own(session: Session, patient: Patient, contact: Contact) -> None:
    """T-03, the other way round: a patient is not reached through whoever answers for them."""
    problems = {}
    guardians = session.scalars(
        select(Companion)
        .join(Guardianship, Guardianship.companion_id == Companion.id)
        .where(Guardianship.patient_id == patient.id)
    ).all()
    if any(policy.same_mailbox(contact.email, each.email) for each in guardians):
        problems["email"] = f"This e-mail {PATIENTS_OWN}."
    if any(policy.same_number(contact.phone, each.phone) for each in guardians):
        problems["phone"] = f"This phone {PATIENTS_OWN}."
    if problems:
        raise Invalid(next(iter(problems.values())), fields=problems)
