"""What the patient's pages are told: words, names, numbers, times in the reader's own zone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.policy import Policy
from server.access.actor import Actor
from server.people import queries as people
from server.people.models import Clinic, Patient
from server.people.phones import shown
from server.people.us_states import STATES
from server.visits import check_in, guardian_access, guests, link_policy, policy
from server.visits.check_in_policy import SAFETY, TELL_DOCTOR, YES, Step
from server.visits.invitations import when_words
from server.visits.kinds import CANCELLED_STATES, OPEN_STATES, Role, Stage, VisitKind
from server.visits.link_policy import LinkPage
from server.visits.models import CheckIn, Participant, Visit

Context = dict[str, Any]
URLS = {
    "ticket": "/visit/ticket",
    "state": "/visit/state",
    "leave": "/visit/leave",
    "quality": "/visit/quality",
    "device_test": "/visit/device-test",
    "echo_ticket": "/visit/echo-ticket",
    "message": "/visit/message",
    "phone": "/visit/phone-instead",
    "home": "/visit",
}


@dataclass(frozen=True)
class Frame:
    """What every page of one visit shows: whose clinic, with whom, and when."""

    page: LinkPage
    link_works: bool
    clinic: Clinic
    clinician: str
    when: str
    new_when: str = ""

    @property
    def context(self) -> Context:
        """For the templates of link states and questions."""
        return {
            "state": self.page.value,
            "clinic": self.clinic,
            "clinician": self.clinician,
            "when": self.when,
            "new_when": self.new_when,
        }


def frame(
    session: Session, seat: Participant, visit: Visit, times: Policy, *, now: datetime
) -> Frame:
    """The frame of a page about this visit, for the person in this seat."""
    told = guests.as_invited(session, seat, visit)
    doctor = people.clinician(session, told.clinician_id)
    zone = visit.timezone
    if seat.patient_id is not None:
        zone = people.patient(session, seat.patient_id).timezone
    page = link_policy.page_of(told, times, now=now)
    if seat.stage is Stage.REMOVED:
        page = LinkPage.ENDED
    new_time = _new_time(session, visit) if page is LinkPage.CANCELLED else None
    return Frame(
        page=LinkPage.MOVED if new_time else page,
        link_works=policy.link_works(told, times, now=now),
        clinic=people.clinic(session, visit.clinic_id),
        clinician=doctor.short_name if doctor else "your clinic",
        when=when_words(told.starts_at, zone),
        new_when=when_words(new_time, zone) if new_time else "",
    )


def call_page(
    session: Session,
    actor: Actor,
    at: check_in.Position,
    told: Frame,
    times: Policy,
    *,
    now: datetime,
) -> Context:
    """Everything of the page that becomes the call."""
    seat, visit = at.seat, at.visit
    hears_next = guardian_access.hears_what_comes_next(session, seat, visit, times, now=now)
    return {
        **told.context,
        "page": {
            "side": "patient",
            "role": seat.role.value,
            "self": str(seat.id),
            "visit": str(guests.as_invited(session, seat, visit).id),
            "mode": "visit",
            "urls": URLS,
            "names": {str(seat.id): seat.name},  # the others' come with admission (C-12)
            "help": {"phone": told.clinic.phone, "clinic": told.clinic.name},
            "policy": {"connection": times.connection},
        },
        "mode": "visit",
        "visit": {
            "when": told.when,
            "clinician": told.clinician,
            # what a minor answered is not the guardian's to read off this page (C-07)
            "safety": seat.role is Role.PATIENT and visit.kind is VisitKind.CRISIS_CHECKIN,
        },
        "me": {"name": seat.name, "phone": (at.said.phone or None) if at.said else None},
        "next_words": visit.next_words if hears_next else "",
        "check_in_url": f"/visit/check-in/{at.asked[0]}" if at.asked else None,
        "cannot_come_url": "/visit/cannot-come",
        "running_late_url": "/visit/running-late",
    }


def question(
    session: Session, at: check_in.Position, told: Frame, step: Step, times: Policy
) -> Context:
    """One check-in screen with what was answered before."""
    number = at.asked.index(step)
    person = people.patient(session, at.visit.patient_id)
    return {
        **told.context,
        "step": number + 1,
        "steps": len(at.asked),
        "back_url": f"/visit/check-in/{at.asked[number - 1]}" if number else None,
        "post_url": f"/visit/check-in/{step}",
        "question": step.value,
        "first_visit": is_first(session, at.visit) and at.seat.role is Role.PATIENT,
        "last_place": _last_place(person) if at.seat.role is Role.PATIENT else None,
        "states": STATES,
        "consent": {"version": times.telehealth_consent_version, "paragraphs": []},
        "values": _answered_before(at.said, person) if at.seat.role is Role.PATIENT else {},
    }


def is_first(session: Session, visit: Visit) -> bool:
    """Whether this patient was never in a visit that is over (TEL-1)."""
    over = (
        Visit.patient_id == visit.patient_id,
        Visit.began_at.is_not(None),
        Visit.room_id != visit.room_id,
    )
    return session.scalar(select(Visit.id).where(*over).limit(1)) is None


def _new_time(session: Session, visit: Visit) -> datetime | None:
    """When a visit that was called off takes place instead."""
    if visit.state not in CANCELLED_STATES:
        return None
    return session.scalar(
        select(Visit.starts_at)
        .where(Visit.continues_id == visit.id, Visit.state.in_(OPEN_STATES))
        .limit(1)
    )


def _last_place(person: Patient) -> str | None:
    if not person.last_state:
        return None
    parts = (person.last_street, person.last_unit, person.last_city, person.last_state)
    return ", ".join(part for part in parts if part)


def _answered_before(said: CheckIn | None, person: Patient) -> Mapping[str, str]:
    """Back never loses an answer; phone and support person come from last time."""
    values = {
        "phone": shown((said.phone if said else "") or person.phone),
        "support_name": (said.support_name if said else "") or person.support_name,
        "support_phone": shown((said.support_phone if said else "") or person.support_phone),
    }
    if said is None:
        return values
    values |= {
        "street": said.street,
        "unit": said.unit,
        "city": said.city,
        "state": said.state,
        "support_reachable": _as_choice(said.support_reachable),
        "private": _as_choice(said.private),
        "who_else": said.with_whom,
        "consent": YES if said.consent_at else "",
    }
    return values | {
        step.value: _as_choice(getattr(said, column)) for step, column in SAFETY.items()
    }


def _as_choice(kept: str) -> str:
    return "doctor" if kept == TELL_DOCTOR else kept
