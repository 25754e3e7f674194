"""Which people somebody may load by an id: clinic and tie inside the query (T-01, T-08)."""

from __future__ import annotations

import uuid

from sqlalchemy import ColumnElement, Select, and_, false, or_, select, true
from sqlalchemy.orm import Session

from server import walls
from server.access.actor import Actor
from server.access.permissions import Relation, relations_of
from server.errors import NotFound
from server.identity.models import Account
from server.people.models import Companion, Patient, TreatmentRelation


def patients(actor: Actor, permission: str) -> Select[Patient]:
    """Patients of the clinic to whom this permission ties the actor."""
    ties = {
        Relation.CLINIC: true(),
        Relation.TREATS: treats(Patient.id, actor),
    }
    enough = relations_of(actor, permission)
    tied = or_(false(), *(tie for relation, tie in ties.items() if relation in enough))
    return select(Patient).where(walls.of_clinic(Patient.clinic_id, actor), tied)


def patient(session: Session, actor: Actor, permission: str, patient_id: uuid.UUID) -> Patient:
    """One of them."""
    found = session.scalar(patients(actor, permission).where(Patient.id == patient_id))
    if found is None:
        raise NotFound
    return found


def treats(patient_id: walls.Id, actor: Actor) -> ColumnElement[bool]:
    """This account treats that patient; without it a colleague learns nothing (T-08)."""
    relation = and_(
        TreatmentRelation.patient_id == patient_id,
        walls.of_account(TreatmentRelation.account_id, actor),
    )
    return select(TreatmentRelation.since).where(relation).exists()


def companion_of(
    session: Session, clinic_id: uuid.UUID, patient_id: uuid.UUID, companion_id: uuid.UUID
) -> Companion:
    """Somebody of this clinic who may come along: the patient's own, or nobody's."""
    theirs = or_(Companion.patient_id == patient_id, Companion.patient_id.is_(None))
    found = session.scalar(
        select(Companion).where(
            Companion.id == companion_id, Companion.clinic_id == clinic_id, theirs
        )
    )
    if found is None:
        raise NotFound
    return found


def colleague(session: Session, clinic_id: uuid.UUID, account_id: uuid.UUID) -> Account:
    """A member of staff of this clinic who still works there."""
    found = session.scalar(
        select(Account).where(
            Account.id == account_id,
            Account.clinic_id == clinic_id,
            Account.disabled_at.is_(None),
        )
    )
    if found is None:
        raise NotFound
    return found
