"""A sign-in from a browser the account has not used before is news to its owner (T-14)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from server.identity.devices import Whence
from server.identity.models import Account, KnownBrowser
from server.identity.secret_ids import hash_of
from server.messages import service as messages
from server.messages.letters import LetterKind, new_browser


def note(
    session: Session,
    account: Account,
    secret: str,
    whence: Whence,
    *,
    base_url: str,
    now: datetime,
) -> None:
    """Remember this browser by the secret it keeps; of a new one the account is told."""
    known = session.get(KnownBrowser, (hash_of(secret), account.id))
    if known is not None:
        known.seen_at = now
        return
    trust(session, account, secret, now=now)
    messages.enqueue(
        session,
        LetterKind.NEW_BROWSER,
        account.id,
        new_browser(
            device=whence.device,
            network=whence.network,
            when=f"{now:%d %B %Y, %H:%M} UTC",
            link=f"{base_url}/sessions",
        ),
        clinic_id=account.clinic_id,
        due_at=now,
        key=f"{account.id}:{hash_of(secret)[:32]}",
        email=account.email,
    )


def trust(session: Session, account: Account, secret: str, *, now: datetime) -> None:
    """A browser that came with proof of its own, such as the link of a letter."""
    session.merge(
        KnownBrowser(
            id_hash=hash_of(secret), account_id=account.id, first_seen_at=now, seen_at=now
        )
    )
