"""Who is at the door: turns the three cookies into an actor, for the doors that admit them."""

from __future__ import annotations

from datetime import datetime

from flask import request
from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from config.policy import policy
from server.access.actor import NOBODY, Actor, ActorKind
from server.doors import Door
from server.http import database
from server.identity import cookies
from server.identity.models import Account, CallGrant, LinkSession, StaffSession
from server.identity.policy import (
    is_worth_noting,
    link_session_lives,
    staff_session_lives,
)
from server.identity.secret_ids import hash_of
from server.identity.service import staff_actor
from server.tenancy import EVERY_CLINIC

_STAFF = (
    select(StaffSession, Account)
    .join(Account, Account.id == StaffSession.account_id)
    .where(StaffSession.id_hash == bindparam("id_hash"))
)


def who(door: Door, now: datetime) -> Actor:
    """The first of staff, call grant and visit link that lives and that the door admits."""
    if door.machine or not request.cookies:
        return NOBODY
    with database().reading(EVERY_CLINIC) as session:
        actor, seen_at = _resolve(session, door, now)
    if seen_at is not None and not door.passive and is_worth_noting(seen_at, now=now):
        _note(actor, now)
    return actor


def _resolve(session: Session, door: Door, now: datetime) -> tuple[Actor, datetime | None]:
    if ActorKind.STAFF in door.kinds and (staff := _staff(session, now)):
        return staff
    if ActorKind.GRANT in door.kinds and (grant := _grant(session, now)):
        return grant, None
    wants_link = door.kinds & {ActorKind.LINK, ActorKind.UNCONFIRMED}
    if wants_link and (link := _link(session, now)):
        return link
    return NOBODY, None


def _staff(session: Session, now: datetime) -> tuple[Actor, datetime] | None:
    own = _cookie(cookies.STAFF)
    found = session.execute(_STAFF, {"id_hash": own}).one_or_none() if own else None
    if found is None:
        return None
    row, account = found
    if not staff_session_lives(row, policy(), now=now):
        return None
    return None if account.disabled_at else (staff_actor(account, row), row.seen_at)


def _grant(session: Session, now: datetime) -> Actor | None:
    own = _cookie(cookies.CALL)
    row = session.get(CallGrant, own) if own else None
    if row is None or row.revoked_at is not None or now > row.expires_at:
        return None
    account = session.get_one(Account, row.account_id)
    if account.disabled_at:
        return None
    return Actor(
        ActorKind.GRANT,
        role=account.role.value,
        session=row.staff_session,
        name=account.name,
        clinic_id=account.clinic_id,
        account_id=account.id,
        participant_id=row.participant_id,
    )


def _link(session: Session, now: datetime) -> tuple[Actor, datetime] | None:
    own = _cookie(cookies.VISIT)
    row = session.get(LinkSession, own) if own else None
    if row is None or not link_session_lives(row, policy(), now=now):
        return None
    kind = ActorKind.LINK if row.confirmed_at else ActorKind.UNCONFIRMED
    actor = Actor(
        kind,
        role=row.role,
        session=row.id_hash,
        clinic_id=row.clinic_id,
        participant_id=row.participant_id,
    )
    return actor, row.seen_at


def _cookie(name: str) -> str | None:
    """By what we know a cookie; most browsers hold one of three, and only that is looked up."""
    secret = cookies.secret_in(request, name)
    return hash_of(secret) if secret else None


def _note(actor: Actor, now: datetime) -> None:
    is_staff = actor.kind is ActorKind.STAFF
    table = StaffSession if is_staff else LinkSession
    own = _cookie(cookies.STAFF if is_staff else cookies.VISIT)
    with database().transaction(EVERY_CLINIC) as session:
        session.execute(update(table).where(table.id_hash == own).values(seen_at=now))
