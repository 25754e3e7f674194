"""How a clinician is shown to patients, and in which states they may treat (TEL-1, TEL-11)."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.access.actor import Actor
from server.audit import service as audit
from server.errors import NotFound
from server.people import queries as people
from server.people import rosters
from server.people.models import Clinician, Licence, LicenceKind
from server.staff import accounts


@dataclass(frozen=True)
class Shown:
    """What a patient is told of a clinician, and the number that rings when they are needed."""

    short_name: str
    credentials: str
    page_phone: str


@dataclass(frozen=True)
class Authority:
    """A licence as its paper says it."""

    state: str
    kind: LicenceKind
    profession: str
    number: str
    valid_from: date
    expires_on: date


def clinician(session: Session, actor: Actor, account_id: uuid.UUID) -> Clinician:
    """Somebody of the actor's clinic who treats; anybody else is not there."""
    account = accounts.one(session, actor, account_id)
    found = people.clinician(session, account.id)
    if found is None or account.role not in rosters.SEATED:
        raise NotFound
    return found


def licences(session: Session, clinician: Clinician) -> Sequence[Licence]:
    """Every licence there is or was, by state; a visit points at the one it was held under."""
    own = select(Licence).where(Licence.account_id == clinician.account_id)
    return session.scalars(own.order_by(Licence.state, Licence.kind)).all()


def introduce(
    session: Session, actor: Actor, account_id: uuid.UUID, shown: Shown, *, now: datetime
) -> None:
    """What they are called from now on, and the number a page goes to."""
    found = clinician(session, actor, account_id)
    found.short_name, found.credentials = shown.short_name, shown.credentials
    found.page_phone = shown.page_phone
    audit.record(session, actor, "account:introduce", account_id, now=now)


def keep(
    session: Session, actor: Actor, account_id: uuid.UUID, told: Authority, *, now: datetime
) -> None:
    """A licence that somebody looked up today: a new one, or the same one renewed."""
    treats = clinician(session, actor, account_id)
    same = (Licence.state == told.state, Licence.kind == told.kind)
    own = Licence.account_id == treats.account_id
    licence = session.scalar(select(Licence).where(own, *same).with_for_update())
    if licence is None:
        licence = Licence(
            id=uuid.uuid4(), account_id=treats.account_id, state=told.state, kind=told.kind
        )
        session.add(licence)
    licence.profession, licence.number = told.profession, told.number
    licence.valid_from, licence.expires_on = told.valid_from, told.expires_on
    licence.verified_on = now.date()
    reason = f"{told.state} {told.kind.value} {told.number} {told.expires_on:%Y%m%d}"
    audit.record(session, actor, "account:licence", licence.id, now=now, reason=reason)


def end(
    session: Session,
    actor: Actor,
    account_id: uuid.UUID,
    licence_id: uuid.UUID,
    *,
    now: datetime,
) -> None:
    """It covers nothing from now on; contact goes on wherever therapy may not (TEL-2)."""
    audit.happens_anyway(session)
    treats = clinician(session, actor, account_id)
    own = (Licence.id == licence_id, Licence.account_id == treats.account_id)
    licence = session.scalar(select(Licence).where(*own).with_for_update())
    if licence is None:
        raise NotFound
    licence.expires_on = min(licence.expires_on, now.date() - timedelta(days=1))
    reason = f"{licence.state} {licence.kind.value}"
    audit.record(session, actor, "account:licence-end", licence.id, now=now, reason=reason)
