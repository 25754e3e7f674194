"""The one question before any clinical content: does this account treat this patient (T-08)?"""

from __future__ import annotations

import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.access.actor import Actor, ActorKind
from server.errors import NotFound
from server.people.models import TreatmentRelation
from server.visits.kinds import Stage
from server.visits.models import Participant, Visit

CLINICAL_ROLES = frozenset({"psychiatrist", "therapist"})


def visit(session: Session, actor: Actor, visit_id: uuid.UUID) -> Visit:
    """The visit, for those who treat its patient; to anybody else it does not exist."""
    found = session.get(Visit, visit_id)
    if found is None or not treats(session, actor, found):
        raise NotFound
    return found


def treats(session: Session, actor: Actor, about: Visit) -> bool:
    """True for a clinician of the same clinic in a treatment relation, or with a seat in it.

    The clinician on call gets a seat when a visit becomes a safety visit.
    """
    if actor.kind is not ActorKind.STAFF or actor.role not in CLINICAL_ROLES:
        return False
    if actor.clinic_id != about.clinic_id or actor.account_id is None:
        return False
    seat = (
        Participant.room_id == about.room_id,
        Participant.account_id == actor.account_id,
        Participant.stage != Stage.REMOVED,
    )
    if session.scalar(select(Participant.id).where(*seat)) is not None:
        return True
    relation = (
        TreatmentRelation.patient_id == about.patient_id,
        TreatmentRelation.account_id == actor.account_id,
    )
    return session.scalar(select(TreatmentRelation.since).where(*relation)) is not None


def first_of(session: Session, about: Visit) -> Visit:
    """The visit this one continues, back to the first: they share room, people and note."""
    while about.continues_id is not None:
        before = session.get(Visit, about.continues_id)
        if before is None:
            break
        about = before
    return about
