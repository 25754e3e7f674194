"""Forget what has run out: nothing here decides about anybody any more, and it names people."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, delete, inspect, or_
from sqlalchemy.orm import Session

from config.policy import Policy
from server.db import Base
from server.identity.cookies import VISIT_COOKIE_LASTS
from server.identity.models import (
    CallGrant,
    KnownBrowser,
    LinkSession,
    PasswordLink,
    SignInAttempt,
    StaffSession,
)


def forget_old(session: Session, times: Policy, *, now: datetime) -> int:
    """Delete sessions, grants, links and tries that are over for long; returns how many.

    A link session is kept as long as its link may be opened again: its tries count (T-17).
    """
    kept = now - times.sessions_kept
    over: tuple[tuple[type[Base], ColumnElement[bool]], ...] = (
        (SignInAttempt, SignInAttempt.at < now - 2 * times.sign_in_window),
        (CallGrant, or_(CallGrant.revoked_at < kept, CallGrant.expires_at < kept)),
        (StaffSession, StaffSession.created_at < kept),
        (LinkSession, LinkSession.seen_at < now - VISIT_COOKIE_LASTS),
        (PasswordLink, PasswordLink.expires_at < kept),
        (KnownBrowser, KnownBrowser.seen_at < now - times.browsers_known),
    )
    gone = 0
    for table, where in over:
        first = inspect(table).primary_key[0]
        gone += len(session.scalars(delete(table).where(where).returning(first)).all())
    return gone
