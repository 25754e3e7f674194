"""Personal links and the letters that carry them, in neutral words (T-10, T-17)."""

from __future__ import annotations

import uuid
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from server.errors import NotFound
from server.identity.models import Account
from server.identity.secret_ids import hash_of, new_secret
from server.messages import letters
from server.messages import service as messages
from server.messages.letters import LetterKind
from server.people import queries as people
from server.people.models import Companion
from server.visits.kinds import Role, Stage
from server.visits.models import Participant, Visit, VisitLink
from server.visits.queries import participants

TREATING = {"psychiatrist": Role.PSYCHIATRIST, "therapist": Role.THERAPIST}


def new_link(session: Session, seat: Participant, *, now: datetime) -> str:
    """A further personal link of this seat: 256 random bits, of which we keep a hash.

    Older links of theirs go on working; whoever lost one may still find it.
    """
    token = new_secret()
    session.add(VisitLink(participant_id=seat.id, token_hash=hash_of(token), created_at=now))
    return token


def address(base_url: str, token: str) -> str:
    """Where a link leads."""
    return f"{base_url}/v/{token}"


def invite(
    session: Session, visit: Visit, seat: Participant, base_url: str, *, now: datetime
) -> str:
    """A fresh link and the letter that carries it; returns the token."""
    token = new_link(session, seat, now=now)
    clinic = people.clinic(session, visit.clinic_id)
    email, phone, zone = _reach(session, seat, visit)
    text = letters.visit_link(
        when=when_words(visit.starts_at, zone),
        link=address(base_url, token),
        phone=clinic.phone,
    )
    messages.enqueue(
        session,
        LetterKind.VISIT_LINK,
        seat.id,
        text,
        clinic_id=visit.clinic_id,
        due_at=now,
        key=f"{seat.id}:{hash_of(token)[:16]}",
        email=email,
        phone=phone,
    )
    return token


def say_cancelled(session: Session, visit: Visit, *, now: datetime) -> None:
    """Take back what was not sent, and tell everybody who comes by a link."""
    clinic = people.clinic(session, visit.clinic_id)
    for seat in participants(session, visit.room_id):
        if seat.account_id is not None or seat.stage is Stage.REMOVED:
            continue
        messages.withdraw(session, LetterKind.VISIT_LINK, seat.id)
        email, phone, zone = _reach(session, seat, visit)
        messages.enqueue(
            session,
            LetterKind.CANCELLED,
            seat.id,
            letters.cancelled(when=when_words(visit.starts_at, zone), phone=clinic.phone),
            clinic_id=visit.clinic_id,
            due_at=now,
            key=f"{seat.id}:{visit.version}",
            email=email,
            phone=phone,
        )


def when_words(instant: datetime, zone: str) -> str:
    """Tuesday 24 November, 10:00, Denver time (the reader's zone, named)."""
    there = instant.astimezone(ZoneInfo(zone))
    place = zone.rsplit("/", 1)[-1].replace("_", " ")
    return f"{there:%A} {there.day} {there:%B}, {there:%H:%M}, {place} time"


def companion(session: Session, companion_id: uuid.UUID) -> Companion | None:
    """Somebody who may come along, or None for an id nobody has."""
    return session.get(Companion, companion_id)


def role_of_staff(session: Session, account_id: uuid.UUID, clinic_id: uuid.UUID) -> Role:
    """What this colleague is in a visit of this clinic; NotFound unless they treat."""
    account = session.get(Account, account_id)
    if account is None or account.clinic_id != clinic_id or account.disabled_at is not None:
        raise NotFound
    role = TREATING.get(account.role.value)
    if role is None:
        raise NotFound
    return role


def _reach(session: Session, seat: Participant, visit: Visit) -> tuple[str, str, str]:
    if seat.patient_id is not None:
        patient = people.patient(session, seat.patient_id)
        return patient.email, patient.phone, patient.timezone
    if seat.companion_id is not None:
        person = people.companion(session, seat.companion_id)
        return person.email, person.phone, visit.timezone
    raise NotFound
