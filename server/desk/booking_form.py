"""The form that opens a visit: what it offers, what was typed, what it means."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from server.access.actor import Actor
from server.desk import clock
from server.errors import Invalid, NotFound
from server.people import queries as people
from server.people import rosters
from server.visits.kinds import KIND_WORDS, VisitKind

FIELDS = ("patient", "clinician", "kind", "when", "day", "time", "minutes")
#: a safety visit is never booked: it is what another visit becomes, or is opened "now"
KINDS = [(kind.value, KIND_WORDS[kind]) for kind in VisitKind]


@dataclass(frozen=True)
class Offered:
    """What the form lets one choose."""

    patients: Sequence[tuple[str, str]]
    clinicians: Sequence[tuple[str, str]]
    kinds: Sequence[tuple[str, str]]
    zone: str
    defaults: dict[str, str]


@dataclass(frozen=True)
class Wanted:
    """A visit somebody asked for."""

    patient_id: uuid.UUID
    clinician_id: uuid.UUID
    kind: VisitKind
    starts_at: datetime
    minutes: int | None


def offered(session: Session, actor: Actor, *, now: datetime) -> Offered:
    """Patients with their birth dates (two may share a name), clinicians, kinds of NUD-1."""
    clinic_id = _clinic(actor)
    zone = people.clinic(session, clinic_id).timezone
    soon = clock.local(now + timedelta(minutes=30), zone)
    return Offered(
        patients=[
            (str(p.id), f"{p.name}, born {clock.born(p.born_on)}")
            for p in rosters.patients_of(session, clinic_id)
        ],
        clinicians=[
            (str(account.id), f"{account.name}, {clinician.credentials}")
            for account, clinician in rosters.treating_staff(session, clinic_id)
        ],
        kinds=KINDS,
        zone=clock.zone_words(now, zone),
        defaults={"when": "now", "day": f"{soon:%Y-%m-%d}", "time": f"{soon:%H}:00"},
    )


def of(form: Mapping[str, str]) -> dict[str, str]:
    """What was typed, and no more of it than a field can hold."""
    return {name: form.get(name, "").strip()[:80] for name in FIELDS}


def missing(typed: Mapping[str, str]) -> dict[str, str]:
    """The fields that need another look, each with its sentence."""
    errors = {}
    for name, words in (
        ("patient", "Choose the patient."),
        ("clinician", "Choose who sees them."),
    ):
        if not _is_id(typed.get(name, "")):
            errors[name] = words
    if typed.get("kind") not in {value for value, _ in KINDS}:
        errors["kind"] = "Choose the kind of visit."
    if typed.get("when") not in ("now", "at"):
        errors["when"] = "Now, or at a time?"
    minutes = typed.get("minutes", "")
    if minutes and not (minutes.isascii() and minutes.isdigit() and len(minutes) < 4):
        errors["minutes"] = "Write the minutes as a number."
    return errors


def read(session: Session, actor: Actor, typed: Mapping[str, str], *, now: datetime) -> Wanted:
    """What it means; the time is a time of the clinic's zone."""
    starts_at = now
    if typed["when"] == "at":
        zone = people.clinic(session, _clinic(actor)).timezone
        meant = clock.typed(typed["day"], typed["time"], zone)
        if meant is None:
            words = "That is not a time we know. For example 2026-11-24 and 10:30."
            raise Invalid(words, fields={"day": words})
        starts_at = meant
    return Wanted(
        patient_id=uuid.UUID(typed["patient"]),
        clinician_id=uuid.UUID(typed["clinician"]),
        kind=VisitKind(typed["kind"]),
        starts_at=starts_at,
        minutes=int(typed["minutes"]) if typed["minutes"] else None,
    )


def _clinic(actor: Actor) -> uuid.UUID:
    if actor.clinic_id is None:
        raise NotFound
    return actor.clinic_id


def _is_id(text: str) -> bool:
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True
