"""A safety visit is held up by nothing of ours, not even by a record that cannot be written."""

from __future__ import annotations

from sqlalchemy.orm import Session

from server.audit import service as audit
from server.visits.kinds import VisitKind
from server.visits.models import Visit


def keep_nobody_out(session: Session, visit: Visit) -> None:
    """Somebody may be in danger in it: what is done now is done all the same (R-21, NUD-9)."""
    if visit.kind is VisitKind.CRISIS_CHECKIN:
        audit.happens_anyway(session)
