"""A guardian comes to the part they are invited to, and no longer than they may (T-03)."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.policy import Policy
from server.access.actor import Actor
from server.control import service as control
from server.errors import NotAllowed
from server.guardians import service as guardians
from server.guardians.models import Scope
from server.guardians.policy import is_minor
from server.messages import service as messages
from server.people import queries as people
from server.visits import happenings, invitations, revocation, seats
from server.visits.kinds import CANCELLED_STATES, Role, Stage
from server.visits.models import Participant, Room, Visit
from server.visits.queries import hold_room, visit_in

ENDED = "You are no longer part of this visit."


def refuse_unless_invited(session: Session, seat: Participant, *, now: datetime) -> None:
    """Asked again at every ticket: a guardian whose access is over comes no further."""
    if seat.role is not Role.GUARDIAN or seat.companion_id is None:
        return
    if not guardians.may(session, seat.companion_id, Scope.JOIN, now=now):
        raise NotAllowed(ENDED, code="removed")


def hears_what_comes_next(
    session: Session, seat: Participant, visit: Visit, times: Policy, *, now: datetime
) -> bool:
    """The clinician's words to a minor are the minor's, where the clinic keeps it so (§5.3)."""
    if seat.role is Role.PATIENT:
        return True
    if seat.role is not Role.GUARDIAN:
        return False
    minor = people.patient(session, visit.patient_id)
    young = is_minor(minor.born_on, times.minors.of_age_at, minor.timezone, now=now)
    return not (young and times.minors.confidential)


def set_scopes(
    session: Session,
    actor: Actor,
    companion_id: uuid.UUID,
    wanted: Collection[Scope],
    *,
    shown: Collection[Scope] | None = None,
    now: datetime,
) -> None:
    """What they may from now on; whoever may not join any more is out at once."""
    guardians.set_scopes(session, actor, companion_id, wanted, shown=shown, now=now)
    if not guardians.may(session, companion_id, Scope.JOIN, now=now):
        _close_every_seat(session, companion_id, now=now)


def end(session: Session, actor: Actor, companion_id: uuid.UUID, *, now: datetime) -> None:
    """It is over: seats, links, browsers, unsent letters and sockets, all of it now (C-06)."""
    if guardians.end(session, actor, companion_id, now=now):
        _close_every_seat(session, companion_id, now=now)


def _close_every_seat(session: Session, companion_id: uuid.UUID, *, now: datetime) -> None:
    theirs = select(Participant.room_id).where(
        Participant.companion_id == companion_id, Participant.stage != Stage.REMOVED
    )
    for room_id in sorted(set(session.scalars(theirs))):
        hold_room(session, room_id)
        room = session.get_one(Room, room_id)
        own = (Participant.room_id == room_id, Participant.companion_id == companion_id)
        for seat in session.scalars(select(Participant).where(*own)):
            _close(session, room, seat, now=now)


def _close(session: Session, room: Room, seat: Participant, *, now: datetime) -> None:
    """Out for good; a page of theirs hears it from signaling, or at its next look."""
    seat.stage, seat.admitted_session = Stage.REMOVED, None
    seats.leave(seat, now=now)
    revocation.close_links(session, seat, now=now)
    for kind in invitations.INVITATIONS:
        messages.withdraw(session, kind, seat.id)
    control.order(session, room.node, "remove", room=room.name, peer=seat.id, now=now)
    visit = visit_in(session, room.id)
    if visit.state not in CANCELLED_STATES:
        happenings.tell_boards(session, visit, now=now)
