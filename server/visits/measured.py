"""Keep what the pages measured: the device test before, the quality during, the safety code."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from config.policy import Policy
from server.access.actor import Actor
from server.audit import service as audit
from server.errors import Gone, NotAllowed, NotFound
from server.visits import guests, happenings
from server.visits.admission import host_of
from server.visits.kinds import Role, Stage, Verdict
from server.visits.link_policy import LinkPage, page_of
from server.visits.measurements import DeviceTest, QualitySample
from server.visits.models import Participant
from server.visits.queries import participants, seat_of, visit_in


def seat_to_test(
    session: Session,
    actor: Actor,
    times: Policy,
    *,
    now: datetime,
    visit_id: uuid.UUID | None = None,
) -> Participant:
    """The seat of somebody who may try the line: from days ahead until the visit is over."""
    seat = seat_of(session, actor, visit_id)
    _not_removed(seat)
    told = guests.as_invited(session, seat, visit_in(session, seat.room_id))
    if page_of(told, times, now=now) not in (LinkPage.OPEN, LinkPage.EARLY):
        raise Gone("This visit is over.", code="visit-ended")
    return seat


def _not_removed(seat: Participant) -> None:
    if seat.stage is Stage.REMOVED:
        raise NotAllowed("You are no longer part of this visit.", code="removed")


def device_test(
    session: Session,
    actor: Actor,
    result: Mapping[str, Any],
    *,
    now: datetime,
    visit_id: uuid.UUID | None = None,
) -> None:
    """One run of the test by somebody in a visit; staff see the verdict beside the name."""
    seat = seat_of(session, actor, visit_id)
    _not_removed(seat)
    session.add(_row(result, now, participant_id=seat.id))
    happenings.tell_boards(session, visit_in(session, seat.room_id), now=now)


def own_device_test(
    session: Session, actor: Actor, result: Mapping[str, Any], *, now: datetime
) -> None:
    """A member of staff tests their own set-up: it fails more visits than the patient's."""
    session.add(_row(result, now, account_id=actor.account_id))


def quality(
    session: Session,
    actor: Actor,
    samples: Iterable[Mapping[str, Any]],
    *,
    now: datetime,
    visit_id: uuid.UUID | None = None,
) -> None:
    """How the last half minute was for one side."""
    seat = seat_of(session, actor, visit_id)
    _not_removed(seat)
    visit = visit_in(session, seat.room_id)
    for sample in samples:
        session.add(QualitySample(participant_id=seat.id, visit_id=visit.id, at=now, **sample))


def safety_code(
    session: Session,
    actor: Actor,
    visit_id: uuid.UUID,
    outcome: str,
    participant_id: uuid.UUID | None,
    *,
    now: datetime,
) -> None:
    """Whether the spoken code matched with somebody; audited (SECURITY.md §2.6)."""
    visit, _own = host_of(session, actor, visit_id)
    for seat in participants(session, visit.room_id):
        if seat.id == participant_id or (participant_id is None and seat.role is Role.PATIENT):
            seat.safety_code = outcome
            audit.record(
                session,
                actor,
                f"safety-code:{outcome}",
                seat.id,
                now=now,
                patient_id=visit.patient_id,
            )
            return
    raise NotFound


def _row(result: Mapping[str, Any], now: datetime, **whose: uuid.UUID | None) -> DeviceTest:
    values = {**result, "verdict": Verdict(result["verdict"])}
    return DeviceTest(at=now, **whose, **values)
