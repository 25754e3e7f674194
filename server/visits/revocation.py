"""Whose access ends sits in no call any more: rows at once, sockets by order (C-06)."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from server.control import service as control
from server.identity import link_sessions
from server.visits import happenings, seats
from server.visits.kinds import HOSTS, OPEN_STATES, Stage
from server.visits.models import Participant, Visit, VisitLink
from server.visits.queries import visit_in


def close_seats(session: Session, browsers: Collection[str], *, now: datetime) -> None:
    """These browsers were signed out: the seats they hold are free, their sockets cut."""
    if not browsers:
        return
    held = session.scalars(
        select(Participant)
        .join(Visit, Visit.room_id == Participant.room_id)
        .where(Participant.seat_session.in_(browsers), Visit.state.in_(OPEN_STATES))
        .order_by(Participant.id)
        # Held, and asked again once held: whoever sat down there meanwhile is somebody else.
        .with_for_update(of=Participant, key_share=True)
        .execution_options(populate_existing=True)
    ).all()
    _put_out(session, held, now)


def take_out_of_visits(
    session: Session, account_id: uuid.UUID, role: str, *, now: datetime
) -> None:
    """Somebody has another role now: seats they had by the former one are not theirs (C-06)."""
    held = session.scalars(
        select(Participant)
        .join(Visit, Visit.room_id == Participant.room_id)
        .where(
            Participant.account_id == account_id,
            Participant.stage != Stage.REMOVED,
            Visit.state.in_(OPEN_STATES),
        )
        .order_by(Participant.id)
    )
    theirs = [seat for seat in held if seat.role.value != role]
    for seat in theirs:
        seat.stage = Stage.REMOVED
        seat.admitted_session = None
    _put_out(session, theirs, now)


def close_links(session: Session, seat: Participant, *, now: datetime) -> None:
    """Somebody was taken out: no link of theirs opens, no browser that came by one lives."""
    session.execute(
        update(VisitLink)
        .where(VisitLink.participant_id == seat.id, VisitLink.revoked_at.is_(None))
        .values(revoked_at=now)
    )
    link_sessions.revoke_of(session, seat.id, now=now)


def sign_out(session: Session, seat: Participant, *, now: datetime) -> None:
    """Every browser of a participant is out; the link stays, and asks who they are (T-17)."""
    link_sessions.revoke_of(session, seat.id, now=now)
    _put_out(session, [seat], now)


def visits_without(session: Session, account_id: uuid.UUID) -> Sequence[Visit]:
    """Open visits whose clinician this account is: when it ends, somebody must take them."""
    return session.scalars(
        select(Visit)
        .join(Participant, Participant.room_id == Visit.room_id)
        .where(
            Visit.clinician_id == account_id,
            Visit.state.in_(OPEN_STATES),
            Participant.account_id == account_id,
            Participant.role.in_(HOSTS),
        )
        .order_by(Visit.starts_at)
    ).all()


def _put_out(session: Session, held: Sequence[Participant], now: datetime) -> None:
    for seat in held:
        seats.give_up(seat, now=now)
        happenings.tell_boards(session, visit_in(session, seat.room_id), now=now)
    control.revoke(session, [seats.name(seat.id) for seat in held], now=now)
