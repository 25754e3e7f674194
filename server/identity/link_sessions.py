"""The browsers that opened a visit link: each may do that one visit and nothing else (T-17)."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from server.identity.models import LinkSession
from server.identity.secret_ids import hash_of, new_secret


def open_one(
    session: Session,
    *,
    link_id: uuid.UUID,
    participant_id: uuid.UUID,
    clinic_id: uuid.UUID,
    role: str,
    confirmed: datetime | None,
    now: datetime,
) -> str:
    """One browser with one visit link; returns the cookie's secret."""
    secret = new_secret()
    session.add(
        LinkSession(
            id_hash=hash_of(secret),
            link_id=link_id,
            participant_id=participant_id,
            clinic_id=clinic_id,
            role=role,
            opened_at=now,
            seen_at=now,
            confirmed_at=confirmed,
        )
    )
    return secret


def of_cookie(session: Session, secret: str) -> LinkSession | None:
    """The link session of a cookie, whether or not it still lives."""
    return session.get(LinkSession, hash_of(secret)) if secret else None


def tries(session: Session, link_id: uuid.UUID) -> int:
    """How often somebody named the wrong identifiers, over all browsers with this link."""
    wrong = select(func.sum(LinkSession.tries)).where(LinkSession.link_id == link_id)
    return int(session.scalar(wrong) or 0)


def revoke(
    session: Session, link_id: uuid.UUID, *, now: datetime, unconfirmed_only: bool
) -> None:
    """Close the browsers that came by a link, or only those that never said who they are."""
    which = [LinkSession.link_id == link_id, LinkSession.revoked_at.is_(None)]
    if unconfirmed_only:
        which.append(LinkSession.confirmed_at.is_(None))
    session.execute(update(LinkSession).where(*which).values(revoked_at=now))
