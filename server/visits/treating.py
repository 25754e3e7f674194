"""The one question before any clinical content: does this account treat this patient (T-08)?"""

from __future__ import annotations

import uuid

from sqlalchemy.orm import Session

from server.access.actor import Actor
from server.visits import scopes
from server.visits.models import Visit


def visit(session: Session, actor: Actor, visit_id: uuid.UUID) -> Visit:
    """The visit, for those who treat its patient; to anybody else it does not exist."""
    return scopes.visit(session, actor, "chart:read", visit_id)


def treats(session: Session, actor: Actor, about: Visit) -> bool:
    """True for a clinician of the same clinic in a treatment relation, or with a seat in it.

    The clinician on call gets a seat when a visit becomes a safety visit.
    """
    known = scopes.visits(actor, "chart:read").where(Visit.id == about.id)
    return session.scalar(known.with_only_columns(Visit.id)) is not None


def first_of(session: Session, about: Visit) -> Visit:
    """The visit this one continues, back to the first: they share room, people and note."""
    while about.continues_id is not None:
        before = session.get(Visit, about.continues_id)
        if before is None:
            break
        about = before
    return about
