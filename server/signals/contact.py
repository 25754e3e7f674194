"""How a patient may be written to and called, and what it does to a letter (T-10)."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from server import walls
from server.access.actor import Actor
from server.audit import service as audit
from server.errors import Conflict, Invalid, NotFound
from server.people import queries as people
from server.signals.models import SafeContact
from server.signals.policy import Hours, next_moment


@dataclass(frozen=True)
class Wishes:
    """What somebody asked for, as a form says it."""

    by_email: bool = True
    by_text: bool = True
    by_phone: bool = True
    voicemail: bool = False
    from_hour: int = 0
    until_hour: int = 24
    note: str = ""

    def problems(self) -> dict[str, str]:
        """What cannot be, by field."""
        found = {}
        if not 0 <= self.from_hour < self.until_hour <= 24:
            found["until_hour"] = "The last hour must come after the first."
        if not (self.by_email or self.by_text or self.by_phone):
            found["by_phone"] = "Choose at least one way to reach them."
        if len(self.note) > 200:
            found["note"] = "Please keep it under 200 letters."
        return found


@dataclass(frozen=True)
class Road:
    """Where a letter to a patient may go, and from when."""

    email: str
    phone: str
    zone: str
    due_at: datetime


def wishes_of(session: Session, patient_id: uuid.UUID) -> Wishes:
    """What the patient asked for; who asked for nothing is written to as they gave us."""
    row = session.get(SafeContact, patient_id)
    if row is None:
        return Wishes()
    return Wishes(
        row.by_email, row.by_text, row.by_phone, row.voicemail, row.from_hour, row.until_hour,
        row.note,
    )  # fmt: skip


def as_of(session: Session, patient_id: uuid.UUID) -> str:
    """Which wishes are kept now, for a page that may grow old; empty while there are none."""
    row = session.get(SafeContact, patient_id)
    return row.changed_at.isoformat() if row else ""


def keep(
    session: Session,
    actor: Actor,
    patient_id: uuid.UUID,
    wishes: Wishes,
    *,
    instead_of: str | None = None,
    now: datetime,
) -> None:
    """Keep it; the caller has asked whether the actor may arrange for this patient.

    A page that showed other wishes undoes nobody's: "do not call" is not lost to an older form.
    """
    if actor.account_id is None or actor.clinic_id is None:
        raise NotFound
    if problems := wishes.problems():
        raise Invalid(next(iter(problems.values())), fields=problems)
    people.hold_patient(session, patient_id)
    session.expire_all()
    if instead_of not in (None, as_of(session, patient_id)):
        words = "Somebody has changed this meanwhile. Please look once more, then keep it."
        raise Conflict(words, code="changed-meanwhile")
    row = walls.get_for(session, actor, SafeContact, patient_id)
    if row is None:
        row = SafeContact(patient_id=patient_id, clinic_id=actor.clinic_id)
        session.add(row)
    row.by_email, row.by_text, row.by_phone = wishes.by_email, wishes.by_text, wishes.by_phone
    row.voicemail, row.note = wishes.voicemail, wishes.note.strip()
    row.from_hour, row.until_hour = wishes.from_hour, wishes.until_hour
    row.changed_at, row.changed_by = now, actor.account_id
    audit.record(session, actor, "contact:keep", patient_id, now=now)


def road_to(session: Session, patient_id: uuid.UUID, *, now: datetime) -> Road:
    """The addresses that may be used, and the first moment one may arrive."""
    person = people.patient(session, patient_id)
    wishes = wishes_of(session, patient_id)
    hours = Hours(wishes.from_hour, wishes.until_hour, person.timezone)
    return Road(
        email=person.email if wishes.by_email else "",
        phone=person.phone if wishes.by_text else "",
        zone=person.timezone,
        due_at=next_moment(hours, now=now),
    )


def advice(wishes: Wishes) -> list[str]:
    """What whoever calls must know first, in words; nothing when nothing was asked for."""
    if wishes == Wishes():
        return []
    told = [] if wishes.by_phone else ["Do not call"]
    if wishes.by_phone and not wishes.voicemail:
        told.append("No voicemail")
    if (wishes.from_hour, wishes.until_hour) != (0, 24):
        told.append(f"{wishes.from_hour}:00 to {wishes.until_hour}:00, their time")
    return told
