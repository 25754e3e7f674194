"""What staff read about a visit: one chip for now, some for readiness; pure, given the time.

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
    if facts.state is VisitState.IN_PROGRESS or (facts.admitted and _is_open(facts)):
        return _in_visit(facts, now)
    if facts.waiting_since is not None and _is_open(facts):
        return _waiting(facts, rules, now)
    if facts.state in _OVER:
        return _over(facts)
    return _not_here_yet(facts, rules, now)


def is_waiting(facts: Facts) -> bool:
    """Somebody is in the waiting room and may be let in."""
    return facts.waiting_since is not None and not facts.admitted and _is_open(facts)


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


_OVER = {
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
    return _OVER[facts.state]


def _is_open(facts: Facts) -> bool:
    return facts.state not in _OVER


def readiness(facts: Facts) -> list[Chip]:
    """Devices, connection, check-in and what needs a look: for the treating clinician."""
    return [*neutral_readiness(facts), *flags(facts)]


def neutral_readiness(facts: Facts) -> list[Chip]:
    """The part a coordinator may read (ROLE-4)."""
    if not _is_open(facts):
        return []
    chips = [_devices(facts)]
    if facts.checked_in:
        chips.append(Chip("Check-in done", "calm"))
    elif facts.checking_in:
        chips.append(Chip("Check-in begun"))
    if facts.checked_in and not facts.consented:
        chips.append(Chip("Consent open", "care"))
    chips += _place(facts)
    if facts.new_browser:
        chips.append(Chip("New browser", "care"))
    return chips


def _devices(facts: Facts) -> Chip:
    legs = {
        "camera": "No camera",
        "microphone": "No microphone",
        "connection": "Connection failed",
        "relay": "Relay failed",
    }
    match facts.verdict:
        case None:
            return Chip("Devices not tested")
        case Verdict.OK:
            return Chip("Devices and line good", "calm")
        case Verdict.WEAK:
            return Chip("Weak connection", "care")
        case Verdict.AUDIO_ONLY:
            return Chip("Sound only", "care")
        case Verdict.FAILED:
            return Chip(legs.get(facts.failed_leg, "Device test failed"), "alarm")


def _place(facts: Facts) -> list[Chip]:
    if not (facts.checked_in or facts.checking_in or facts.admitted):
        return []
    if facts.place_withheld or (facts.checked_in and not facts.state_code):
        return [Chip("Place missing", "alarm")]
    if facts.state_code and not facts.licensed:
        return [Chip(f"No licence in {facts.state_code}", "alarm")]
    return []


def flags(facts: Facts) -> list[Chip]:
    """What the patient said that a clinician must see first (NUD-8, TEL-5, TEL-6)."""
    said = [
        ("driving", "Says: driving", "alarm"),
        ("took_drug", "Says: took ketamine, 24 h", "alarm"),
        ("alcohol", "Says: alcohol or drugs today", "alarm"),
        ("will_take", "Says: will take something", "alarm"),
    ]
    chips = [
        Chip(words, tone)
        for (_name, words, tone), answer in zip(said, facts.answers, strict=False)
        if answer == "yes"
    ]
    if "tell-doctor" in facts.answers or facts.private == "tell-doctor":
        chips.append(Chip("Wants to tell the doctor", "care"))
    if facts.private == "no":
        chips.append(Chip("Not alone or not private", "care"))
    if facts.support_reachable == "no":
        chips.append(Chip("Nobody nearby to call", "care"))
    return chips


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
    if facts.kind is VisitKind.CRISIS_CHECKIN and _is_open(facts):
        return 0
    if is_waiting(facts):
        return 1
    if chip.tone == "alarm":
        return 2
    return 4 if facts.state in _OVER else 3
