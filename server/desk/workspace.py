"""Everything the clinician's one screen shows about a visit, in words."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from config.policy import Policy
from server.access.actor import Actor
from server.audit import service as audit
from server.audit.chain import NotRecorded
from server.chart import service as chart
from server.desk import clock, readiness, seated, words
from server.desk.facts import of as facts_of
from server.desk.facts import writer_of
from server.desk.seated import Person
from server.desk.strip import Drop, Strip, drop_of, numbers_of, strip_of
from server.desk.words import Chip, Facts
from server.errors import NotFound
from server.people import queries as people
from server.people import rosters
from server.people.models import Patient
from server.risk.service import LocalHelp
from server.signals import service as signals
from server.signals.models import SignalKind
from server.visits import day as visits
from server.visits import happenings, scopes
from server.visits.day import VisitOfDay
from server.visits.kinds import OPEN_STATES, Role, VisitKind
from server.visits.models import CheckIn, Visit

QUICK_WORDS = ("5 more minutes", "I am with you in a moment", "We can see you. All is well.")


@dataclass(frozen=True)
class PatientWords:
    """The patient as the page names them."""

    short_name: str
    name: str
    age: int
    born: str
    phone: str


@dataclass(frozen=True)
class NoteWords:
    """The draft as the page starts with it."""

    text: str
    revision: int
    words: str


@dataclass(frozen=True)
class Workspace:
    """One visit on one screen."""

    visit: Visit
    facts: Facts
    patient: PatientWords
    kind_words: str
    when_words: str
    is_safety: bool
    is_open: bool
    people: Sequence[Person]
    strip: Strip
    flags: Sequence[Chip]
    #: what was told us unseen (T-10): which signal, and in which words
    quiet: Mapping[uuid.UUID, str]
    said: Sequence[tuple[str, str]]
    numbers: LocalHelp | None
    drop: Drop
    note: NoteWords
    self_id: uuid.UUID | None
    unattended_minutes: int
    urls: Mapping[str, str]
    zone: str

    @property
    def waiting(self) -> Sequence[Person]:
        """Who may be let in."""
        return [person for person in self.people if person.may_admit]


def of(
    session: Session,
    actor: Actor,
    visit_id: uuid.UUID,
    times: Policy,
    *,
    now: datetime,
    with_note: bool = True,
) -> Workspace:
    """The workspace of a treating clinician; a stranger gets what a random id gets (T-08).

    Without the note it opens for a safety visit alone: nobody in danger waits for our record,
    and what is in it besides is what a clinician needs to send help (R-21, TEL-5).
    """
    visit = scopes.current(session, actor, "visit:work", visit_id)
    found = visits.with_people(session, [visit])
    if not found:
        raise NotFound
    each = found[0]
    patient = people.patient(session, visit.patient_id)
    licensed = rosters.licensed(session, [visit.clinician_id], now.date())
    silent = happenings.is_silent(session, visit.room.node, now=now)
    facts = facts_of(each, licensed, now, silent=silent)
    own = next((seat for seat in each.seats if seat.account_id == actor.account_id), None)
    said = each.check_in
    zone = people.clinic(session, visit.clinic_id).timezone
    return Workspace(
        visit=visit,
        facts=facts,
        patient=_patient(patient, said, clock.local(now, zone)),
        kind_words=words.kind_words(visit.kind, clinical=True),
        when_words=_when(visit, patient, zone),
        is_safety=visit.kind is VisitKind.CRISIS_CHECKIN,
        is_open=visit.state in OPEN_STATES,
        people=seated.of(each, own, facts, now=now),
        strip=strip_of(each, patient, facts, zone),
        flags=readiness.flags(facts),
        quiet=_quiet(session, each),
        said=[(writer_of(m, each) or patient.short_name, m.text) for m in each.messages[-3:]],
        numbers=numbers_of(session, said),
        drop=drop_of(each, facts, patient, said, times),
        note=_note(session, actor, visit, zone, now)
        if with_note
        else _without_note(session, actor, visit, now),
        self_id=own.id if own else None,
        unattended_minutes=int(times.unattended_after / timedelta(minutes=1)),
        urls=_urls(visit.id),
        zone=clock.zone_words(now, zone),
    )


def page(w: Workspace) -> dict[str, Any]:
    """What the call reads from script#page."""
    base = f"/visits/{w.visit.id}"
    return {
        "side": "staff",
        "role": next((p.role.lower() for p in w.people if p.own), "psychiatrist"),
        "self": str(w.self_id),
        "visit": str(w.visit.id),
        "mode": "visit",
        "urls": {
            "ticket": f"{base}/ticket",
            "state": f"{base}/state",
            "leave": f"{base}/leave",
            "quality": f"{base}/quality",
            "device_test": f"{base}/device-test",
            "echo_ticket": f"{base}/echo-ticket",
            "message": f"{base}/message",
            "safety_code": f"{base}/safety-code",
            "home": "/today",
            **w.urls,
        },
        "names": {str(person.id): person.name for person in w.people},
        "help": {},
    }


def _urls(visit_id: uuid.UUID) -> dict[str, str]:
    base = f"/visits/{visit_id}"
    return {
        "live": f"{base}/live",
        "chart": f"{base}/chart",
        "note": f"{base}/note",
        "start": f"{base}/start",
        "moved": f"{base}/moved",
        "near": f"{base}/near-them",
        "seen": f"{base}/signals/seen",
        "help": f"{base}/call-for-help",
        "convert": f"{base}/convert",
        "end": f"{base}/end",
        "reopen": f"{base}/reopen",
        "message": f"{base}/message",
        "participants": f"{base}/participants",
    }


def _quiet(session: Session, each: VisitOfDay) -> Mapping[uuid.UUID, str]:
    """In words that give nobody away on a shared screen."""
    names = {seat.id: seat.name for seat in each.seats if seat.role is not Role.PATIENT}
    told = {}
    for signal in signals.waiting_in(session, each.visit.room_id):
        who = names.get(signal.participant_id)
        words = "As arranged" if signal.kind is SignalKind.CODE_WORD else "Not alone"
        told[signal.id] = f"{words}: {who}" if who else words
    return told


def _patient(patient: Patient, said: CheckIn | None, today: datetime) -> PatientWords:
    return PatientWords(
        short_name=patient.short_name,
        name=patient.name,
        age=words.age(patient.born_on, today.date()),
        born=clock.born(patient.born_on),
        phone=(said.phone if said else "") or patient.phone,
    )


def _when(visit: Visit, patient: Patient, zone: str) -> str:
    at = clock.hour(visit.starts_at, zone)
    until = clock.hour(visit.ends_at, zone)
    there = clock.hour(visit.starts_at, patient.timezone)
    elsewhere = f", {there} in {clock.place_of(patient.timezone)}" if there != at else ""
    return f"{at} to {until}, {clock.zone_words(visit.starts_at, zone)}{elsewhere}"


def _without_note(session: Session, actor: Actor, visit: Visit, now: datetime) -> NoteWords:
    if visit.kind is not VisitKind.CRISIS_CHECKIN:
        raise NotRecorded("We cannot do this right now. Please try again.")
    audit.happens_anyway(session)
    audit.record(session, actor, "visit:enter", visit.id, now=now, patient_id=visit.patient_id)
    return NoteWords("", 0, "The note cannot be opened right now")


def _note(session: Session, actor: Actor, visit: Visit, zone: str, now: datetime) -> NoteWords:
    draft = chart.read(session, actor, visit.id, now=now)
    saved = f"Saved {clock.hour(draft.saved_at, zone)}" if draft.saved_at else "Nothing yet"
    return NoteWords(draft.text, draft.revision, saved)
