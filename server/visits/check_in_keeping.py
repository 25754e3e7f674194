"""Write each answer where staff look for it; one function a screen."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from config.policy import Policy
from server.access.actor import Actor
from server.audit import service as audit
from server.consents import service as consents
from server.identity import link_sessions
from server.people import licences, phones
from server.people import queries as people
from server.people import service as patients
from server.people.us_states import OUTSIDE
from server.visits import check_in_answers as shapes
from server.visits import check_in_policy as rules
from server.visits import front_desk, identifiers
from server.visits.check_in_policy import Step
from server.visits.identity_policy import same_name
from server.visits.kinds import VisitKind
from server.visits.models import CheckIn, Participant, Visit

_WORDS = {"doctor": rules.TELL_DOCTOR}


def keep(
    session: Session,
    actor: Actor,
    seat: Participant,
    visit: Visit,
    said: CheckIn,
    step: Step,
    typed: shapes.Answer,
    times: Policy,
    *,
    now: datetime,
) -> shapes.Problems:
    """Keep one answer; returns what is wrong with it, by field."""
    match typed:
        case shapes.Identity():
            return _identity(session, actor, seat, visit, said, typed, now)
        case shapes.Place():
            return _place(session, seat, visit, said, typed, now)
        case shapes.Contact():
            _contact(session, seat, said, typed, now)
        case shapes.Private():
            said.private = _WORDS.get(typed.private, typed.private)
            said.with_whom, said.private_at = typed.who_else, now
        case shapes.Safety():
            word = _WORDS.get(typed.to(step), typed.to(step))
            _safety(visit, said, step, word, times, now)
        case shapes.Consent():
            return _consent(session, actor, visit, said, typed, times, now)
    return {}


def _identity(
    session: Session,
    actor: Actor,
    seat: Participant,
    visit: Visit,
    said: CheckIn,
    typed: shapes.Identity,
    now: datetime,
) -> shapes.Problems:
    """After a few wrong tries the trusted browser goes on, and the doctor asks (NUD-9)."""
    known = identifiers.known_of(session, seat)
    birthday = known.born_on is None or typed.born_on == known.born_on
    if birthday and same_name(typed.full_name, known.name):
        said.identity_at = now
        return {}
    audit.record_refusal(
        session,
        actor,
        "check-in:identity",
        seat.id,
        code="wrong-identifiers",
        now=now,
        patient_id=visit.patient_id,
    )
    said.identity_at = None
    if link_sessions.count_wrong_try(session, actor.session) >= rules.TRIES_BEFORE_GOING_ON:
        return {}
    return {"full_name": "We have this name and birthday differently. Please look once more."}


def _place(
    session: Session,
    seat: Participant,
    visit: Visit,
    said: CheckIn,
    typed: shapes.Place,
    now: datetime,
) -> shapes.Problems:
    """TEL-2: a missing place or licence stops therapy and is told to staff; contact goes on."""
    person = people.patient(session, visit.patient_id)
    if typed.place == "same" and not person.last_state:
        return {"place": "Please write where you are."}
    said.place_at = now
    said.place_withheld = typed.place == "doctor"
    if typed.place == "same":
        said.street, said.unit = person.last_street, person.last_unit
        said.city, said.state = person.last_city, person.last_state
    else:
        said.street, said.unit = typed.street, typed.unit
        said.city, said.state = typed.city, typed.state
    if said.place_withheld:
        said.street = said.unit = said.city = said.state = ""
        return {}
    said.country = "US" if said.state != OUTSIDE else OUTSIDE
    patients.remember_place(
        session,
        person.id,
        street=said.street,
        unit=said.unit,
        city=said.city,
        state=said.state,
    )
    _check_licence(session, seat, visit, said, now)
    return {}


def _check_licence(
    session: Session, seat: Participant, visit: Visit, said: CheckIn, now: datetime
) -> None:
    """TEL-11: no licence where the patient is now; somebody must act before the start."""
    if visit.kind is VisitKind.CRISIS_CHECKIN:
        return
    if licences.valid_in(session, visit.clinician_id, said.state, on=now.date()) is not None:
        return
    told = f"{seat.name} is in {said.state}. The clinician has no licence there."
    front_desk.ask(session, visit, "E_LICENCE_STATE", told, due_at=visit.starts_at, now=now)


def _contact(
    session: Session, seat: Participant, said: CheckIn, typed: shapes.Contact, now: datetime
) -> None:
    said.phone = phones.number(typed.phone) or ""
    said.support_name = typed.support_name
    said.support_phone = phones.number(typed.support_phone) or ""
    said.support_reachable = _WORDS.get(typed.support_reachable, typed.support_reachable)
    said.contact_at = now
    if seat.patient_id is not None and said.support_name and said.support_phone:
        patients.remember_support(
            session, seat.patient_id, name=said.support_name, phone=said.support_phone
        )


def _safety(
    visit: Visit, said: CheckIn, step: Step, answer: str, times: Policy, now: datetime
) -> None:
    """Answers for another time of the visit, before it was moved, count for nothing."""
    if said.safety_at and said.safety_at < visit.starts_at - times.said_now_counts_for:
        said.driving = said.took_drug = said.alcohol = said.will_take = ""
    setattr(said, rules.SAFETY[step], answer)
    said.safety_at = now


def _consent(
    session: Session,
    actor: Actor,
    visit: Visit,
    said: CheckIn,
    typed: shapes.Consent,
    times: Policy,
    now: datetime,
) -> shapes.Problems:
    try:
        consents.confirm_telehealth(
            session,
            actor,
            patient_id=visit.patient_id,
            room_id=visit.room_id,
            version=typed.consent_version,
            current=times.telehealth_consent_version,
            confirmed_by="patient",
            now=now,
        )
    except consents.WordsHaveChanged as changed:
        return {"consent": changed.message}
    said.consent_version, said.consent_at = typed.consent_version, now
    return {}
