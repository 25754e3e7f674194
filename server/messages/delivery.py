"""Send what is due: claimed with a lease, asked whether it is still true, tried again later."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

import structlog
from sqlalchemy import and_, or_, select, update
from sqlalchemy.orm import Session

from server.db import Database
from server.messages.letters import LetterKind
from server.messages.models import Channel, Letter
from server.messages.senders import NotSent, Sender

#: Whether a letter may still go out, asked in the moment before it does.
StillTrue = Callable[[Session, uuid.UUID, datetime], bool]

LEASE = timedelta(seconds=60)
ATTEMPTS = 8
BATCH = 50
log = structlog.get_logger("outbox")


def deliver_due(
    database: Database,
    senders: Mapping[Channel, Sender],
    still_true: Mapping[LetterKind, StillTrue],
    *,
    now: datetime,
    keep_words: bool,
) -> int:
    """Send one batch; returns how many were taken. Two workers never take the same letter.

    A letter whose worker dies is taken again after its lease: at least once, and the claim
    and the question of truth come right before the sending to keep "twice" rare.
    """
    with database.transaction() as session:
        taken = _claim(session, now)
    for letter in taken:
        with database.reading() as session:
            true = still_true[LetterKind(letter.kind)](session, uuid.UUID(letter.about), now)
        outcome = _send(letter, senders) if true else "dropped"
        with database.transaction() as session:
            _settle(session, letter, outcome, now=now, keep_words=keep_words)
    return len(taken)


def _claim(session: Session, now: datetime) -> Sequence[Letter]:
    free = or_(
        Letter.status == "due",
        and_(Letter.status == "sending", Letter.claimed_until < now),
    )
    wanted = (
        select(Letter.id)
        .where(free, Letter.due_at <= now)
        .order_by(Letter.due_at)
        .limit(BATCH)
        .with_for_update(skip_locked=True)  # SQLite: the write lock is held already
    )
    ids = session.scalars(wanted).all()
    if not ids:
        return []
    claimed = (
        update(Letter)
        .where(Letter.id.in_(ids))
        .values(status="sending", claimed_until=now + LEASE, attempts=Letter.attempts + 1)
        .returning(Letter)
    )
    return session.scalars(claimed, execution_options={"populate_existing": True}).all()


def _send(letter: Letter, senders: Mapping[Channel, Sender]) -> str:
    try:
        senders[letter.channel](letter)
    except NotSent as trouble:
        log.warning("not-sent", channel=letter.channel.value, attempts=letter.attempts)
        return "failed" if trouble.for_good or letter.attempts >= ATTEMPTS else "due"
    return "sent"


def _settle(
    session: Session, letter: Letter, outcome: str, *, now: datetime, keep_words: bool
) -> None:
    """Write down how it went; outside a demo the words, and the link in them, are forgotten."""
    values: dict[str, object] = {"status": outcome, "claimed_until": None}
    if outcome == "sent":
        values["sent_at"] = now
    if outcome == "due":
        values["due_at"] = now + timedelta(minutes=2**letter.attempts / 2)
    if outcome == "dropped":
        values["error"] = "no longer true"
    if outcome in ("sent", "dropped") and not keep_words:
        values["body"] = ""
    mine = (Letter.id == letter.id, Letter.status == "sending")
    session.execute(update(Letter).where(*mine).values(**values))
