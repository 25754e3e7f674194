"""Who else may know about a patient's visits, and how the patient may be reached, in words."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from config.policy import Policy
from server.access.actor import Actor
from server.audit import service as audit
from server.desk import clock
from server.guardians import policy as rules
from server.guardians import service as guardians
from server.guardians.models import Scope
from server.guardians.service import Guardian
from server.people import queries as people
from server.people.models import Patient
from server.signals import contact
from server.signals.contact import Wishes
from server.visits import scopes
from server.visits.models import Visit

MAY = "family:arrange"
SCOPE_WORDS = {
    Scope.JOIN: ("Join", "The part of a visit they are invited to."),
    Scope.TIMES: ("Times", "Letters say when a visit is, and nothing else."),
    Scope.SIGN: ("Consent", "May sign, beside the minor's own yes."),
    Scope.FORMS: ("Forms", "May answer the forms made for a caregiver."),
}
HOURS = [(str(hour), f"{hour:02}:00") for hour in range(25)]


@dataclass(frozen=True)
class Tick:
    """One scope of one guardian, and whether the reader may change it."""

    value: str
    words: str
    hint: str
    given: bool
    locked: bool


@dataclass(frozen=True)
class Card:
    """One guardian."""

    id: uuid.UUID
    name: str
    email: str
    phone: str
    until: str
    live: bool
    ticks: Sequence[Tick]


@dataclass(frozen=True)
class Arrangements:
    """The page."""

    visit_id: uuid.UUID
    patient: str
    minor: bool
    of_age: str
    guardians: Sequence[Card]
    new_ticks: Sequence[Tick]
    wishes: Wishes
    #: which wishes these are: somebody may have changed them since
    wishes_as_of: str
    advice: Sequence[str]
    zone: str
    hours: Sequence[tuple[str, str]]


def visit_of(session: Session, actor: Actor, visit_id: uuid.UUID) -> Visit:
    """The visit by which the reader may arrange for its patient."""
    return scopes.current(session, actor, MAY, visit_id)


def of(
    session: Session, actor: Actor, visit_id: uuid.UUID, times: Policy, *, now: datetime
) -> Arrangements:
    """Everything the page shows; looking at it is written down."""
    visit = visit_of(session, actor, visit_id)
    patient = people.patient(session, visit.patient_id)
    wishes = contact.wishes_of(session, patient.id)
    of_age_on = rules.of_age_on(patient.born_on, times.minors.of_age_at)
    audit.record(session, actor, "family:read", patient.id, now=now, patient_id=patient.id)
    return Arrangements(
        visit_id=visit.id,
        patient=patient.short_name,
        minor=_is_minor(patient, times, now),
        of_age=clock.born(of_age_on),
        guardians=[
            _card(each, actor) for each in guardians.of_patient(session, patient.id, now=now)
        ],
        new_ticks=_ticks(frozenset({Scope.JOIN, Scope.TIMES}), actor),
        wishes=wishes,
        wishes_as_of=contact.as_of(session, patient.id),
        advice=contact.advice(wishes),
        zone=clock.place_of(patient.timezone),
        hours=HOURS,
    )


def scopes_in(words: Sequence[str]) -> frozenset[Scope]:
    """The scopes among these words of a form."""
    return frozenset(Scope(word) for word in words if word in set(Scope))


def wanted_by(
    actor: Actor, ticked: frozenset[Scope], shown: frozenset[Scope] = frozenset()
) -> frozenset[Scope]:
    """What was ticked; what a desk may not change stays as its page showed it."""
    if actor.role != "coordinator":
        return ticked
    return (ticked & rules.LOGISTICS) | (shown - rules.LOGISTICS)


def wishes_in(form: Mapping[str, str]) -> Wishes:
    """What the form says about how somebody may be reached."""
    return Wishes(
        by_email="by_email" in form,
        by_text="by_text" in form,
        by_phone="by_phone" in form,
        voicemail="voicemail" in form,
        from_hour=_hour(form.get("from_hour", "0")),
        until_hour=_hour(form.get("until_hour", "24")),
        note=form.get("note", "").strip(),
    )


def _hour(typed: str) -> int:
    return int(typed) if typed in dict(HOURS) else -1


def _is_minor(patient: Patient, times: Policy, now: datetime) -> bool:
    years = times.minors.of_age_at
    return rules.is_minor(patient.born_on, years, patient.timezone, now=now)


def _card(guardian: Guardian, actor: Actor) -> Card:
    person, relation = guardian.person, guardian.relation
    ended = relation.ended_at
    until = f"Until {clock.born(relation.ends_on)}"
    return Card(
        id=person.id,
        name=person.name,
        email=person.email,
        phone=person.phone,
        until=f"Ended {clock.born(ended.date())}" if ended else until,
        live=guardian.live,
        ticks=_ticks(guardian.scopes, actor),
    )


def _ticks(given: frozenset[Scope], actor: Actor) -> Sequence[Tick]:
    desk = actor.role == "coordinator"
    return [
        Tick(scope.value, words, hint, scope in given, desk and scope not in rules.LOGISTICS)
        for scope, (words, hint) in SCOPE_WORDS.items()
    ]
