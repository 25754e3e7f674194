"""Sign in and out, and the sessions of everybody; the caller's transaction carries each."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.orm import Session

from config.policy import policy
from server.access.actor import NOBODY, Actor, ActorKind
from server.audit import service as audit
from server.errors import NotFound, TooMany
from server.identity import sessions
from server.identity.devices import NOWHERE, Whence
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


def withdraw_attempt(session: Session, attempt: Attempt) -> None:
    """Forget it again: the password was right, or nobody had the time to look at it."""
    session.execute(delete(SignInAttempt).where(SignInAttempt.id == attempt.id))


def sign_in(
    session: Session, attempt: Attempt, held: str, *, now: datetime, whence: Whence = NOWHERE
) -> str:
    """The password was right: a new session id always (T-18); returns the cookie's secret."""
    if attempt.account_id is None:
        raise NotFound  # matches() has refused already
    withdraw_attempt(session, attempt)
    before = session.get(StaffSession, hash_of(held)) if held else None
    if before is None or before.revoked_at is not None:
        return open_staff_session(session, attempt.account_id, now=now, whence=whence)
    if before.account_id != attempt.account_id:
        sessions.end(session, before.account_id, [before.browser], now=now)
        return open_staff_session(session, attempt.account_id, now=now, whence=whence)
    before.revoked_at = now
    return open_staff_session(
        session, attempt.account_id, now=now, browser=before.browser, whence=whence
    )


def account_of(session: Session, attempt: Attempt) -> Account:
    """Who has signed in."""
    return session.get_one(Account, attempt.account_id)


def open_staff_session(
    session: Session,
    account_id: uuid.UUID,
    *,
    now: datetime,
    browser: str = "",
    whence: Whence = NOWHERE,
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
        device=whence.device,
        network=whence.network,
    )
    account.signed_in_at = now
    session.add(row)
    # Whoever is called to a person in danger gets in; what they read is asked again.
    audit.happens_anyway(session)
    audit.record(session, staff_actor(account, row), "session:sign-in", account_id, now=now)
    return secret


def sign_out(session: Session, actor: Actor, *, now: datetime) -> None:
    """End this session, and the calls that would have outlived it."""
    if actor.account_id is None:
        raise NotFound
    sessions.end(session, actor.account_id, [actor.session], now=now)
    audit.happens_anyway(session)
    audit.record(session, actor, "session:sign-out", actor.account_id, now=now)


def grant_call(
    session: Session,
    actor: Actor,
    participant_id: uuid.UUID,
    *,
    patient_id: uuid.UUID,
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
    audit.record(
        session, actor, "session:call-grant", participant_id, now=now, patient_id=patient_id
    )
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
