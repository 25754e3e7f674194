"""Put letters in the outbox; the worker sends them once the use case has been committed."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from server.db import ask_after_commit
from server.messages.letters import LetterKind, Words
from server.messages.models import Channel, Letter


def enqueue(
    session: Session,
    kind: LetterKind,
    about: uuid.UUID,
    words: Words,
    *,
    clinic_id: uuid.UUID,
    due_at: datetime,
    key: str,
    email: str = "",
    phone: str = "",
) -> None:
    """One letter on each road the person has; the same `key` again changes nothing.

    `about` is what the resolver of this kind asks before sending (a participant, visit or
    task id); `key` says which occasion it is, e.g. `f"{participant.id}:{visit.version}"`.
    """
    roads = ((Channel.EMAIL, email), (Channel.SMS, phone))
    on_postgresql = session.get_bind().dialect.name == "postgresql"
    insert = postgresql.insert if on_postgresql else sqlite.insert
    for channel, to in roads:
        if not to:
            continue
        row = insert(Letter).values(
            id=uuid.uuid4(),
            clinic_id=clinic_id,
            kind=kind.value,
            about=str(about),
            channel=channel,
            to=to,
            subject=words.subject if channel is Channel.EMAIL else "",
            body=words.body,
            due_at=due_at,
            dedupe_key=f"{kind.value}:{key}:{channel.value}",
            status="due",
            attempts=0,
            error="",
        )
        session.execute(row.on_conflict_do_nothing(index_elements=["dedupe_key"]))
    ask_after_commit(session, "outbox")


def withdraw(session: Session, kind: LetterKind, about: uuid.UUID) -> None:
    """Take back what has not been sent yet, for instance reminders of a cancelled visit."""
    session.execute(
        update(Letter)
        .where(
            Letter.kind == kind.value,
            Letter.about == str(about),
            Letter.status.in_(("due", "failed")),
        )
        .values(status="dropped", body="", error="withdrawn")
    )


def mailbox(session: Session, *, limit: int = 100) -> list[Letter]:
    """The latest letters, newest first: the demo's mailbox shows them."""
    newest = select(Letter).order_by(Letter.due_at.desc(), Letter.id).limit(limit)
    return list(session.scalars(newest))


def forget_before(session: Session, before: datetime) -> int:
    """Letters that are over carry addresses we have no more use for; returns how many."""
    over = (Letter.status.in_(("sent", "dropped", "failed")), Letter.due_at < before)
    return len(session.scalars(delete(Letter).where(*over).returning(Letter.id)).all())
