"""What is asked before a visit, when it must be asked again, and what an answer leads to; pure.

A worrying answer never drops anybody: it leads to a safety visit, to a parked car, or to a
word with the doctor (NUD-8, NUD-9).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Protocol

from server.visits.kinds import Role, VisitKind


class Step(StrEnum):
    """One screen each, in this order."""

    IDENTITY = "identity"  # TEL-1
    PLACE = "place"  # TEL-2, NUD-8 (a)
    CONTACT = "contact"  # TEL-3, TEL-5, NUD-8 (g)
    PRIVATE = "private"  # TEL-6, NUD-8 (b)
    DRIVING = "driving"  # NUD-8 (c)
    KETAMINE = "ketamine"  # NUD-8 (d)
    SUBSTANCES = "substances"  # NUD-8 (e)
    DURING = "during"  # NUD-8 (f)
    CONSENT = "consent"  # TEL-7


#: True only of the moment they are said; days ahead nobody is asked
NOW = frozenset(
    {Step.PLACE, Step.PRIVATE, Step.DRIVING, Step.KETAMINE, Step.SUBSTANCES, Step.DURING}
)
#: the safety questions, and the column that keeps the answer
SAFETY = {
    Step.DRIVING: "driving",
    Step.KETAMINE: "took_drug",
    Step.SUBSTANCES: "alcohol",
    Step.DURING: "will_take",
}
CONVERTS = {Step.KETAMINE: "NUD-8d", Step.SUBSTANCES: "NUD-8e", Step.DURING: "NUD-8f"}
YES, NO, TELL_DOCTOR = "yes", "no", "tell-doctor"
#: after so many wrong names or birthdays of the trusted browser, the doctor asks instead
TRIES_BEFORE_GOING_ON = 3


class Answers(Protocol):
    """What has been said so far, and when."""

    @property
    def identity_at(self) -> datetime | None: ...
    @property
    def place_at(self) -> datetime | None: ...
    @property
    def place_withheld(self) -> bool: ...
    @property
    def state(self) -> str: ...
    @property
    def contact_at(self) -> datetime | None: ...
    @property
    def support_reachable(self) -> str: ...
    @property
    def private_at(self) -> datetime | None: ...
    @property
    def driving(self) -> str: ...
    @property
    def took_drug(self) -> str: ...
    @property
    def alcohol(self) -> str: ...
    @property
    def will_take(self) -> str: ...
    @property
    def safety_at(self) -> datetime | None: ...
    @property
    def consent_at(self) -> datetime | None: ...
    @property
    def consent_version(self) -> str: ...


def steps_for(role: Role, kind: VisitKind) -> tuple[Step, ...]:
    """Everything this person is asked, in order.

    A safety visit asks only where help must be sent; consent is never signed in one (NUD-9).
    Whoever comes along says who they are and that nobody listens.
    """
    if role is not Role.PATIENT:
        return (Step.IDENTITY, Step.PRIVATE)
    if kind is VisitKind.CRISIS_CHECKIN:
        return (Step.PLACE,)
    return tuple(Step)


@dataclass(frozen=True)
class Asking:
    """To whom, for which visit and in which wording the questions are put.

    `unsure_who`: they could not name themselves as we know them, and the doctor will ask.
    """

    role: Role
    kind: VisitKind
    starts_at: datetime
    counts_for: timedelta
    consent_version: str
    unsure_who: bool = False

    @property
    def near_from(self) -> datetime:
        """From when an answer about "now" counts; in a safety visit any answer does."""
        if self.kind is VisitKind.CRISIS_CHECKIN:
            return datetime.min.replace(tzinfo=UTC)
        return self.starts_at - self.counts_for


def due(asking: Asking, said: Answers | None, *, now: datetime) -> tuple[Step, ...]:
    """What is still to be answered now; questions about "now" wait until the visit is near."""
    steps = steps_for(asking.role, asking.kind)
    asked = [step for step in steps if step not in NOW or now >= asking.near_from]
    return tuple(step for step in asked if said is None or not _answered(step, said, asking))


def is_complete(asking: Asking, said: Answers, *, now: datetime) -> bool:
    """Everything was asked, on the day, and answered."""
    return now >= asking.near_from and not due(asking, said, now=now)


def reason_to_convert(step: Step, answer: str) -> str | None:
    """NUD-8 (d), (e), (f): the rule by which a yes becomes a safety visit at once."""
    return CONVERTS.get(step) if answer == YES else None


def reason_not_therapy(said: Answers | None) -> str | None:
    """NUD-8 (a), (c), (g): why this may not be a therapy visit now; contact is never refused.

    What they would rather say to the doctor is the doctor's to judge.
    """
    if said is None or said.place_withheld or not said.state:
        return "E_LOCATION_MISSING"
    if said.driving == YES:
        return "E_DRIVING"
    if said.support_reachable == NO:
        return "E_EMERGENCY_PLAN"
    return None


def _answered(step: Step, said: Answers, asking: Asking) -> bool:
    match step:
        case Step.IDENTITY:
            return said.identity_at is not None or asking.unsure_who
        case Step.PLACE:
            return _since(said.place_at, asking.near_from)
        case Step.CONTACT:
            return said.contact_at is not None
        case Step.PRIVATE:
            return _since(said.private_at, asking.near_from)
        case Step.CONSENT:
            return (
                said.consent_at is not None and said.consent_version == asking.consent_version
            )
        case _:
            answer: str = getattr(said, SAFETY[step])
            still_driving = step is Step.DRIVING and answer == YES  # asked again once parked
            told = answer != "" and not still_driving
            return told and _since(said.safety_at, asking.near_from)


def _since(said_at: datetime | None, near_from: datetime) -> bool:
    return said_at is not None and said_at >= near_from
