"""The numbers a clinician may dispute, typed, from `clinical_policy.yaml` (POL-1)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import yaml

FILE = Path(__file__).with_name("clinical_policy.yaml")
_UNITS = {"seconds": 1, "minutes": 60, "hours": 3600, "days": 86400}


@dataclass(frozen=True)
class DropTimes:
    """TEL-8: what to do when the line is lost, each counted from the loss."""

    reconnect_for: timedelta
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
    approved_by: str | None
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
    coordinator_after: timedelta
    drop: DropTimes
    seat_lease: timedelta
    rejoin_without_waiting: timedelta
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
    return read(FILE)


def read(path: Path) -> Policy:
    """Read a policy file; a missing or mistyped entry raises KeyError or ValueError."""
    entries = yaml.safe_load(path.read_text())

    def span(group: str, name: str) -> timedelta:
        return _span(entries[group][name])

    def number(group: str, name: str) -> int:
        return int(entries[group][name]["value"])

    return Policy(
        version=str(entries["version"]),
        approved_by=entries["approved_by"],
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
        coordinator_after=span("waiting", "coordinator_after"),
        drop=DropTimes(**{name: _span(entry) for name, entry in entries["drop"].items()}),
        seat_lease=span("seats", "lease"),
        rejoin_without_waiting=span("seats", "rejoin_without_waiting"),
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
        minors=MinorRules(
            of_age_at=number("minors", "of_age_at"),
            confidential=bool(entries["minors"]["confidential"]["value"]),
        ),
        discretion=Discretion(
            quiet_signal_due=span("alerts", "quiet_signal_due"),
            call_back_due=span("alerts", "call_back_due"),
            code_word_letters=number("discretion", "code_word_letters"),
            away_for=span("discretion", "away_for"),
        ),
        emergency=EmergencyTimes(
            reason_characters=number("emergency_access", "reason_characters"),
            proof_lasts=span("emergency_access", "proof_lasts"),
            lasts=span("emergency_access", "lasts"),
            tries=number("emergency_access", "tries"),
            tries_window=span("emergency_access", "tries_window"),
        ),
        who_looked=WhoLookedTimes(
            proof_lasts=span("who_looked", "proof_lasts"),
            proof_tries=number("who_looked", "proof_tries"),
            question_due=span("who_looked", "question_due"),
        ),
        connection={k: float(entry["value"]) for k, entry in entries["connection"].items()},
        telehealth_consent_version=str(entries["consents"]["telehealth_version"]),
    )


def _span(entry: dict[str, Any]) -> timedelta:
    seconds = float(entry["value"]) * _UNITS[entry["unit"]]
    if seconds <= 0:
        raise ValueError("a length of time in the policy must be positive")
    return timedelta(seconds=seconds)
