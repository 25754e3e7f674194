"""When a session has ended and when guessing must stop; pure, given time and numbers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

#: passive calls aside, a page writes that it was seen once a minute, not at every click
SEEN_EVERY = timedelta(minutes=1)
#: a whole clinic may sit behind one address; guessing at all of its accounts may not
NETWORK_FACTOR = 6
#: from many addresses at one account: more than one person mistypes, fewer than guessing needs
ACCOUNT_FACTOR = 5


class Times(Protocol):
    """The numbers of config/clinical_policy.yaml that decide here."""

    @property
    def staff_idle(self) -> timedelta: ...
    @property
    def staff_absolute(self) -> timedelta: ...
    @property
    def patient_idle(self) -> timedelta: ...
    @property
    def sign_in_tries(self) -> int: ...


class Seen(Protocol):
    """What of a session decides whether it lives."""

    @property
    def seen_at(self) -> datetime: ...
    @property
    def revoked_at(self) -> datetime | None: ...


class SignedIn(Seen, Protocol):
    """A staff session also ends by its age."""

    @property
    def created_at(self) -> datetime: ...


@dataclass(frozen=True)
class Failures:
    """How often a sign-in failed lately: for this account from here, for each of them alone."""

    account_from_network: int
    account: int
    network: int


def staff_session_lives(session: SignedIn, times: Times, *, now: datetime) -> bool:
    """Idle and absolute limit, without an exception for anything (C-05)."""
    return (
        session.revoked_at is None
        and now - session.seen_at <= times.staff_idle
        and now - session.created_at <= times.staff_absolute
    )


def link_session_lives(session: Seen, times: Times, *, now: datetime) -> bool:
    """A browser that was away for long taps the link again; the visit's own window is apart."""
    return session.revoked_at is None and now - session.seen_at <= times.patient_idle


def is_worth_noting(seen_at: datetime, *, now: datetime) -> bool:
    """Whether having been seen again is worth a write."""
    return now - seen_at >= SEEN_EVERY


def reason_not_to_try(failures: Failures, times: Times) -> str | None:
    """Why this sign-in is not even tried, or None (T-14, C-35).

    Guessing from one place is stopped early and leaves the clinician free to sign in from
    another; guessing from many places is stopped later.
    """
    tries = times.sign_in_tries - 1
    too_many = (
        failures.account_from_network >= tries
        or failures.account >= tries * ACCOUNT_FACTOR
        or failures.network >= tries * NETWORK_FACTOR
    )
    return "too-many" if too_many else None


def safe_next(wanted: str, otherwise: str) -> str:
    """Where to go after sign-in: a path of this site and nothing else."""
    here = wanted.startswith("/") and not wanted.startswith("//")
    return wanted if here and wanted.isprintable() and "\\" not in wanted else otherwise
