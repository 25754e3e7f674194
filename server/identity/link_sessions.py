"""The browsers that opened a visit link: each may do that one visit and nothing else (T-17)."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session

from server.identity.models import LinkSession
from server.identity.secret_ids import hash_of, new_secret


def open_one(
    session: Session,
    secret: str,
    *,
    link_id: uuid.UUID,
    participant_id: uuid.UUID,
    clinic_id: uuid.UUID,
    role: str,
    confirmed: datetime | None,
    now: datetime,
) -> None:
    """One browser with one visit link; `secret` goes into its cookie."""
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


def of_cookie(session: Session, secret: str) -> LinkSession | None:
    """The link session of a cookie, whether or not it still lives."""
    return session.get(LinkSession, hash_of(secret)) if secret else None


def is_known(session: Session, participant_id: uuid.UUID) -> bool:
    """Whether some browser is trusted for this person already, by whichever link it came."""
    trusted = (
        LinkSession.participant_id == participant_id,
        LinkSession.confirmed_at.is_not(None),
        LinkSession.revoked_at.is_(None),
    )
    return session.scalar(select(LinkSession.id_hash).where(*trusted).limit(1)) is not None


def tries(session: Session, link_id: uuid.UUID) -> int:
    """How often somebody named the wrong identifiers, over all browsers with this link."""
    wrong = select(func.sum(LinkSession.tries)).where(LinkSession.link_id == link_id)
    return int(session.scalar(wrong) or 0)


def proof_tries(session: Session, link_id: uuid.UUID) -> int:
    """The same for saying it again before one's own list, which is counted on its own."""
    wrong = select(func.sum(LinkSession.proof_tries)).where(LinkSession.link_id == link_id)
    return int(session.scalar(wrong) or 0)


def tries_of(session: Session, id_hash: str) -> int:
    """How often this browser named the wrong identifiers."""
    own = session.get(LinkSession, id_hash)
    return own.tries if own else 0


def count_wrong_try(session: Session, id_hash: str) -> int:
    """One more; returns how many it were."""
    own = session.get_one(LinkSession, id_hash)
    own.tries += 1
    return own.tries


def renew(session: Session, own: LinkSession, *, now: datetime) -> str:
    """A browser has said who it is: a new id, the old one is dead (T-18)."""
    secret = new_secret()
    own.revoked_at = now
    open_one(
        session,
        secret,
        link_id=own.link_id,
        participant_id=own.participant_id,
        clinic_id=own.clinic_id,
        role=own.role,
        confirmed=now,
        now=now,
    )
    return secret


def revoke_all(session: Session, link_id: uuid.UUID, *, now: datetime) -> None:
    """Close every browser that came by a link."""
    _revoke(session, now, LinkSession.link_id == link_id)


def close(session: Session, id_hash: str, *, now: datetime) -> None:
    """This one browser is done; the link opens again for whoever says who they are."""
    _revoke(session, now, LinkSession.id_hash == id_hash)


def revoke_unconfirmed(session: Session, link_id: uuid.UUID, *, now: datetime) -> None:
    """Close the browsers that came by a link and never said who they are."""
    _revoke(session, now, LinkSession.link_id == link_id, LinkSession.confirmed_at.is_(None))


def revoke_of(session: Session, participant_id: uuid.UUID, *, now: datetime) -> None:
    """Close every browser of a participant, by whichever link it came (C-06)."""
    _revoke(session, now, LinkSession.participant_id == participant_id)


def _revoke(session: Session, now: datetime, *which: ColumnElement[bool]) -> None:
    session.execute(
        update(LinkSession)
        .where(LinkSession.revoked_at.is_(None), *which)
        .values(revoked_at=now)
    )
