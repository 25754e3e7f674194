"""When a person may come in, and what they are then; pure, given the time and the numbers."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Protocol

from server.visits.kinds import (
    CANCELLED_STATES,
    HOSTS,
    OPEN_STATES,
    Role,
    Stage,
    VisitKind,
    VisitState,
)


class Times(Protocol):
    """The numbers of config/clinical_policy.yaml that decide here."""

    @property
    def join_opens(self) -> timedelta: ...
    @property
    def join_closes_after_end(self) -> timedelta: ...
    @property
    def link_works_after_end(self) -> timedelta: ...
    @property
    def longest_visit(self) -> timedelta: ...
    @property
    def unattended_after(self) -> timedelta: ...
    @property
    def late_step(self) -> timedelta: ...


class Appointment(Protocol):
    """What of a visit decides whether its doors are open."""

    @property
    def state(self) -> VisitState: ...
    @property
    def kind(self) -> VisitKind: ...
    @property
    def starts_at(self) -> datetime: ...
    @property
    def ends_at(self) -> datetime: ...
    @property
    def began_at(self) -> datetime | None: ...
    @property
    def not_before(self) -> datetime | None: ...


class Seat(Protocol):
    """What of a participant decides whether they may be in the room."""

    @property
    def role(self) -> Role: ...
    @property
    def stage(self) -> Stage: ...
    @property
    def admitted_session(self) -> str | None: ...
    @property
    def present_until(self) -> datetime | None: ...


def reason_not_to_join(visit: Appointment, times: Times, *, now: datetime) -> str | None:
    """Why nobody may join now, as a stable code, or None.

    A safety visit has no window: while it is open its door is open (NUD-9).
    """
    if visit.state in CANCELLED_STATES:
        return "visit-cancelled"
    if visit.state not in OPEN_STATES:
        return "visit-ended"
    if visit.kind is VisitKind.CRISIS_CHECKIN:
        return None
    if now < visit.starts_at - times.join_opens:
        return "not-open-yet"
    if now > _doors_close_at(visit, times):
        return "visit-over"
    return "on-hold" if is_on_hold(visit, now=now) else None


def _doors_close_at(visit: Appointment, times: Times) -> datetime:
    """Half an hour after the planned end; one that runs over may be come back to meanwhile.

    That ends two hours after it began (NUD-10).
    """
    planned = visit.ends_at + times.join_closes_after_end
    if visit.state is VisitState.IN_PROGRESS and visit.began_at is not None:
        return max(planned, visit.began_at + times.longest_visit)
    return planned


def is_on_hold(visit: Appointment, *, now: datetime) -> bool:
    """NUD-5: after a dose at the clinic nobody joins before the hold is over.

    A safety visit is never on hold (NUD-9).
    """
    if visit.kind is VisitKind.CRISIS_CHECKIN or visit.not_before is None:
        return False
    return now < visit.not_before


def link_works(visit: Appointment, times: Times, *, now: datetime) -> bool:
    """Whether the personal link still opens a page of this visit (T-17)."""
    if visit.kind is VisitKind.CRISIS_CHECKIN and visit.state in OPEN_STATES:
        return True
    if visit.state is VisitState.IN_PROGRESS and now <= _doors_close_at(visit, times):
        return True
    return now <= visit.ends_at + times.link_works_after_end


def stage_now(seat: Seat, session: str) -> Stage:
    """What this browser is in the room: admission belongs to (participant, session).

    Hosts are in by right; another browser with the same link waits, however well the first
    was known.
    """
    if seat.stage is Stage.REMOVED:
        return Stage.REMOVED
    if seat.role in HOSTS:
        return Stage.ADMITTED
    if seat.stage is Stage.ADMITTED and seat.admitted_session == session:
        return Stage.ADMITTED
    return Stage.WAITING


def is_here(seat: Seat, *, now: datetime) -> bool:
    """Whether their seat is warm: somebody has sat down or was seen in it within its lease."""
    return seat.present_until is not None and seat.present_until > now


def has_begun(visit: Appointment, seats: Iterable[Seat], *, now: datetime) -> bool:
    """Whether only its clinician may still change it.

    Patient and clinician may be talking also while therapy may not begin (TEL-2).
    """
    here = [seat for seat in seats if is_here(seat, now=now)]
    patient = any(seat.role is Role.PATIENT and seat.stage is Stage.ADMITTED for seat in here)
    talking = patient and any(seat.role in HOSTS for seat in here)
    return visit.state is VisitState.IN_PROGRESS or talking


def reason_not_to_start_therapy(
    visit: Appointment, *, state: str, licensed_states: frozenset[str]
) -> str | None:
    """Why this may not be a therapy visit now (TEL-2, TEL-11); contact is never refused."""
    if visit.kind is VisitKind.CRISIS_CHECKIN:
        return None
    if not state:
        return "E_LOCATION_MISSING"
    if state not in licensed_states:
        return "E_LICENCE_STATE"
    return None


def may_reopen(visit: Appointment, times: Times, *, now: datetime) -> bool:
    """A visit that ended may be taken up again inside its appointment (ASKS 10, 11)."""
    return (
        visit.state is VisitState.ENDED
        and visit.starts_at - times.join_opens
        <= now
        <= visit.ends_at + times.join_closes_after_end
    )


def is_unattended(
    visit: Appointment, times: Times, *, hostless_since: datetime | None, now: datetime
) -> bool:
    """NUD-10: a room without a clinician closes, except a safety visit (NUD-9)."""
    return (
        visit.state in OPEN_STATES
        and visit.kind is not VisitKind.CRISIS_CHECKIN
        and hostless_since is not None
        and now - hostless_since >= times.unattended_after
    )


def minutes_late(starts_at: datetime, times: Times, *, now: datetime) -> int:
    """How late the clinician is, rounded up to the step that is told (told on purpose)."""
    if now <= starts_at:
        return 0
    steps = -(-(now - starts_at) // times.late_step)
    return int(steps * times.late_step / timedelta(minutes=1))
