"""What each kind of letter asks before it is sent; stands above all capabilities."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy.orm import Session

from config.policy import policy
from server.errors import NotFound
from server.identity import password_links
from server.messages.delivery import StillTrue
from server.messages.letters import LetterKind
from server.visits.kinds import CANCELLED_STATES, OPEN_STATES, Stage
from server.visits.models import Participant, Visit
from server.visits.queries import current_visit, participant, visit_in


def _visit(session: Session, about: uuid.UUID) -> Visit | None:
    """The visit a letter is about, named by the visit or by a participant of it."""
    try:
        return current_visit(session, about)
    except NotFound:
        pass
    try:
        return visit_in(session, participant(session, about).room_id)
    except NotFound:
        return None


def _may_still_come(session: Session, about: uuid.UUID, now: datetime) -> bool:
    """Visit and seat are still there, and the link still opens."""
    seat = session.get(Participant, about)
    if seat is not None and seat.stage is Stage.REMOVED:
        return False
    visit = _visit(session, about)
    if visit is None or visit.state not in OPEN_STATES:
        return False
    return now < visit.ends_at + policy().link_works_after_end


def _is_called_off(session: Session, about: uuid.UUID, _now: datetime) -> bool:
    visit = _visit(session, about)
    return visit is not None and visit.state in CANCELLED_STATES


def _is_open(session: Session, about: uuid.UUID, _now: datetime) -> bool:
    """A page to the clinician on call is never dropped while the visit is open."""
    visit = _visit(session, about)
    return visit is None or visit.state in OPEN_STATES


def _always(_session: Session, _about: uuid.UUID, _now: datetime) -> bool:
    return True


def _opens(session: Session, about: uuid.UUID, now: datetime) -> bool:
    """The link in it has neither been used nor replaced."""
    return password_links.is_open(session, about, now=now)


STILL_TRUE: dict[LetterKind, StillTrue] = {
    LetterKind.VISIT_LINK: _may_still_come,
    LetterKind.REMINDER: _may_still_come,
    LetterKind.NEW_TIME: _may_still_come,
    LetterKind.CANCELLED: _is_called_off,
    LetterKind.AFTERWARDS: _always,
    LetterKind.ON_CALL_PAGE: _is_open,
    LetterKind.COORDINATOR_NOTE: _always,
    LetterKind.PASSWORD_LINK: _opens,
    LetterKind.PASSWORD_SET: _always,
    LetterKind.NEW_BROWSER: _always,
    LetterKind.EMERGENCY_ACCESS: _always,
}
