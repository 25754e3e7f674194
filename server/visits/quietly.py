"""What a patient tells us that nobody beside them may notice (T-10).

It flags the people who treat and asks the desk for a call, without a reason; the patient's own
page is answered as always. The chat of a call never reaches us, and no word in it does.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.policy import Policy
from server.access.actor import Actor
from server.audit import service as audit
from server.control import service as control
from server.errors import Conflict, NotAllowed
from server.people.models import TreatmentRelation
from server.signals import policy, service
from server.signals.models import SignalKind
from server.tasks import service as tasks
from server.visits import front_desk, happenings
from server.visits.kinds import HOSTS, OPEN_STATES, Role, Stage
from server.visits.models import Participant, Visit
from server.visits.queries import participants, seat_of, visit_in

#: a task of one person: no role takes it in their stead
THEIR_OWN = "treating"
DESK_WORDS = "Call the patient back as arranged."
WORDS = {
    SignalKind.CODE_WORD: "Your code word was written. Do what you agreed on.",
    SignalKind.NOT_ALONE: "Somebody is with them. Ask what they can answer with yes or no.",
}


def hear(
    session: Session,
    seat: Participant,
    visit: Visit,
    written: Iterable[str],
    times: Policy,
    *,
    now: datetime,
) -> str:
    """Look for the code word in what the patient wrote; returns what to take out, if any."""
    if seat.patient_id is None:
        return ""
    known = service.code_word_of(session, seat.patient_id)
    agreed = known.words if known else ""
    if not any(policy.says(agreed, text) for text in written):
        return ""
    _flag(session, seat, visit, SignalKind.CODE_WORD, times, now=now)
    return agreed


def not_alone(session: Session, actor: Actor, times: Policy, *, now: datetime) -> None:
    """ "Somebody is with me": one tap, at any time while the visit is open."""
    seat = seat_of(session, actor)
    visit = visit_in(session, seat.room_id)
    if seat.stage is Stage.REMOVED:
        raise NotAllowed("You are no longer part of this visit.", code="removed")
    if visit.state not in OPEN_STATES:
        raise Conflict("This visit is over. Please call us.", code="visit-ended")
    _flag(session, seat, visit, SignalKind.NOT_ALONE, times, now=now)
    tell_hosts(session, visit, now=now)
    audit.record(session, actor, "visit:message", seat.id, now=now, patient_id=visit.patient_id)


def tell_hosts(session: Session, visit: Visit, *, now: datetime) -> None:
    """The clinicians of the visit and the boards look again; nobody else is told to."""
    for seat in participants(session, visit.room_id):
        if seat.role in HOSTS:
            control.order(
                session, visit.room.node, "change", room=visit.room.name, peer=seat.id, now=now
            )
    happenings.tell_boards(session, visit, now=now)


def _flag(
    session: Session,
    seat: Participant,
    visit: Visit,
    kind: SignalKind,
    times: Policy,
    *,
    now: datetime,
) -> None:
    rules = times.discretion
    audit.happens_anyway(session)  # heard first, recorded when it can be
    service.keep(
        session,
        kind,
        clinic_id=visit.clinic_id,
        patient_id=visit.patient_id,
        room_id=visit.room_id,
        participant_id=seat.id,
        now=now,
    )
    for account_id in sorted(_who_treats(session, visit)):
        tasks.open_task(
            session,
            clinic_id=visit.clinic_id,
            kind=kind.value,
            for_role=THEIR_OWN,
            words=WORDS[kind],
            due_at=now + rules.quiet_signal_due,
            visit_id=visit.id,
            owner_id=account_id,
            now=now,
        )
    if seat.role is Role.PATIENT:
        due_at = now + rules.call_back_due
        front_desk.ask(session, visit, "call-back", DESK_WORDS, due_at=due_at, now=now)


def _who_treats(session: Session, visit: Visit) -> set[uuid.UUID]:
    """Everybody in a treatment relation, and the clinicians with a seat in this visit."""
    treating = session.scalars(
        select(TreatmentRelation.account_id).where(
            TreatmentRelation.patient_id == visit.patient_id
        )
    )
    seated = {
        seat.account_id
        for seat in participants(session, visit.room_id)
        if seat.role in HOSTS and seat.account_id and seat.stage is not Stage.REMOVED
    }
    return seated | set(treating)
