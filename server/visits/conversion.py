"""Turn a visit into a safety visit without losing anybody: same room, link, seat (NUD-9)."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from config.policy import Policy
from server.access.actor import Actor
from server.audit import service as audit
from server.control import service as control
from server.errors import Conflict
from server.people import queries as people
from server.people.models import Clinician
from server.visits import happenings, paging, policy
from server.visits.kinds import OPEN_STATES, VisitKind, VisitState
from server.visits.models import Visit
from server.visits.queries import current_visit, hold_room, participants

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
    audit.happens_anyway(session)
    hold_room(session, current_visit(session, visit_id).room_id)
    before = current_visit(session, visit_id)
    if before.kind is VisitKind.CRISIS_CHECKIN and before.state in OPEN_STATES:
        return before
    state = _close(session, before, now=now)
    here = _who_is_here(session, before, now=now)
    on_call = people.on_call(session, before.clinic_id, now=now)
    visit = _open(session, before, state, _who_takes_it(before, here, on_call), times, now=now)
    paging.call_a_clinician(
        session,
        actor,
        visit,
        before.clinician_id,
        times,
        here=here,
        base_url=base_url,
        now=now,
    )
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
            patient_id=visit.patient_id,
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
        if seat.account_id and policy.is_here(seat, now=now)
    }


def _who_takes_it(before: Visit, here: set[uuid.UUID], on_call: Clinician | None) -> uuid.UUID:
    """Their own clinician when in the room, else whoever is on call."""
    if before.clinician_id in here or on_call is None:
        return before.clinician_id
    return on_call.account_id
