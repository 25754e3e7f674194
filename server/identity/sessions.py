"""The browsers in which somebody is signed in: see them, and end them everywhere (C-06)."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from config.policy import policy
from server.control import service as control
from server.control.placement import board_peer
from server.errors import NotFound
from server.identity.models import Account, CallGrant, LinkSession, StaffSession
from server.identity.policy import staff_session_lives


@dataclass(frozen=True)
class OpenSession:
    """One browser as its owner knows it again; `key` names it in a form and opens nothing."""

    browser: str
    device: str
    network: str
    since: datetime
    seen_at: datetime
    #: the chart has locked by itself, and only a call still goes on
    locked: bool

    @property
    def key(self) -> str:
        """What a form calls it: its id stays with us."""
        return board_peer(self.browser)


def open_of(session: Session, account_id: uuid.UUID, *, now: datetime) -> Sequence[OpenSession]:
    """Where this account is signed in, the latest first."""
    rows = session.scalars(
        select(StaffSession)
        .where(StaffSession.account_id == account_id, StaffSession.revoked_at.is_(None))
        .order_by(StaffSession.seen_at.desc())
    ).all()
    calls = _with_calls(session, account_id, now)
    living = {row.id_hash for row in rows if staff_session_lives(row, policy(), now=now)}
    return [
        OpenSession(
            browser=row.browser,
            device=row.device,
            network=row.network,
            since=row.created_at,
            seen_at=row.seen_at,
            locked=row.id_hash not in living,
        )
        for row in rows
        if row.id_hash in living or row.browser in calls
    ]


def end(
    session: Session, account_id: uuid.UUID, browsers: Collection[str], *, now: datetime
) -> None:
    """Close these browsers of an account: sessions, the calls they outlived, their boards."""
    _revoke(session, account_id, browsers, now)
    control.revoke(session, [board_peer(browser) for browser in browsers], now=now)


def end_by_key(
    session: Session, account_id: uuid.UUID, key: str, *, now: datetime
) -> Sequence[str]:
    """Close the one browser a form has named; returns it."""
    named = [each for each in _open_browsers(session, account_id) if board_peer(each) == key]
    if not named:
        raise NotFound
    end(session, account_id, named, now=now)
    return named


def end_all(
    session: Session, account_id: uuid.UUID, *, now: datetime, but: str = ""
) -> Sequence[str]:
    """Close every browser of an account, `but` the one that asks; returns those closed."""
    named = [each for each in _open_browsers(session, account_id) if each != but]
    end(session, account_id, named, now=now)
    return named


def ended_at(session: Session, browsers: Collection[str]) -> dict[str, datetime]:
    """Of these browsers those that were closed, and since when (C-06).

    A session that ran out by itself is not closed: its call goes on (C-05). One that nobody
    knows has been swept, and nothing of it lives any more.
    """
    every_one = select(StaffSession.browser, func.max(StaffSession.revoked_at))
    every_one = every_one.where(StaffSession.browser.in_(browsers))
    every_one = every_one.group_by(StaffSession.browser)
    every_one = every_one.having(func.count() == func.count(StaffSession.revoked_at))
    closed = {browser: at for browser, at in session.execute(every_one) if at is not None}
    closed |= {
        row.browser: row.disabled_at
        for row in session.execute(
            select(StaffSession.browser, Account.disabled_at)
            .join(Account, Account.id == StaffSession.account_id)
            .where(StaffSession.browser.in_(browsers), Account.disabled_at.is_not(None))
        )
        if row.disabled_at is not None
    }
    closed |= {
        row.id_hash: row.revoked_at
        for row in session.execute(
            select(LinkSession.id_hash, LinkSession.revoked_at).where(
                LinkSession.id_hash.in_(browsers), LinkSession.revoked_at.is_not(None)
            )
        )
        if row.revoked_at is not None
    }
    return closed


def boards_that_may_listen(
    session: Session, clinic_id: uuid.UUID, *, now: datetime
) -> frozenset[str]:
    """What the boards of this clinic's living sessions are called on the wire."""
    rows = session.scalars(
        select(StaffSession)
        .join(Account, Account.id == StaffSession.account_id)
        .where(
            Account.clinic_id == clinic_id,
            Account.disabled_at.is_(None),
            StaffSession.revoked_at.is_(None),
            StaffSession.seen_at >= now - policy().staff_idle,
        )
    )
    return frozenset(
        board_peer(row.browser) for row in rows if staff_session_lives(row, policy(), now=now)
    )


def _open_browsers(session: Session, account_id: uuid.UUID) -> Sequence[str]:
    return session.scalars(
        select(StaffSession.browser)
        .where(StaffSession.account_id == account_id, StaffSession.revoked_at.is_(None))
        .distinct()
    ).all()


def _with_calls(session: Session, account_id: uuid.UUID, now: datetime) -> frozenset[str]:
    return frozenset(
        session.scalars(
            select(CallGrant.staff_session).where(
                CallGrant.account_id == account_id,
                CallGrant.revoked_at.is_(None),
                CallGrant.expires_at >= now,
            )
        )
    )


def _revoke(
    session: Session, account_id: uuid.UUID, browsers: Collection[str], now: datetime
) -> None:
    session.execute(
        update(StaffSession)
        .where(
            StaffSession.account_id == account_id,
            StaffSession.browser.in_(browsers),
            StaffSession.revoked_at.is_(None),
        )
        .values(revoked_at=now)
    )
    session.execute(
        update(CallGrant)
        .where(
            CallGrant.account_id == account_id,
            CallGrant.staff_session.in_(browsers),
            CallGrant.revoked_at.is_(None),
        )
        .values(revoked_at=now)
    )
