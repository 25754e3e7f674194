"""Keep a patient out of every video visit but a safety visit until a hold is over (NUD-5).

No dosing record exists yet. When it does, its check-in and its discharge call `hold_patient`
with `discharged_at + 12 h` (`join_allowed_at`), and again when the record is opened once more:
this is the only hook, and the issuer of tickets asks it, not only the pages.
"""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from server.access.actor import Actor
from server.audit import service as audit
from server.control import service as control
from server.visits import happenings
from server.visits.kinds import HOSTS, OPEN_STATES, Stage, VisitKind
from server.visits.models import Visit
from server.visits.queries import hold_room, participants, visit_in


def hold_patient(
    session: Session, actor: Actor, patient_id: uuid.UUID, until: datetime, *, now: datetime
) -> int:
    """Hold every open visit of this patient; returns how many. A passed time lifts the hold.

    Whoever is in goes back to the waiting room, and a ticket from before opens nothing.
    """
    rooms = session.scalars(
        select(Visit.room_id)
        .where(
            Visit.patient_id == patient_id,
            Visit.state.in_(OPEN_STATES),
            Visit.kind != VisitKind.CRISIS_CHECKIN,
        )
        .order_by(Visit.room_id)
    ).all()
    held = 0
    for room_id in rooms:
        hold_room(session, room_id)
        visit = visit_in(session, room_id)
        if visit.state in OPEN_STATES and visit.kind is not VisitKind.CRISIS_CHECKIN:
            _hold(session, actor, visit, until, now=now)
            held += 1
    return held


def of_patient(session: Session, patient_id: uuid.UUID, *, now: datetime) -> datetime | None:
    """The hold this patient is under, for a visit that is opened while it lasts."""
    return session.scalar(
        select(func.max(Visit.not_before)).where(
            Visit.patient_id == patient_id,
            Visit.not_before > now,
            Visit.state.in_(OPEN_STATES),
        )
    )


def _hold(
    session: Session, actor: Actor, visit: Visit, until: datetime, *, now: datetime
) -> None:
    visit.not_before = until
    visit.version += 1
    room = visit.room
    if until > now:
        for seat in participants(session, visit.room_id):
            if seat.role in HOSTS or seat.stage is not Stage.ADMITTED:
                continue
            seat.stage, seat.admitted_session, seat.waiting_since = Stage.WAITING, None, now
            control.order(session, room.node, "park", room=room.name, peer=seat.id, now=now)
    control.order(session, room.node, "change", room=room.name, now=now)
    happenings.tell_boards(session, visit, now=now)
    audit.record(
        session,
        actor,
        "visit:hold",
        visit.id,
        now=now,
        patient_id=visit.patient_id,
        reason="NUD-5",
    )
