"""Agree on a code word, keep what was said unseen, and say that it was seen (T-10)."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from server import walls
from server.access.actor import SYSTEM, Actor
from server.audit import service as audit
from server.errors import Invalid, NotFound
from server.signals import policy
from server.signals.models import CodeWord, QuietSignal, SignalKind

LONGEST = 60
#: an audit row tells nobody by which way somebody asked for help
RULE = "T-10"


def code_word_of(session: Session, patient_id: uuid.UUID) -> CodeWord | None:
    """What this patient and a clinician agreed on; for those who treat them alone."""
    return session.get(CodeWord, patient_id)


def agree(
    session: Session,
    actor: Actor,
    patient_id: uuid.UUID,
    words: str,
    *,
    shortest: int,
    now: datetime,
) -> None:
    """Keep the word; an earlier one is gone. The caller has asked whether the actor treats."""
    if actor.account_id is None or actor.clinic_id is None:
        raise NotFound
    agreed = " ".join(words.split())[:LONGEST]
    if problem := policy.reason_not_to_agree(agreed, shortest):
        raise Invalid(problem, fields={"code_word": problem})
    known = walls.get_for(session, actor, CodeWord, patient_id)
    if known is None:
        known = CodeWord(patient_id=patient_id, clinic_id=actor.clinic_id)
        session.add(known)
    known.words, known.agreed_with, known.agreed_at = agreed, actor.account_id, now
    audit.record(session, actor, "code-word:agree", patient_id, now=now, reason=RULE)


def forget(session: Session, actor: Actor, patient_id: uuid.UUID, *, now: datetime) -> None:
    """There is no code word any more."""
    known = walls.get_for(session, actor, CodeWord, patient_id)
    if known is not None:
        session.delete(known)
    audit.record(session, actor, "code-word:forget", patient_id, now=now, reason=RULE)


def keep(
    session: Session,
    kind: SignalKind,
    *,
    clinic_id: uuid.UUID,
    patient_id: uuid.UUID,
    room_id: uuid.UUID,
    participant_id: uuid.UUID,
    now: datetime,
) -> QuietSignal:
    """Keep what was said, until somebody has seen it; said twice it is one."""
    waiting = session.scalar(
        select(QuietSignal).where(
            QuietSignal.room_id == room_id,
            QuietSignal.participant_id == participant_id,
            QuietSignal.kind == kind,
            QuietSignal.seen_at.is_(None),
        )
    )
    if waiting is not None:
        return waiting
    said = QuietSignal(
        id=uuid.uuid4(),
        clinic_id=clinic_id,
        patient_id=patient_id,
        room_id=room_id,
        participant_id=participant_id,
        kind=kind,
        said_at=now,
    )
    session.add(said)
    session.flush()
    audit.record(
        session, SYSTEM, "signal:keep", said.id, now=now, reason=RULE, clinic_id=clinic_id
    )
    return said


def waiting_in(session: Session, room_id: uuid.UUID) -> Sequence[QuietSignal]:
    """What was said in this room and nobody has seen yet; for those who treat alone."""
    return session.scalars(
        select(QuietSignal)
        .where(QuietSignal.room_id == room_id, QuietSignal.seen_at.is_(None))
        .order_by(QuietSignal.said_at, QuietSignal.id)
    ).all()


def seen(
    session: Session,
    actor: Actor,
    room_id: uuid.UUID,
    shown: Collection[uuid.UUID],
    *,
    now: datetime,
) -> None:
    """Somebody who treats has seen these and acts; what came since waits to be seen."""
    session.execute(
        update(QuietSignal)
        .where(
            QuietSignal.room_id == room_id,
            QuietSignal.id.in_(shown),
            QuietSignal.seen_at.is_(None),
        )
        .values(seen_at=now, seen_by=actor.account_id)
    )
    audit.record(session, actor, "signal:seen", room_id, now=now, reason=RULE)
