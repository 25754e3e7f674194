"""Sign in and out, and the sessions of everybody; the caller's transaction carries each."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.orm import Session

from config.policy import policy
from server.access.actor import NOBODY, Actor, ActorKind
from server.audit import service as audit
from server.errors import NotFound, TooMany
from server.identity.models import Account, CallGrant, SignInAttempt, StaffSession
from server.identity.policy import Failures, reason_not_to_try
from server.identity.secret_ids import hash_of, new_secret


class TooManyTries(TooMany):
    """Somebody is guessing, or has forgotten."""

    code = "too-many"


@dataclass(frozen=True)
class Attempt:
    """A sign-in whose password is still to be checked, outside any transaction."""

    id: uuid.UUID
    account_id: uuid.UUID | None
    password_hash: str | None


def begin_sign_in(session: Session, email: str, network: str, *, now: datetime) -> Attempt:
    """Count this try as failed before it is made, so that parallel guesses count too (T-14)."""
    attempt = SignInAttempt(id=uuid.uuid4(), email_hash=_key(email), network=network, at=now)
    if code := reason_not_to_try(_failures(session, attempt), policy()):
        minutes = round(policy().sign_in_window.total_seconds() / 60)
        raise TooManyTries(
            f"Too many tries. Please wait {minutes} minutes, or ask your clinic.", code=code
        )
    session.add(attempt)
    account = session.scalar(
        select(Account).where(Account.email == _typed(email), Account.disabled_at.is_(None))
    )
    return Attempt(
        attempt.id, account.id if account else None, account.password_hash if account else None
    )


def refuse_sign_in(session: Session, attempt: Attempt, *, now: datetime) -> None:
    """Write down that the password was wrong."""
    about = attempt.account_id or "-"
    audit.record_refusal(session, NOBODY, "session:sign-in", about, code="wrong", now=now)


def sign_in(session: Session, attempt: Attempt, held: str, *, now: datetime) -> str:
    """The password was right: a new session id always (T-18); returns the cookie's secret."""
    if attempt.account_id is None:
        raise NotFound  # matches() has refused already
    session.execute(delete(SignInAttempt).where(SignInAttempt.id == attempt.id))
    before = session.get(StaffSession, hash_of(held)) if held else None
    if before is None or before.revoked_at is not None:
        return open_staff_session(session, attempt.account_id, now=now)
    if before.account_id != attempt.account_id:
        _end_browser(session, before.browser, now)
        return open_staff_session(session, attempt.account_id, now=now)
    before.revoked_at = now
    return open_staff_session(session, attempt.account_id, now=now, browser=before.browser)


def role_of(session: Session, attempt: Attempt) -> str:
    """As what they have signed in, which decides their first page."""
    return session.get_one(Account, attempt.account_id).role.value


def open_staff_session(
    session: Session, account_id: uuid.UUID, *, now: datetime, browser: str = ""
) -> str:
    """A session of an account; returns the secret, which is kept nowhere else.

    `browser` is given when the same person signs in again: their call goes on.
    """
    account = session.get(Account, account_id)
    if account is None or account.disabled_at is not None:
        raise NotFound
    secret = new_secret()
    row = StaffSession(
        id_hash=hash_of(secret),
        account_id=account_id,
        created_at=now,
        seen_at=now,
        browser=browser or hash_of(secret),
    )
    session.add(row)
    audit.record(session, staff_actor(account, row), "session:sign-in", account_id, now=now)
    return secret


def sign_out(session: Session, actor: Actor, *, now: datetime) -> None:
    """End this session, and the calls that would have outlived it."""
    _end_browser(session, actor.session, now)
    audit.record(session, actor, "session:sign-out", actor.account_id or "-", now=now)


def disable(session: Session, actor: Actor, account_id: uuid.UUID, *, now: datetime) -> None:
    """Nothing of this account works any more: no sign-in, session or call grant."""
    account = session.get(Account, account_id)
    if account is None or account.clinic_id != actor.clinic_id:
        raise NotFound
    account.disabled_at = now
    _revoke(
        session, StaffSession.account_id == account_id, CallGrant.account_id == account_id, now
    )
    audit.record(session, actor, "account:disable", account_id, now=now)


def grant_call(
    session: Session,
    actor: Actor,
    participant_id: uuid.UUID,
    *,
    lasts: timedelta,
    now: datetime,
) -> str:
    """Let this browser fetch tickets for one visit even when the chart locks (C-05)."""
    if actor.kind is not ActorKind.STAFF or actor.account_id is None:
        raise NotFound
    secret = new_secret()
    session.add(
        CallGrant(
            id_hash=hash_of(secret),
            participant_id=participant_id,
            account_id=actor.account_id,
            staff_session=actor.session,
            granted_at=now,
            expires_at=now + lasts,
        )
    )
    audit.record(session, actor, "session:call-grant", participant_id, now=now)
    return secret


def holds_call_grant(
    session: Session, secret: str, participant_id: uuid.UUID, *, now: datetime
) -> bool:
    """Whether this browser has a living grant for this seat already."""
    row = session.get(CallGrant, hash_of(secret))
    return (
        row is not None
        and row.participant_id == participant_id
        and row.revoked_at is None
        and now <= row.expires_at
    )


def account(session: Session, account_id: uuid.UUID) -> Account:
    """One account by its id."""
    return session.get_one(Account, account_id)


def staff_actor(account: Account, row: StaffSession) -> Actor:
    """A signed-in member of staff as every rule sees them."""
    return Actor(
        ActorKind.STAFF,
        role=account.role.value,
        session=row.browser,
        name=account.name,
        clinic_id=account.clinic_id,
        account_id=account.id,
    )


def _failures(session: Session, attempt: SignInAttempt) -> Failures:
    def count(*which: ColumnElement[bool]) -> int:
        lately = SignInAttempt.at > attempt.at - policy().sign_in_window
        return session.scalar(select(func.count()).where(lately, *which)) or 0

    by_account = SignInAttempt.email_hash == attempt.email_hash
    by_network = SignInAttempt.network == attempt.network
    return Failures(
        account_from_network=count(by_account, by_network),
        account=count(by_account),
        network=count(by_network),
    )


def _typed(email: str) -> str:
    return email.strip().lower()


def _key(email: str) -> str:
    return hash_of(_typed(email))


def _end_browser(session: Session, browser: str, now: datetime) -> None:
    _revoke(session, StaffSession.browser == browser, CallGrant.staff_session == browser, now)


def _revoke(
    session: Session, sessions: ColumnElement[bool], grants: ColumnElement[bool], now: datetime
) -> None:
    session.execute(
        update(StaffSession)
        .where(sessions, StaffSession.revoked_at.is_(None))
        .values(revoked_at=now)
    )
    session.execute(
        update(CallGrant).where(grants, CallGrant.revoked_at.is_(None)).values(revoked_at=now)
    )
