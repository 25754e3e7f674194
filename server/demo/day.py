"""The demo's day: visits booked as the desk would, so that the lists are not empty."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from config.policy import Policy
from server.access.actor import Actor, ActorKind
from server.demo import cast
from server.demo.build import build_cast, is_empty
from server.visits import booking
from server.visits.kinds import Role, VisitKind
from server.visits.models import Visit


@dataclass(frozen=True)
class Doors:
    """A visit that has just been opened, and the personal link into it."""

    visit_id: uuid.UUID
    participant_id: uuid.UUID
    patient_url: str


def jordan() -> Actor:
    """The coordinator, as who the demo books."""
    return Actor(
        ActorKind.STAFF,
        role=cast.JORDAN_LEE.role.value,
        name=cast.JORDAN_LEE.name,
        clinic_id=cast.HARBOR.id,
        account_id=cast.JORDAN_LEE.id,
    )


def seed(session: Session, rules: Policy, *, base_url: str, now: datetime) -> None:
    """The cast if nobody is there yet, and a day of visits if today has none."""
    if is_empty(session):
        build_cast(session, now=now)
    near = (
        Visit.starts_at > now - timedelta(hours=10),
        Visit.starts_at < now + timedelta(days=1),
    )
    if session.scalar(select(func.count()).select_from(Visit).where(*near)):
        return
    quarter = now.replace(minute=now.minute - now.minute % 15, second=0, microsecond=0)
    for person, clinician, kind, hours in (
        (cast.ALEX, cast.DR_RIVERA, VisitKind.SCREENING_EVAL, 1),
        (cast.CASEY, cast.DR_RIVERA, VisitKind.PREPARATION, 2),
        (cast.MORGAN, cast.SAM_WHITFIELD, VisitKind.INTEGRATION, 3),
    ):
        booking.open_visit(
            session,
            jordan(),
            person.id,
            clinician.id,
            kind,
            quarter + timedelta(hours=hours),
            None,
            now,
            times=rules,
            base_url=base_url,
        )


def open_now(
    session: Session,
    rules: Policy,
    *,
    base_url: str,
    now: datetime,
    patient: cast.Person = cast.MORGAN,
    clinician: cast.Staff = cast.DR_RIVERA,
    kind: VisitKind = VisitKind.FOLLOW_UP,
) -> Doors:
    """A visit that begins now, with a fresh link for the patient."""
    opened = booking.open_visit(
        session,
        jordan(),
        patient.id,
        clinician.id,
        kind,
        now,
        None,
        now,
        times=rules,
        base_url=base_url,
    )
    seat = opened.seats[Role.PATIENT]
    link = f"{base_url}/v/{opened.links[seat.id]}"
    return Doors(opened.visit.id, seat.id, link)
