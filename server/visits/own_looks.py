"""The patient's own list of who looked: behind two identifiers, and only by role, name and day.

A link is no login (T-17), so that the list holds nothing clinical; and a phone may be in wrong
hands (T-10), so that it asks again who reads it, each time after some minutes (C-38).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from config.policy import Policy
from server.access.actor import Actor
from server.audit import service as audit
from server.errors import NotFound
from server.identity import link_sessions
from server.identity.models import LinkSession
from server.people import queries as people
from server.visits import front_desk, identifiers, who_looked
from server.visits.models import Participant, Visit, VisitLink
from server.visits.queries import participant, visit_in


def own_seat(session: Session, actor: Actor) -> Participant:
    """The patient's, and nobody else's: a guardian's link shows no list (T-03)."""
    if actor.participant_id is None:
        raise NotFound
    seat = participant(session, actor.participant_id)
    if seat.patient_id is None:
        raise NotFound
    return seat


def is_proved(session: Session, actor: Actor, times: Policy, *, now: datetime) -> bool:
    """Whether this browser has said again who it is, in the last minutes."""
    own = _own(session, actor)
    since = own.proved_at
    return since is not None and now - since <= times.who_looked.proof_lasts


def tries_left(session: Session, actor: Actor, times: Policy) -> int:
    """How many tries all browsers of this link have together."""
    used = link_sessions.proof_tries(session, _own(session, actor).link_id)
    return max(0, times.who_looked.proof_tries - used)


def prove(
    session: Session, actor: Actor, said: identifiers.Said, times: Policy, *, now: datetime
) -> int | None:
    """Name two identifiers once more; None when they are right, else the tries that are left.

    It does not raise: a wrong try must be kept.
    """
    seat, own = own_seat(session, actor), _own(session, actor)
    session.get(VisitLink, own.link_id, with_for_update=True)  # guesses count one by one
    session.refresh(own)
    left = tries_left(session, actor, times)
    if left == 0:
        return 0
    if identifiers.match(said, identifiers.known_of(session, seat)):
        own.proved_at = now
        audit.record(
            session, actor, "own-record:prove", seat.id, now=now, patient_id=seat.patient_id
        )
        return None
    own.proof_tries += 1
    audit.record_refusal(
        session,
        actor,
        "own-record:prove",
        seat.id,
        code="wrong-identifiers",
        now=now,
        patient_id=seat.patient_id,
    )
    return left - 1


def read(
    session: Session, actor: Actor, times: Policy, *, now: datetime
) -> Sequence[who_looked.Look]:
    """The list itself; reading it is on record, too."""
    seat = own_seat(session, actor)
    if seat.patient_id is None or not is_proved(session, actor, times, now=now):
        raise NotFound
    visit = visit_in(session, seat.room_id)
    audit.record(
        session, actor, "own-record:who-looked", seat.id, now=now, patient_id=seat.patient_id
    )
    zone = people.patient(session, seat.patient_id).timezone
    return who_looked.of_patient(session, visit.clinic_id, seat.patient_id, zone)


def ask_clinic(session: Session, actor: Actor, times: Policy, *, now: datetime) -> Visit:
    """Somebody calls about the list; asking twice is asking once."""
    seat = own_seat(session, actor)
    if not is_proved(session, actor, times, now=now):
        raise NotFound
    visit = visit_in(session, seat.room_id)
    told = f"{seat.name} asks about who opened their record. Please call."
    due_at = now + times.who_looked.question_due
    front_desk.ask(session, visit, "who-looked", told, due_at=due_at, now=now)
    audit.record(session, actor, "own-record:ask", seat.id, now=now, patient_id=seat.patient_id)
    return visit


def _own(session: Session, actor: Actor) -> LinkSession:
    return session.get_one(LinkSession, actor.session)
