"""The numbers a clinician may dispute, typed, from `clinical_policy.yaml` (POL-1)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, get_type_hints

import yaml

FILE = Path(__file__).with_name("clinical_policy.yaml")
_UNITS = {"seconds": 1, "minutes": 60, "hours": 3600, "days": 86400}
Group = TypeVar("Group")


@dataclass(frozen=True)
class DropTimes:
    """TEL-8: what to do when the line is lost, each counted from the loss."""

    phone_patient_at: timedelta
    send_new_link_at: timedelta
    phone_support_at: timedelta
    decide_welfare_check_at: timedelta


@dataclass(frozen=True)
class EmergencyTimes:
    """T-07: what opens one record in an emergency, and for how long."""

    reason_characters: int
    proof_lasts: timedelta
    lasts: timedelta
    tries: int
    tries_window: timedelta


@dataclass(frozen=True)
class WhoLookedTimes:
    """T-08, T-10: before a patient is shown who opened their record."""

    proof_lasts: timedelta
    proof_tries: int
    question_due: timedelta


@dataclass(frozen=True)
class MinorRules:
    """CLINICAL.md §5.3: until when somebody is a minor, and what stays theirs."""

    of_age_at: int
    confidential: bool


@dataclass(frozen=True)
class Discretion:
    """T-10: for whoever may be watched, by a partner or at home."""

    quiet_signal_due: timedelta
    call_back_due: timedelta
    code_word_letters: int
    #: for how long a browser shows nothing of us after "Leave this site quickly"
    away_for: timedelta


@dataclass(frozen=True)
class Policy:
    """One version of the clinical policy; rows keep the version they were decided under."""

    version: str
    join_opens: timedelta
    join_closes_after_end: timedelta
    link_works_after_end: timedelta
    longest_visit: timedelta
    unattended_after: timedelta
    identity_tries: int
    #: how long before the start "now" may be answered
    said_now_counts_for: timedelta
    late_step: timedelta
    durations: dict[str, timedelta]
    wait_amber: timedelta
    wait_red: timedelta
    message_the_late_after: timedelta
    call_the_late_after: timedelta
    drop: DropTimes
    seat_lease: timedelta
    staff_idle: timedelta
    staff_absolute: timedelta
    patient_idle: timedelta
    sign_in_tries: int
    sign_in_window: timedelta
    password_link_lasts: timedelta
    password_shortest: int
    sessions_kept: timedelta
    browsers_known: timedelta
    safety_visit_due: timedelta
    call_for_help_due: timedelta
    not_me_due: timedelta
    cannot_come_due: timedelta
    minors: MinorRules
    discretion: Discretion
    emergency: EmergencyTimes
    who_looked: WhoLookedTimes
    #: thresholds of the connection test, sent to the page as they are
    connection: dict[str, float]
    telehealth_consent_version: str


@cache
def policy() -> Policy:
    """The policy this process runs under; read once."""
    return of(yaml.safe_load(FILE.read_text()))


def of(entries: Mapping[str, Any]) -> Policy:
    """The policy of such a file; a missing or mistyped entry raises KeyError or ValueError."""

    def span(group: str, name: str) -> timedelta:
        return _span(entries[group][name])

    def number(group: str, name: str) -> int:
        return _number(entries[group][name])

    return Policy(
        version=str(entries["version"]),
        join_opens=span("visit", "join_opens_before_start"),
        join_closes_after_end=span("visit", "join_closes_after_end"),
        link_works_after_end=span("visit", "link_works_after_end"),
        longest_visit=span("visit", "longest"),
        unattended_after=span("visit", "unattended_after"),
        identity_tries=number("visit", "identity_tries"),
        said_now_counts_for=span("visit", "said_now_counts_for"),
        late_step=span("visit", "late_step"),
        durations={kind: _span(entry) for kind, entry in entries["durations"].items()},
        wait_amber=span("waiting", "amber_after"),
        wait_red=span("waiting", "red_after"),
        message_the_late_after=span("waiting", "message_the_late_after"),
        call_the_late_after=span("waiting", "call_the_late_after"),
        drop=_group(DropTimes, entries["drop"]),
        seat_lease=span("seats", "lease"),
        staff_idle=span("sessions", "staff_idle"),
        staff_absolute=span("sessions", "staff_absolute"),
        patient_idle=span("sessions", "patient_idle"),
        sign_in_tries=number("sessions", "sign_in_tries"),
        sign_in_window=span("sessions", "sign_in_window"),
        password_link_lasts=span("sessions", "password_link_lasts"),
        password_shortest=number("sessions", "password_shortest"),
        sessions_kept=span("sessions", "kept"),
        browsers_known=span("sessions", "browsers_known"),
        safety_visit_due=span("alerts", "safety_visit_due"),
        call_for_help_due=span("alerts", "call_for_help_due"),
        not_me_due=span("alerts", "not_me_due"),
        cannot_come_due=span("alerts", "cannot_come_due"),
        minors=_group(MinorRules, entries["minors"]),
        discretion=_group(Discretion, {**entries["alerts"], **entries["discretion"]}),
        emergency=_group(EmergencyTimes, entries["emergency_access"]),
        who_looked=_group(WhoLookedTimes, entries["who_looked"]),
        connection={k: float(entry["value"]) for k, entry in entries["connection"].items()},
        telehealth_consent_version=str(entries["consents"]["telehealth_version"]),
    )


def _group(kind: type[Group], entries: Mapping[str, Any]) -> Group:
    """The numbers of one group, from the entries that are named as its fields are."""
    fields = get_type_hints(kind)
    return kind(**{name: _READ[fields[name]](entries[name]) for name in fields})


def _number(entry: dict[str, Any]) -> int:
    return int(entry["value"])


def _yes_or_no(entry: dict[str, Any]) -> bool:
    if not isinstance(entry["value"], bool):
        raise ValueError("yes or no in the policy is written as true or false")
    return entry["value"]


def _span(entry: dict[str, Any]) -> timedelta:
    seconds = float(entry["value"]) * _UNITS[entry["unit"]]
    if seconds <= 0:
        raise ValueError("a length of time in the policy must be positive")
    return timedelta(seconds=seconds)


_READ: dict[type, Callable[[dict[str, Any]], Any]] = {
    timedelta: _span, int: _number, bool: _yes_or_no,
}  # fmt: skip
