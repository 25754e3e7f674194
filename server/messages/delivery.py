"""Send what is due: claimed with a lease, asked whether it is still true, tried again later."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

import structlog
from sqlalchemy import and_, case, or_, select, update
from sqlalchemy.orm import Session

from server.db import Database
from server.messages.letters import LetterKind
from server.messages.models import Channel, Letter
from server.messages.senders import NotSent, Sender
from server.tenancy import EVERY_CLINIC

#: Whether a letter may still go out, asked in the moment before it does.
StillTrue = Callable[[Session, uuid.UUID, datetime], bool]

#: longer than a mail server takes that answers each of its steps in the last second
LEASE = timedelta(seconds=150)
ATTEMPTS = 8
#: somebody in danger does not queue behind invitations
FIRST = case((Letter.kind == LetterKind.ON_CALL_PAGE.value, 0), else_=1)
log = structlog.get_logger("outbox")


def deliver_next(
    database: Database,
    senders: Mapping[Channel, Sender],
    still_true: Mapping[LetterKind, StillTrue],
    *,
    now: datetime,
    keep_words: bool,
) -> bool:
    """Send one letter; False when none is due. Two workers never take the same one.

    Each is claimed by itself, right before it is sent: a slow mail server holds up one lease
    and no more. A letter whose worker dies is taken again after its lease: at least once, and
    the question of truth comes right before the sending to keep "twice" rare.
    """
    with database.transaction(EVERY_CLINIC) as session:
        letter = _claim(session, now)
    if letter is None:
        return False
    outcome = _outcome(database, letter, senders, still_true, now)
    with database.transaction(EVERY_CLINIC) as session:
        _settle(session, letter, outcome, now=now, keep_words=keep_words)
    return True


def _claim(session: Session, now: datetime) -> Letter | None:
    free = or_(
        Letter.status == "due",
        and_(Letter.status == "sending", Letter.claimed_until < now),
    )
    wanted = (
        select(Letter.id)
        .where(free, Letter.due_at <= now)
        .order_by(FIRST, Letter.due_at)
        .limit(1)
        .with_for_update(skip_locked=True)  # SQLite: the write lock is held already
    )
    chosen = session.scalar(wanted)
    if chosen is None:
        return None
    claimed = (
        update(Letter)
        .where(Letter.id == chosen)
        .values(status="sending", claimed_until=now + LEASE, attempts=Letter.attempts + 1)
        .returning(Letter)
    )
    return session.scalars(claimed, execution_options={"populate_existing": True}).one()


def _outcome(
    database: Database,
    letter: Letter,
    senders: Mapping[Channel, Sender],
    still_true: Mapping[LetterKind, StillTrue],
    now: datetime,
) -> str:
    """How it went, as the letter's next state; its trouble is not the next one's."""
    if letter.kind not in still_true:  # written by a newer house, or an older one
        log.error("unknown-kind", kind=letter.kind)
        return "failed"
    try:
        with database.reading(EVERY_CLINIC) as session:
            ask = still_true[LetterKind(letter.kind)]
            if not ask(session, uuid.UUID(letter.about), now):
                return "dropped"
        senders[letter.channel](letter)
    except NotSent as trouble:
        log.warning("not-sent", channel=letter.channel.value, attempts=letter.attempts)
        return "failed" if trouble.for_good or letter.attempts >= ATTEMPTS else "due"
    except Exception as trouble:
        log.error("not-sent", error=type(trouble).__name__, exc_info=True)
        return "failed" if letter.attempts >= ATTEMPTS else "due"
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
    # Whoever has taken it since, after our lease, writes down how it went with them.
    mine = (
        Letter.id == letter.id,
        Letter.status == "sending",
        Letter.attempts == letter.attempts,
    )
    session.execute(update(Letter).where(*mine).values(**values))
