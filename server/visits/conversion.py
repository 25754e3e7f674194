"""Turn a visit into a safety visit without losing anybody: same room, link, seat (NUD-9)."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from config.policy import Policy
from server.access.actor import Actor
from server.audit import service as audit
from server.control import service as control
from server.errors import Conflict
from server.identity import service as identity
from server.messages import letters
from server.messages import service as messages
from server.people import queries as people
from server.people.models import Clinician
from server.tasks import service as tasks
from server.visits import happenings
from server.visits.kinds import OPEN_STATES, Role, Stage, VisitKind, VisitState
from server.visits.models import Participant, Visit
from server.visits.queries import current_visit, hold_room, participants

#: what a page says: never what the person said, and nothing of whom it is about (T-10)
PAGE_REASON = "safety-visit"
#: whoever waits or is in stays so; anything before that has now begun to come in
KEPT = frozenset({VisitState.PRECHECK, VisitState.WAITING, VisitState.IN_PROGRESS})


def to_safety_visit(
    session: Session,
    actor: Actor,
    visit_id: uuid.UUID,
    reason: str,
    times: Policy,
    *,
    base_url: str,
    now: datetime,
) -> Visit:
    """Close this visit and open a safety visit in its room; asking twice changes nothing.

    Nobody in danger is refused contact: whoever is in stays in, whoever waits keeps the place,
    and the clinician on call is paged, also when nobody is signed in. `reason` is a rule id.
    """
    hold_room(session, current_visit(session, visit_id).room_id)
    before = current_visit(session, visit_id)
    if before.kind is VisitKind.CRISIS_CHECKIN and before.state in OPEN_STATES:
        return before
    state = _close(session, before, now=now)
    here = _who_is_here(session, before, now=now)
    on_call = people.on_call(session, before.clinic_id, now=now)
    visit = _open(session, before, state, _who_takes_it(before, here, on_call), times, now=now)
    if on_call is not None:
        _give_a_seat(session, visit, on_call, now=now)
    own = people.clinician(session, before.clinician_id)
    called = {c.account_id: c for c in (on_call, own) if c and c.account_id not in here}
    called.pop(actor.account_id or uuid.UUID(int=0), None)
    _page(session, visit, called.values(), base_url=base_url, now=now)
    _ask_for_it(session, visit, times, now=now)
    control.order(session, visit.room.node, "change", room=visit.room.name, now=now)
    happenings.tell_boards(session, visit, now=now)
    for about in (before.id, visit.id):
        audit.record(
            session,
            actor,
            "visit:convert",
            about,
            now=now,
            reason=reason,
            policy_version=times.version,
            clinic_id=visit.clinic_id,
        )
    return visit


def _close(session: Session, before: Visit, *, now: datetime) -> VisitState:
    """Take the visit by compare-and-set; returns the state it was in."""
    state = before.state
    taken = session.scalar(
        update(Visit)
        .where(
            Visit.id == before.id,
            Visit.version == before.version,
            Visit.state.in_(OPEN_STATES),
        )
        .values(state=VisitState.CONVERTED_SAFETY, version=before.version + 1, ended_at=now)
        .returning(Visit.id)
    )
    if taken is None:
        raise Conflict("This visit is closed already.", code="visit-ended")
    session.refresh(before)
    return state


def _open(
    session: Session,
    before: Visit,
    state: VisitState,
    clinician_id: uuid.UUID,
    times: Policy,
    *,
    now: datetime,
) -> Visit:
    in_progress = state is VisitState.IN_PROGRESS
    visit = Visit(
        id=uuid.uuid4(),
        clinic_id=before.clinic_id,
        room_id=before.room_id,
        patient_id=before.patient_id,
        clinician_id=clinician_id,
        kind=VisitKind.CRISIS_CHECKIN,
        state=state if state in KEPT else VisitState.PRECHECK,
        starts_at=now,
        ends_at=max(before.ends_at, now + times.durations[VisitKind.CRISIS_CHECKIN]),
        timezone=before.timezone,
        version=before.version + 1,
        continues_id=before.id,
        created_at=now,
        began_at=now if in_progress else None,
        policy_version=times.version,
    )
    session.add(visit)
    session.flush()
    return visit


def _who_is_here(session: Session, visit: Visit, *, now: datetime) -> set[uuid.UUID]:
    return {
        seat.account_id
        for seat in participants(session, visit.room_id)
        if seat.account_id and seat.present_until and seat.present_until > now
    }


def _who_takes_it(before: Visit, here: set[uuid.UUID], on_call: Clinician | None) -> uuid.UUID:
    """Their own clinician when in the room, else whoever is on call."""
    if before.clinician_id in here or on_call is None:
        return before.clinician_id
    return on_call.account_id


def _give_a_seat(
    session: Session, visit: Visit, clinician: Clinician, *, now: datetime
) -> None:
    seats = participants(session, visit.room_id)
    own = next((seat for seat in seats if seat.account_id == clinician.account_id), None)
    if own is not None:
        if own.stage is Stage.REMOVED:
            own.stage = Stage.INVITED  # whoever was replaced before may come back to help
        return
    account = identity.account(session, clinician.account_id)
    session.add(
        Participant(
            id=uuid.uuid4(),
            room_id=visit.room_id,
            role=Role(account.role.value),
            account_id=account.id,
            name=clinician.short_name,
            stage=Stage.INVITED,
            invited_at=now,
        )
    )


def _page(
    session: Session,
    visit: Visit,
    called: Iterable[Clinician],
    *,
    base_url: str,
    now: datetime,
) -> None:
    words = letters.on_call_page(link=f"{base_url}/visits/{visit.id}", reason=PAGE_REASON)
    for clinician in called:
        messages.enqueue(
            session,
            letters.LetterKind.ON_CALL_PAGE,
            visit.id,
            words,
            clinic_id=visit.clinic_id,
            due_at=now,
            key=f"{visit.id}:{clinician.account_id}",
            email=clinician.page_email,
            phone=clinician.page_phone,
        )


def _ask_for_it(session: Session, visit: Visit, times: Policy, *, now: datetime) -> None:
    """ROLE-4: the clinicians are told what it is, the desk that a clinician must come."""
    for role, words in (
        ("psychiatrist", "Safety visit: somebody needs you now."),
        ("therapist", "Safety visit: somebody needs you now."),
        ("coordinator", "A clinician must come to a visit now. Call one if none has."),
    ):
        tasks.open_task(
            session,
            clinic_id=visit.clinic_id,
            kind="safety-visit",
            for_role=role,
            words=words,
            due_at=now + times.safety_visit_due,
            visit_id=visit.id,
            owner_id=visit.clinician_id if role == "psychiatrist" else None,
            now=now,
        )
