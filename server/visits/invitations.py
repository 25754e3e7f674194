"""Personal links and the letters that carry them, in neutral words (T-10, T-17)."""

from __future__ import annotations

import uuid
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from server.errors import NotFound
from server.identity.secret_ids import hash_of, new_secret
from server.messages import letters
from server.messages import service as messages
from server.messages.letters import LetterKind
from server.people import queries as people
from server.people import scopes
from server.visits import front_desk, guests, reach
from server.visits.kinds import Role, Stage
from server.visits.models import Participant, Visit, VisitLink
from server.visits.queries import participants

#: letters that ask somebody to come
INVITATIONS = (LetterKind.VISIT_LINK, LetterKind.REMINDER, LetterKind.NEW_TIME)
TREATING = {
    "psychiatrist": Role.PSYCHIATRIST,
    "therapist": Role.THERAPIST,
    "trainee": Role.TRAINEE,
}


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
    """A fresh link and the letter that carries it; returns the token.

    Where no letter may arrive before the visit, the desk is asked to call as arranged.
    """
    token = new_link(session, seat, now=now)
    clinic = people.clinic(session, visit.clinic_id)
    to = reach.of(session, seat, visit, now=now)
    told_of = guests.as_invited(session, seat, visit)
    if to.is_too_late_for(told_of, now=now):
        told = f"{seat.name} may not be written to before the visit. Call as arranged."
        front_desk.ask(session, visit, "cannot-write", told, due_at=told_of.starts_at, now=now)
        return token
    link = address(base_url, token)
    text = letters.link_alone(link=link, phone=clinic.phone)
    if to.hears_times:
        when = when_words(told_of.starts_at, to.zone)
        text = letters.visit_link(when=when, link=link, phone=clinic.phone)
    messages.enqueue(
        session,
        LetterKind.VISIT_LINK,
        seat.id,
        text,
        clinic_id=visit.clinic_id,
        due_at=to.due_at,
        key=f"{seat.id}:{hash_of(token)[:16]}",
        email=to.email,
        phone=to.phone,
    )
    return token


def say_cancelled(
    session: Session, visit: Visit, *, by: Participant | None = None, now: datetime
) -> None:
    """Take back what was not sent, and tell whoever comes by a link, except who did it."""
    clinic = people.clinic(session, visit.clinic_id)
    for seat in participants(session, visit.room_id):
        if seat.account_id is not None or seat.stage is Stage.REMOVED:
            continue
        for kind in INVITATIONS:
            messages.withdraw(session, kind, seat.id)
        if by is not None and seat.id == by.id:
            continue
        to = reach.of(session, seat, visit, now=now)
        if not to.hears_times:
            continue
        messages.enqueue(
            session,
            LetterKind.CANCELLED,
            seat.id,
            letters.cancelled(when=when_words(visit.starts_at, to.zone), phone=clinic.phone),
            clinic_id=visit.clinic_id,
            due_at=to.due_at,
            key=f"{seat.id}:{visit.version}",
            email=to.email,
            phone=to.phone,
        )


def when_words(instant: datetime, zone: str) -> str:
    """Tuesday 24 November, 10:00, Denver time (the reader's zone, named)."""
    there = instant.astimezone(ZoneInfo(zone))
    place = zone.rsplit("/", 1)[-1].replace("_", " ")
    return f"{there:%A} {there.day} {there:%B}, {there:%H:%M}, {place} time"


def role_of_staff(session: Session, account_id: uuid.UUID, clinic_id: uuid.UUID) -> Role:
    """What this colleague is in a visit of this clinic; NotFound unless they treat."""
    account = scopes.colleague(session, clinic_id, account_id)
    role = TREATING.get(account.role.value)
    if role is None:
        raise NotFound
    return role


def role_of_clinician(session: Session, account_id: uuid.UUID, clinic_id: uuid.UUID) -> Role:
    """The same of whoever answers for a visit: a trainee comes beside them (ROLE-5)."""
    role = role_of_staff(session, account_id, clinic_id)
    if role is Role.TRAINEE:
        raise NotFound
    return role
