"""Ask the front desk to do something about a visit, in words that say who and never why."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from server.tasks import service as tasks
from server.visits import happenings
from server.visits.models import Visit


def ask(
    session: Session, visit: Visit, kind: str, words: str, *, due_at: datetime, now: datetime
) -> None:
    """A task for whoever is at the desk; their boards show it at once."""
    tasks.open_task(
        session,
        clinic_id=visit.clinic_id,
        kind=kind,
        for_role="coordinator",
        words=words,
        due_at=due_at,
        visit_id=visit.id,
        now=now,
    )
    happenings.tell_boards(session, visit, now=now)
