"""When an emergency access opens, and how long it lets somebody read; pure (T-07)."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol

#: CLINICAL.md §7: break-glass
MAY_ASK = frozenset({"psychiatrist", "therapist"})
LONGEST_REASON = 500

NOT_THEIR_ROLE = "not-found"
NO_REASON = "emergency-reason-too-short"
PROVE_YOURSELF = "emergency-prove-yourself"
ONE_AT_A_TIME = "emergency-one-at-a-time"


class Times(Protocol):
    """The numbers of config/clinical_policy.yaml that decide here."""

    @property
    def reason_characters(self) -> int: ...
    @property
    def proof_lasts(self) -> timedelta: ...
    @property
    def lasts(self) -> timedelta: ...


class Lasting(Protocol):
    """What of an access decides whether it still opens the record."""

    @property
    def expires_at(self) -> datetime: ...
    @property
    def closed_at(self) -> datetime | None: ...


@dataclass(frozen=True)
class Asked:
    """Whom somebody needs to read about at once, and why."""

    name: str
    born_on: date
    reason: str


def reason_not_to_open(
    role: str,
    reason: str,
    times: Times,
    *,
    proved_at: datetime | None,
    another_is_open: bool,
    now: datetime,
) -> str | None:
    """The stable code of why not, or None."""
    if role not in MAY_ASK:
        return NOT_THEIR_ROLE
    if is_too_short(reason, times):
        return NO_REASON
    if proved_at is None or not timedelta() <= now - proved_at <= times.proof_lasts:
        return PROVE_YOURSELF
    return ONE_AT_A_TIME if another_is_open else None


def is_too_short(reason: str, times: Times) -> bool:
    """Blanks give no reason."""
    return len(" ".join(reason.split())) < times.reason_characters


def lets_read(access: Lasting, *, now: datetime) -> bool:
    """Until the hour is over or it was closed, whichever is first."""
    return access.closed_at is None and now < access.expires_at


def minutes_left(access: Lasting, *, now: datetime) -> int:
    """As people count: the last minute is one minute."""
    return max(0, -int((now - access.expires_at).total_seconds() // 60))


def is_exactly(said: str, known: str) -> bool:
    """The whole name; only case, blanks and the way an accent is typed may differ."""
    return bool(_spelled(said)) and _spelled(said) == _spelled(known)


def _spelled(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())
