"""Tasks with little time, in words: pages of whoever is on call, calls for help at the desk."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from server.access.actor import Actor
from server.access.permissions import reason_not_to
from server.desk.words import clock
from server.people import queries as people
from server.signals import contact
from server.tasks import service as tasks
from server.tasks.models import Task
from server.visits import company, scopes
from server.visits.models import Visit
from server.visits.queries import check_in_of, participants

#: what the desk reads: who to call and where, never why (ROLE-4)
DESK_WORDS = {
    "call-for-help": "Call for help",
    "safety-visit": "A clinician must come now",
    "not-me": "A link reached somebody else",
    "cannot-come": "Cannot come",
    "phone-instead": "Asks to be called",
    "who-looked": "Asks who opened their record",
    "call-back": "Call back as arranged",
    "cannot-write": "Call instead of writing",
    "came-back": "Came back and nobody was there",
    "needs-clinician": "A visit needs another clinician",
}
CLINICAL_WORDS = {
    **DESK_WORDS,
    "safety-visit": "Safety visit: somebody needs you",
    "code-word": "As arranged",
    "not-alone": "Not alone",
}
ALARMS = frozenset({"call-for-help", "safety-visit"})


@dataclass(frozen=True)
class Call:
    """One task on top of a page."""

    id: uuid.UUID
    kind: str
    title: str
    words: str
    alarm: bool
    waited: str
    since: datetime
    taken: bool
    visit_id: uuid.UUID | None
    patient: str = ""
    phone: str = ""
    place: str = ""
    #: what whoever calls must know first (T-10)
    advice: str = ""


def waiting_for(
    session: Session, actor: Actor, *, clinical: bool, now: datetime
) -> Sequence[Call]:
    """What waits for this member of staff: alarms first, then by due time."""
    found = [
        _call(session, actor, task, clinical, now) for task in tasks.open_for(session, actor)
    ]
    return sorted(found, key=lambda call: (not call.alarm, call.since))


def stepped_in(
    session: Session, actor: Actor, task_id: uuid.UUID, *, now: datetime
) -> uuid.UUID | None:
    """A clinician who takes the page of a safety visit is in it; returns where to go."""
    task = tasks.of_actor(session, actor, task_id)
    if task.kind != "safety-visit" or task.visit_id is None:
        return None
    if reason_not_to(actor, "visit:step-in"):
        return None
    company.step_in(session, actor, task.visit_id, now)
    return task.visit_id


def _call(session: Session, actor: Actor, task: Task, clinical: bool, now: datetime) -> Call:
    """A colleague who does not treat them is told that somebody needs help, not who (T-08)."""
    titles = CLINICAL_WORDS if clinical else DESK_WORDS
    asked = scopes.visits(actor, "chart:read" if clinical else "board:use")
    visit = session.scalar(asked.where(Visit.id == task.visit_id)) if task.visit_id else None
    patient, phone, place = _whom(session, visit) if visit else ("", "", "")
    return Call(
        id=task.id,
        kind=task.kind,
        title=titles.get(task.kind, "To do"),
        words=task.words,
        alarm=task.kind in ALARMS,
        waited=clock(task.created_at, now),
        since=task.created_at,
        taken=task.acknowledged_at is not None,
        visit_id=visit.id if visit else None,
        patient=patient,
        phone=phone,
        place=place if task.kind == "call-for-help" else "",
        advice=_advice(session, visit) if visit else "",
    )


def _advice(session: Session, visit: Visit) -> str:
    wishes = contact.wishes_of(session, visit.patient_id)
    return ". ".join([*contact.advice(wishes), *([wishes.note] if wishes.note else [])])


def _whom(session: Session, visit: Visit) -> tuple[str, str, str]:
    """Name, call-back number and place: what somebody who helps must have at hand."""
    patient = people.patient(session, visit.patient_id)
    seats = participants(session, visit.room_id)
    seat = next((each for each in seats if each.patient_id is not None), None)
    said = check_in_of(session, seat.id) if seat else None
    if said is None:
        return patient.short_name, patient.phone, ""
    place = ", ".join(part for part in (said.street, said.unit, said.city, said.state) if part)
    return patient.short_name, said.phone or patient.phone, place
