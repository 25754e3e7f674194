"""What the clinician attests at the start, what follows when the patient moves, and the call
for help that nobody in the room hears (NUD-8, TEL-2, TEL-5, TEL-11).
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from config.policy import Policy
from server.access.actor import Actor
from server.audit import service as audit
from server.control import service as control
from server.errors import Conflict, Invalid
from server.people import licences
from server.people import queries as people
from server.visits import admission, front_desk, happenings
from server.visits.kinds import OPEN_STATES, VisitKind
from server.visits.models import CheckIn, Participant, Visit
from server.visits.queries import check_in_of, participants

#: NUD-8: the five things a clinician sees for themselves
STATEMENTS = {
    "identity": "Identity seen: name and date of birth",
    "location": "Location confirmed aloud",
    "sober": "Appears sober and oriented",
    "no_dosing": "No dosing equipment in sight",
    "not_supervising": "I am not supervising any dose",
}
#: unable to say one of these, therapy does not begin; a safety visit may (CLINICAL.md §4.1)
STOPS_THERAPY = frozenset({"sober", "no_dosing", "not_supervising"})


@dataclass(frozen=True)
class Answer:
    """One statement: confirmed, or unable because of something."""

    confirmed: bool
    because: str = ""


@dataclass(frozen=True)
class Place:
    """Where the patient says they are now."""

    street: str
    unit: str
    city: str
    state: str


@dataclass(frozen=True)
class Licensed:
    """Whether therapy may go on there; contact always may."""

    state: str
    may_treat: bool
    code: str | None


def start(
    session: Session,
    actor: Actor,
    visit_id: uuid.UUID,
    answers: Mapping[str, Answer],
    times: Policy,
    *,
    now: datetime,
) -> str | None:
    """Write the attestation down; returns the code that keeps therapy from starting, if any.

    Each statement is confirmed, or "unable" with a reason; none may be left out.
    """
    visit, _own = hosted(session, actor, visit_id)
    for name, words in STATEMENTS.items():
        answer = answers.get(name)
        if answer is None:
            raise Invalid(f"Please answer: {words}.", fields={name: "Confirm, or say why not."})
        if not answer.confirmed and not answer.because.strip():
            raise Invalid(f"Please say why: {words}.", fields={name: "Say why you are unable."})
    visit.attestation = {
        "by": str(actor.account_id),
        "at": now.isoformat(),
        "answers": {
            name: "confirmed" if answers[name].confirmed else answers[name].because.strip()
            for name in STATEMENTS
        },
    }
    visit.attested_at = now
    visit.version += 1
    unable = sorted(name for name in STATEMENTS if not answers[name].confirmed)
    if set(unable) & STOPS_THERAPY and visit.kind is not VisitKind.CRISIS_CHECKIN:
        code: str | None = "E_ATTESTATION"
    else:
        code = admission.begin(session, visit, now=now)
    audit.record(
        session,
        actor,
        "visit:attest-start",
        visit.id,
        now=now,
        reason=("unable:" + ",".join(unable)) if unable else "confirmed",
        policy_version=times.version,
        patient_id=visit.patient_id,
    )
    return code


def moved(
    session: Session,
    actor: Actor,
    visit_id: uuid.UUID,
    place: Place,
    times: Policy,
    *,
    now: datetime,
) -> Licensed:
    """Keep the new place and ask again which licence covers it; nobody is cut off by that."""
    visit, _own = hosted(session, actor, visit_id)
    missing = {
        name: words
        for name, words in (("city", "Please write the city."), ("state", "Choose the state."))
        if not getattr(place, name).strip()
    }
    if missing:
        raise Invalid(next(iter(missing.values())), fields=missing)
    said = patient_said(session, visit, now)
    said.street, said.unit = place.street.strip(), place.unit.strip()
    said.city, said.state = place.city.strip(), place.state.strip().upper()
    said.place_at, said.saved_at, said.place_withheld = now, now, False
    licence = licences.valid_in(session, visit.clinician_id, said.state, on=now.date())
    visit.licence_id = licence.id if licence else None
    visit.version += 1
    session.flush()
    if licence is not None:
        admission.begin(session, visit, now=now)
    code = None
    if licence is None and visit.kind is not VisitKind.CRISIS_CHECKIN:
        code = "E_LICENCE_STATE"
    control.order(session, visit.room.node, "change", room=visit.room.name, now=now)
    happenings.tell_boards(session, visit, now=now)
    audit.record(
        session,
        actor,
        "visit:patient-moved",
        visit.id,
        now=now,
        reason=code or "licence-valid",
        policy_version=times.version,
        patient_id=visit.patient_id,
    )
    return Licensed(said.state, licence is not None, code)


def call_for_help(
    session: Session, actor: Actor, visit_id: uuid.UUID, times: Policy, *, now: datetime
) -> None:
    """Silently put a task with little time on the coordinators' board (TEL-5)."""
    audit.happens_anyway(session)
    visit, _own = hosted(session, actor, visit_id)
    patient = people.patient(session, visit.patient_id)
    told = f"{actor.name} asks for help in the visit with {patient.short_name}."
    due_at = now + times.call_for_help_due
    front_desk.ask(session, visit, "call-for-help", told, due_at=due_at, now=now)
    audit.record(
        session,
        actor,
        "visit:call-for-help",
        visit.id,
        now=now,
        patient_id=visit.patient_id,
        reason="TEL-5",
    )


def hosted(session: Session, actor: Actor, visit_id: uuid.UUID) -> tuple[Visit, Participant]:
    """An open visit and the actor's seat in it, if they are one of its clinicians."""
    visit, own = admission.host_of(session, actor, visit_id)
    if visit.state not in OPEN_STATES:
        raise Conflict("This visit has ended.", code="visit-ended")
    return visit, own


def patient_said(session: Session, visit: Visit, now: datetime) -> CheckIn:
    """What the patient of a visit said; begun here if they never came as far."""
    patient = next(
        seat for seat in participants(session, visit.room_id) if seat.patient_id is not None
    )
    said = check_in_of(session, patient.id)
    if said is None:
        said = CheckIn(participant_id=patient.id, started_at=now, saved_at=now)
        session.add(said)
    return said
