"""What staff read about a visit now, as one chip; pure, given the time.

The coordinator's words carry no clinical content (ROLE-4): who must call, never why.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol

from server.visits.kinds import KIND_WORDS, Verdict, VisitKind, VisitState


class Patience(Protocol):
    """The numbers of the clinical policy that decide a tone."""

    @property
    def wait_amber(self) -> timedelta: ...
    @property
    def wait_red(self) -> timedelta: ...
    @property
    def message_the_late_after(self) -> timedelta: ...
    @property
    def call_the_late_after(self) -> timedelta: ...


@dataclass(frozen=True)
class Chip:
    """A state in a word and a tone; `since` lets the page run a clock."""

    words: str
    tone: str = ""  # "" | calm | live | care | alarm
    since: datetime | None = None
    clock: str = ""
    after: str = ""


@dataclass(frozen=True)
class Facts:
    """Everything about one visit that a row or the workspace is made from."""

    kind: VisitKind
    state: VisitState
    starts_at: datetime
    began_at: datetime | None = None
    unattended: bool = False
    outcome: str = ""
    # the patient
    waiting_since: datetime | None = None
    admitted: bool = False
    here: bool = False
    left_at: datetime | None = None
    running_late: bool = False
    new_browser: bool = False
    # check-in
    checking_in: bool = False
    checked_in: bool = False
    state_code: str = ""
    place_withheld: bool = False
    licensed: bool = False
    private: str = ""
    answers: tuple[str, ...] = ()  # driving, took_drug, alcohol, will_take
    support_reachable: str = ""
    consented: bool = False
    # the device test
    verdict: Verdict | None = None
    failed_leg: str = ""


def clock(since: datetime, now: datetime) -> str:
    """04:12, or 1:04:12 past the hour."""
    seconds = max(0, int((now - since).total_seconds()))
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes:02}:{seconds:02}"


def state_chip(facts: Facts, rules: Patience, *, now: datetime) -> Chip:
    """Where this visit is now."""
    if facts.state is VisitState.IN_PROGRESS or (facts.admitted and is_open(facts)):
        return _in_visit(facts, now)
    if facts.waiting_since is not None and is_open(facts):
        return _waiting(facts, rules, now)
    if facts.state in OVER:
        return _over(facts)
    return _not_here_yet(facts, rules, now)


def is_waiting(facts: Facts) -> bool:
    """Somebody is in the waiting room and may be let in."""
    return facts.waiting_since is not None and not facts.admitted and is_open(facts)


def _in_visit(facts: Facts, now: datetime) -> Chip:
    if facts.began_at is None:
        return Chip("In the room, not begun", "care")
    if not facts.here:
        since = facts.left_at or now
        return Chip("Line lost", "alarm", since, clock(since, now))
    return Chip("In visit", "live", facts.began_at, clock(facts.began_at, now))


def _waiting(facts: Facts, rules: Patience, now: datetime) -> Chip:
    since = facts.waiting_since or now
    waited = now - since
    if not facts.here and facts.left_at is not None:
        return Chip("Was waiting, page closed", "care")
    words, tone, after = "Waiting", "live", ""
    if waited >= rules.wait_red:
        tone, after = "alarm", "too long"
    elif waited >= rules.wait_amber:
        tone, after = "care", "getting long"
    return Chip(words, tone, since, clock(since, now), after)


def _not_here_yet(facts: Facts, rules: Patience, now: datetime) -> Chip:
    late = now - facts.starts_at
    if facts.checked_in and facts.verdict is None:
        return Chip("Testing devices", "live")
    if facts.checked_in:
        return Chip("Ready, not here yet", "calm" if late < timedelta() else "care")
    if facts.checking_in:
        return Chip("Checking in", "live")
    if facts.running_late:
        return Chip("Running late", "care")
    if late >= rules.call_the_late_after:
        return Chip("Not arrived, call now", "alarm")
    if late >= rules.message_the_late_after:
        return Chip("Not arrived", "care")
    return Chip("Scheduled")


OVER = {
    VisitState.ENDED: Chip("Ended"),
    VisitState.DOCUMENTED: Chip("Signed", "calm"),
    VisitState.CANCELLED_PT: Chip("Cancelled by patient"),
    VisitState.CANCELLED_CLINIC: Chip("Cancelled"),
    VisitState.NO_SHOW: Chip("No-show", "care"),
    VisitState.TECH_FAILED: Chip("Line failed", "care"),
    VisitState.CONVERTED_SAFETY: Chip("Became a safety visit"),
    VisitState.ABORTED: Chip("Stopped", "care"),
}


def _over(facts: Facts) -> Chip:
    if facts.unattended:
        return Chip("Closed without a clinician", "care")
    if facts.state is VisitState.ENDED and not facts.outcome:
        return Chip("Ended, outcome open", "care")
    return OVER[facts.state]


def is_open(facts: Facts) -> bool:
    """Somebody may still come in, or be in."""
    return facts.state not in OVER


def kind_words(kind: VisitKind, *, clinical: bool) -> str:
    """The coordinator reads "Urgent visit" and calls; the reason stays with the clinician."""
    if kind is VisitKind.CRISIS_CHECKIN and not clinical:
        return "Urgent visit"
    return KIND_WORDS[kind]


def age(born_on: date, today: date) -> int:
    """Years since birth."""
    had_birthday = (today.month, today.day) >= (born_on.month, born_on.day)
    return today.year - born_on.year - (not had_birthday)


def urgency(facts: Facts, rules: Patience, *, now: datetime) -> int:
    """Rows that need somebody first: safety visits, then the room, then those who wait."""
    chip = state_chip(facts, rules, now=now)
    if facts.kind is VisitKind.CRISIS_CHECKIN and is_open(facts):
        return 0
    if is_waiting(facts):
        return 1
    if chip.tone == "alarm":
        return 2
    return 4 if facts.state in OVER else 3


def over_words(state: VisitState) -> str:
    """How a past visit ended, when nobody wrote an outcome."""
    chip = OVER.get(state)
    return chip.words if chip else ""
