"""Which page a person with a link of theirs is shown; pure. Each has a human behind it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from server.visits import policy
from server.visits.kinds import VisitState


class LinkPage(StrEnum):
    """The states of templates/visits/link_state.html, and the visit itself."""

    OPEN = "open"
    EARLY = "early"
    LATE = "late"
    MOVED = "moved"
    ENDED = "ended"
    CANCELLED = "cancelled"


def page_of(visit: policy.Appointment, times: policy.Times, *, now: datetime) -> LinkPage:
    """What a visit looks like from outside just now."""
    match policy.reason_not_to_join(visit, times, now=now):
        case None:
            return LinkPage.OPEN
        case "visit-cancelled":
            return LinkPage.CANCELLED
        case "not-open-yet" | "on-hold":
            return LinkPage.EARLY
        case _:
            began = visit.state in (
                VisitState.IN_PROGRESS,
                VisitState.ENDED,
                VisitState.DOCUMENTED,
                VisitState.TECH_FAILED,
                VisitState.ABORTED,
            )
            return LinkPage.ENDED if began else LinkPage.LATE
