"""Confirm a consent in the words of today, and know whether it was (TEL-7)."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.access.actor import Actor
from server.audit import service as audit
from server.consents.models import TelehealthConsent
from server.errors import Conflict


class WordsHaveChanged(Conflict):
    """What was shown is not what is agreed to today."""

    code = "consent-words-changed"


def confirm_telehealth(
    session: Session,
    actor: Actor,
    *,
    patient_id: uuid.UUID,
    room_id: uuid.UUID,
    version: str,
    current: str,
    confirmed_by: str,
    now: datetime,
) -> None:
    """Agree to be seen by video, in the version that was shown; twice is once."""
    if version != current:
        raise WordsHaveChanged("The words have changed. Please read them again.")
    if telehealth_version(session, patient_id=patient_id, room_id=room_id) == version:
        return
    session.add(
        TelehealthConsent(
            patient_id=patient_id,
            room_id=room_id,
            version=version,
            confirmed_by=confirmed_by,
            confirmed_at=now,
        )
    )
    audit.record(
        session,
        actor,
        "consent:telehealth",
        room_id,
        now=now,
        policy_version=version,
        patient_id=patient_id,
    )


def telehealth_version(
    session: Session, *, patient_id: uuid.UUID, room_id: uuid.UUID
) -> str | None:
    """Which version was confirmed for this visit, if any."""
    return session.scalar(
        select(TelehealthConsent.version)
        .where(TelehealthConsent.patient_id == patient_id, TelehealthConsent.room_id == room_id)
        .order_by(TelehealthConsent.confirmed_at.desc())
        .limit(1)
    )
