"""The desk signs the browsers of a phone in the wrong hands out of a visit (T-10)."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy.orm import Session

from server.access.actor import Actor
from server.audit import service as audit
from server.errors import Conflict, NotFound
from server.visits import policy, revocation
from server.visits.booking import visit_to_arrange
from server.visits.kinds import Stage
from server.visits.queries import seat_in


def sign_out(
    session: Session,
    actor: Actor,
    visit_id: uuid.UUID,
    participant_id: uuid.UUID,
    *,
    now: datetime,
) -> None:
    """Whoever had the link open is out; the next browser says who it is before it comes in.

    Nobody is cut out of a talk that is going on: that is for its clinician, who sees them.
    """
    audit.happens_anyway(session)
    visit = visit_to_arrange(session, actor, visit_id)
    seat = seat_in(session, visit.room_id, participant_id)
    if seat.account_id is not None or seat.stage is Stage.REMOVED:
        raise NotFound
    if policy.is_here(seat, now=now) and seat.stage is Stage.ADMITTED:
        words = "They are in the visit now. Its clinician can send them back to wait."
        raise Conflict(words, code="in-the-room")
    seat.stage, seat.admitted_session, seat.waiting_since = Stage.INVITED, None, None
    revocation.sign_out(session, seat, now=now)
    audit.record(
        session, actor, "visit:sign-out", seat.id, now=now, patient_id=visit.patient_id
    )
