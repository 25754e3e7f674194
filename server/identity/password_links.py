"""A one-time link by which somebody sets their password, when invited or when it is gone."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from config.policy import Policy
from server.errors import NotFound
from server.identity.models import Account, PasswordLink
from server.identity.secret_ids import hash_of, new_secret


class UnknownPasswordLink(NotFound):
    """Not one of ours, used, replaced or too old: all look the same."""

    code = "unknown-link"


def make(
    session: Session, account: Account, times: Policy, *, now: datetime
) -> tuple[uuid.UUID, str]:
    """A fresh link; those before it are dead. Returns its id and the token, kept nowhere."""
    revoke(session, account.id, now=now)
    token = new_secret()
    link = PasswordLink(
        id=uuid.uuid4(),
        account_id=account.id,
        token_hash=hash_of(token),
        created_at=now,
        expires_at=now + times.password_link_lasts,
    )
    session.add(link)
    return link.id, token


def account_of(session: Session, token: str, *, now: datetime) -> Account:
    """Whose password a token sets; looking changes nothing (a mail scanner looks too)."""
    found = session.scalar(
        select(Account)
        .join(PasswordLink, PasswordLink.account_id == Account.id)
        .where(
            PasswordLink.token_hash == hash_of(token),
            PasswordLink.used_at.is_(None),
            PasswordLink.revoked_at.is_(None),
            PasswordLink.expires_at > now,
            Account.disabled_at.is_(None),
        )
    )
    if found is None:
        raise UnknownPasswordLink
    return found


def use(session: Session, token: str, password_hash: str, *, now: datetime) -> Account:
    """Set the password by this link, once (compare-and-set)."""
    account = account_of(session, token, now=now)
    used = session.scalar(
        update(PasswordLink)
        .where(PasswordLink.token_hash == hash_of(token), PasswordLink.used_at.is_(None))
        .values(used_at=now)
        .returning(PasswordLink.id)
    )
    if used is None:
        raise UnknownPasswordLink
    account.password_hash = password_hash
    return account


def is_open(session: Session, link_id: uuid.UUID, *, now: datetime) -> bool:
    """Whether the letter with this link is still worth sending."""
    link = session.get(PasswordLink, link_id)
    return (
        link is not None
        and link.used_at is None
        and link.revoked_at is None
        and now < link.expires_at
    )


def revoke(session: Session, account_id: uuid.UUID, *, now: datetime) -> None:
    """No link of this account opens any more."""
    session.execute(
        update(PasswordLink)
        .where(
            PasswordLink.account_id == account_id,
            PasswordLink.used_at.is_(None),
            PasswordLink.revoked_at.is_(None),
        )
        .values(revoked_at=now)
    )
