"""How an emergency access ends, by hand or by the clock, and is reviewed afterwards (T-07)."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from config.policy import EmergencyTimes
from server import walls
from server.access.actor import SYSTEM, Actor
from server.audit import service as audit
from server.emergency_access import queries
from server.emergency_access.models import (
    ClosedBy,
    EmergencyAccess,
    EmergencyTry,
    Verdict,
)
from server.errors import Invalid, NotFound


def close(session: Session, actor: Actor, *, now: datetime) -> None:
    """The reader is done; closing twice is closing once."""
    audit.happens_anyway(session)
    open_one = queries.unclosed(session, actor)
    if open_one is not None and _close(session, open_one, ClosedBy.READER, now):
        audit.record(
            session,
            actor,
            "emergency:close",
            open_one.id,
            now=now,
            patient_id=open_one.patient_id,
        )


def close_expired(
    session: Session, *, now: datetime, account_id: uuid.UUID | None = None
) -> int:
    """Write down the end of every access whose hour is over; the worker asks each minute."""
    over = [EmergencyAccess.closed_at.is_(None), EmergencyAccess.expires_at <= now]
    if account_id is not None:
        over.append(EmergencyAccess.account_id == account_id)
    closed = 0
    for access in session.scalars(select(EmergencyAccess).where(*over)).all():
        if _close(session, access, ClosedBy.EXPIRY, access.expires_at):
            closed += 1
            audit.record(
                session,
                SYSTEM,
                "emergency:expire",
                access.id,
                now=now,
                clinic_id=access.clinic_id,
                patient_id=access.patient_id,
            )
    return closed


def forget_tries(session: Session, times: EmergencyTimes, *, now: datetime) -> int:
    """A try counts for a while; that it was made stays in the record."""
    over = EmergencyTry.at < now - times.tries_window
    return len(
        session.scalars(delete(EmergencyTry).where(over).returning(EmergencyTry.id)).all()
    )


def review(
    session: Session,
    actor: Actor,
    access_id: uuid.UUID,
    verdict: Verdict,
    words: str,
    *,
    now: datetime,
) -> None:
    """The privacy officer accepts it with a word, or marks it for follow-up."""
    access = walls.get_for(session, actor, EmergencyAccess, access_id)
    if access is None:
        raise NotFound
    said = " ".join(words.replace("\x00", "").split())[:300]
    if not said:
        raise Invalid("Please add a word on what you found.", fields=["review_words"])
    access.reviewed_at, access.reviewer_id = now, actor.account_id
    access.verdict, access.review_words = verdict, said
    audit.record(
        session,
        actor,
        "emergency:review",
        access.id,
        now=now,
        reason=verdict.value,
        patient_id=access.patient_id,
    )


def _close(session: Session, access: EmergencyAccess, how: ClosedBy, at: datetime) -> bool:
    """By compare-and-set: reader and clock may be there at once, one of them closes it."""
    open_still = (EmergencyAccess.id == access.id, EmergencyAccess.closed_at.is_(None))
    closed = session.scalar(
        update(EmergencyAccess)
        .where(*open_still)
        .values(closed_at=at, closed_by=how)
        .returning(EmergencyAccess.id)
    )
    return closed is not None
