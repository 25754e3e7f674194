"""Which visits somebody may load by an id: clinic and tie inside the query (T-01, T-08)."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping

from sqlalchemy import ColumnElement, Select, and_, false, or_, select, true
from sqlalchemy.orm import Session

from server import walls
from server.access.actor import Actor
from server.access.permissions import Relation, relations_of
from server.errors import NotFound
from server.people import scopes as people
from server.spans import AUTHORIZATION, span
from server.visits.kinds import Stage, VisitState
from server.visits.models import Participant, Visit

#: the visit somebody names, beside the current one of its room; made once, as that is slow
_ASKED = Visit.__table__.alias("asked")


def visits(actor: Actor, permission: str) -> Select[Visit]:
    """Visits of the clinic to which this permission ties the actor."""
    return select(Visit).where(*within(actor, permission))


def within(actor: Actor, permission: str) -> tuple[ColumnElement[bool], ...]:
    """The walls themselves, for a query that wants more than the visit."""
    enough = relations_of(actor, permission)
    tied = or_(false(), *(tie(actor) for relation, tie in _TIES.items() if relation in enough))
    return walls.of_clinic(Visit.clinic_id, actor), tied


def has_seat(actor: Actor) -> ColumnElement[bool]:
    """The actor sits in the visit's room; whoever was taken out does not."""
    own = and_(
        Participant.room_id == Visit.room_id,
        walls.of_account(Participant.account_id, actor),
        Participant.stage != Stage.REMOVED,
    )
    return select(Participant.id).where(own).exists()


#: what each tie asks of the visit; an emergency opens a record elsewhere (reading.py)
_TIES: Mapping[Relation, Callable[[Actor], ColumnElement[bool]]] = {
    Relation.CLINIC: lambda _actor: true(),
    Relation.TREATS: lambda actor: people.treats(Visit.patient_id, actor),
    Relation.SEAT: has_seat,
}


def visit(session: Session, actor: Actor, permission: str, visit_id: uuid.UUID) -> Visit:
    """The visit itself, also when it has become a safety visit since."""
    return _found(session, visits(actor, permission).where(Visit.id == visit_id))


def current(session: Session, actor: Actor, permission: str, visit_id: uuid.UUID) -> Visit:
    """The visit, or the safety visit it became."""
    return _found(
        session,
        visits(actor, permission)
        .join(_ASKED, _ASKED.c.room_id == Visit.room_id)
        .where(_ASKED.c.id == visit_id, Visit.state != VisitState.CONVERTED_SAFETY),
    )


def _found(session: Session, query: Select[Visit]) -> Visit:
    with span(AUTHORIZATION):
        found = session.scalar(query)
    if found is None:
        raise NotFound
    return found
