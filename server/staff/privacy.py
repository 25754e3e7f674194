"""Whom the clinic's letters about emergency access go to (T-07)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from server.access.actor import Actor
from server.audit import service as audit
from server.errors import NotFound
from server.people import queries as people
from server.people.models import Clinic


def clinic_of(session: Session, actor: Actor) -> Clinic:
    """The actor's own."""
    if actor.clinic_id is None:
        raise NotFound
    return people.clinic(session, actor.clinic_id)


def name_officer(session: Session, actor: Actor, email: str, *, now: datetime) -> None:
    """The privacy officer's address from now on; empty is every auditor of the clinic."""
    clinic = clinic_of(session, actor)
    if clinic.privacy_email == email:
        return
    clinic.privacy_email = email
    whom = "named" if email else "every-auditor"
    audit.record(session, actor, "clinic:privacy-email", clinic.id, now=now, reason=whom)
