"""Add a guardian with an identity of their own, change what they may do, end it (T-03)."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from server import walls
from server.access.actor import Actor
from server.audit import service as audit
from server.errors import Conflict, NotAllowed, NotFound
from server.guardians import policy
from server.guardians.identities import Contact, refuse_patients_own
from server.guardians.models import GuardianScope, Guardianship, Scope
from server.people import queries as people
from server.people.models import Companion, CompanionKind, Patient


@dataclass(frozen=True)
class Guardian:
    """One guardian as staff see them."""

    person: Companion
    relation: Guardianship
    scopes: frozenset[Scope]
    live: bool


def of_patient(session: Session, patient_id: uuid.UUID, *, now: datetime) -> Sequence[Guardian]:
    """Everybody who answers or answered for this patient, by name."""
    zone = people.patient(session, patient_id).timezone
    rows = session.execute(
        select(Companion, Guardianship)
        .join(Guardianship, Guardianship.companion_id == Companion.id)
        .where(Guardianship.patient_id == patient_id)
        .order_by(Companion.name)
    )
    return [
        Guardian(
            person,
            relation,
            _scopes(session, person.id),
            policy.is_live(relation, zone, now=now),
        )
        for person, relation in rows
    ]


def may(session: Session, companion_id: uuid.UUID, scope: Scope, *, now: datetime) -> bool:
    """Whether this guardian may do this now: the relation lives and the scope was given."""
    relation = session.get(Guardianship, companion_id)
    if relation is None:
        return False
    zone = people.patient(session, relation.patient_id).timezone
    return policy.is_live(relation, zone, now=now) and scope in _scopes(session, companion_id)


def add(
    session: Session,
    actor: Actor,
    patient: Patient,
    contact: Contact,
    born_on: date | None,
    scopes: Collection[Scope],
    *,
    of_age_at: int,
    now: datetime,
) -> Companion:
    """A new guardian: an identity of their own, and only the scopes this actor may give."""
    if not policy.is_minor(patient.born_on, of_age_at, patient.timezone, now=now):
        words = f"{patient.short_name} is of age. Nobody answers for them."
        raise Conflict(words, code="of-age")
    contact.check()
    refuse_patients_own(patient, contact)
    person = Companion(
        id=uuid.uuid4(),
        clinic_id=patient.clinic_id,
        patient_id=patient.id,
        kind=CompanionKind.GUARDIAN,
        name=contact.name.strip(),
        email=contact.email.strip(),
        phone=contact.phone.strip(),
        born_on=born_on,
    )
    session.add(person)
    session.flush()
    relate(session, person, patient, of_age_at=of_age_at, now=now)
    audit.record(session, actor, "guardian:add", person.id, now=now, patient_id=patient.id)
    set_scopes(session, actor, person.id, scopes, now=now)
    return person


def relate(
    session: Session, person: Companion, patient: Patient, *, of_age_at: int, now: datetime
) -> Guardianship:
    """The relation itself, until the minor is of age; without a single scope."""
    relation = Guardianship(
        companion_id=person.id,
        clinic_id=patient.clinic_id,
        patient_id=patient.id,
        ends_on=policy.of_age_on(patient.born_on, of_age_at),
        since=now,
    )
    session.add(relation)
    session.flush()
    return relation


def set_scopes(
    session: Session,
    actor: Actor,
    companion_id: uuid.UUID,
    wanted: Collection[Scope],
    *,
    shown: Collection[Scope] | None = None,
    now: datetime,
) -> None:
    """Exactly these from now on; a desk changes what is logistics and nothing else.

    Of two who change it at once neither undoes the other: with what their page had `shown`,
    only what they changed on it is changed.
    """
    relation = relation_of(session, actor, companion_id)
    session.refresh(relation, with_for_update={"key_share": True})
    if relation.ended_at is not None:
        raise Conflict("Their access has ended. Add them again.", code="guardian-ended")
    held, wanted = _scopes(session, companion_id), frozenset(wanted)
    if shown is not None:
        wanted = (held - (frozenset(shown) - wanted)) | (wanted - frozenset(shown))
    for scope in held ^ wanted:
        if actor.role == "coordinator" and scope not in policy.LOGISTICS:
            words = "A clinician decides about consent and forms."
            raise NotAllowed(words, code="E_ROLE")
        _change(session, actor, relation, scope, given=scope in wanted, now=now)


def end(session: Session, actor: Actor, companion_id: uuid.UUID, *, now: datetime) -> bool:
    """It is over now; returns whether it was not before. Seats and links are the caller's."""
    audit.happens_anyway(session)
    relation = relation_of(session, actor, companion_id)
    if relation.ended_at is not None:
        return False
    relation.ended_at, relation.ended_by = now, actor.account_id
    audit.record(
        session,
        actor,
        "guardian:end",
        companion_id,
        now=now,
        reason="" if actor.account_id else "of-age",
        clinic_id=relation.clinic_id,
        patient_id=relation.patient_id,
    )
    return True


def to_end(session: Session, *, now: datetime) -> Sequence[uuid.UUID]:
    """Guardians whose day has come and whose access nobody has closed yet."""
    rows = session.execute(
        select(Guardianship, Patient.timezone)
        .join(Patient, Patient.id == Guardianship.patient_id)
        .where(Guardianship.ended_at.is_(None))
        .order_by(Guardianship.companion_id)
    )
    return [row.companion_id for row, zone in rows if not policy.is_live(row, zone, now=now)]


def relation_of(session: Session, actor: Actor, companion_id: uuid.UUID) -> Guardianship:
    """The relation, inside the actor's clinic (T-02); the house itself has none."""
    found = walls.get_for(session, actor, Guardianship, companion_id)
    if found is None:
        raise NotFound
    return found


def _scopes(session: Session, companion_id: uuid.UUID) -> frozenset[Scope]:
    mine = select(GuardianScope.scope).where(GuardianScope.companion_id == companion_id)
    return frozenset(session.scalars(mine))


def _change(
    session: Session,
    actor: Actor,
    relation: Guardianship,
    scope: Scope,
    *,
    given: bool,
    now: datetime,
) -> None:
    if given:
        session.add(
            GuardianScope(
                companion_id=relation.companion_id,
                scope=scope,
                clinic_id=relation.clinic_id,
                given_at=now,
                given_by=actor.account_id,
            )
        )
    else:
        one = (
            GuardianScope.companion_id == relation.companion_id,
            GuardianScope.scope == scope,
        )
        session.execute(delete(GuardianScope).where(*one))
    session.flush()
    act = "guardian:give" if given else "guardian:take"
    audit.record(
        session,
        actor,
        act,
        relation.companion_id,
        now=now,
        reason=scope.value,
        patient_id=relation.patient_id,
    )
