"""Facts a clinician must have at hand: start strip, local numbers, what to do after a drop."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from config.policy import Policy
from server.desk import clock
from server.desk.words import Chip, Facts
from server.people.models import Patient
from server.risk import service as risk
from server.risk.service import LocalHelp
from server.visits.day import VisitOfDay
from server.visits.kinds import OPEN_STATES
from server.visits.models import CheckIn


@dataclass(frozen=True)
class Strip:
    """The start-of-visit strip (APA/ATA): each line a fact, or that it is missing."""

    identity: Chip
    place: str
    licence: Chip
    phone: str
    support_name: str
    support_phone: str
    support: str
    consent: Chip
    code: Chip
    attested: Chip


@dataclass(frozen=True)
class Step:
    """One step of the plan for a lost line (TEL-8), due so many seconds after the loss."""

    after: int
    words: str
    tel: str = ""
    act: str = ""


@dataclass(frozen=True)
class Drop:
    """The patient's line is lost since then."""

    since: datetime | None
    steps: Sequence[Step]


def strip_of(each: VisitOfDay, patient: Patient, facts: Facts, zone: str) -> Strip:
    """The strip, from what the patient said and the clinician attested."""
    said, visit = each.check_in, each.visit
    return Strip(
        identity=Chip("Name, birth date", "calm")
        if said and said.identity_at
        else Chip("Not given yet", "care"),
        place=_place(said),
        licence=_licence(facts),
        phone=(said.phone if said else "") or patient.phone,
        support_name=(said.support_name if said else "") or patient.support_name,
        support_phone=(said.support_phone if said else "") or patient.support_phone,
        support={"yes": "reachable", "no": "not reachable now"}.get(
            said.support_reachable if said else "", ""
        ),
        consent=Chip(f"Consent {said.consent_version}", "calm")
        if said and said.consent_at
        else Chip("Consent open", "care"),
        code=_code(each.patient.safety_code),
        attested=Chip(f"Confirmed {clock.hour(visit.attested_at, zone)}", "calm")
        if visit.attested_at
        else Chip("Not confirmed yet", "care"),
    )


def _code(outcome: str) -> Chip:
    return {
        "matched": Chip("Matched", "calm"),
        "mismatch": Chip("Did not match", "alarm"),
        "skipped": Chip("Skipped"),
    }.get(outcome, Chip("Not compared"))


def _place(said: CheckIn | None) -> str:
    if said is None or not (said.city or said.street):
        return ""
    street = " ".join(part for part in (said.street, said.unit) if part)
    town = " ".join(part for part in (said.city, said.state) if part)
    return ", ".join(part for part in (street, town) if part)


def _licence(facts: Facts) -> Chip:
    if not facts.state_code:
        return Chip("Place missing, no therapy yet", "alarm")
    if facts.licensed:
        return Chip(f"{facts.state_code}, valid", "calm")
    return Chip(f"None in {facts.state_code}, no therapy", "alarm")


def numbers_of(session: Session, said: CheckIn | None) -> LocalHelp | None:
    """Emergency numbers where the patient says they are (TEL-4)."""
    if said is None or not said.state:
        return None
    return risk.local_help(session, state=said.state, city=said.city)


def drop_of(
    each: VisitOfDay, facts: Facts, patient: Patient, said: CheckIn | None, times: Policy
) -> Drop:
    """TEL-8, in the order of the policy; software proposes, a person decides (TEL-16)."""
    plan, who = times.drop, patient.short_name
    phone = (said.phone if said else "") or patient.phone
    support = (said.support_name if said else "") or patient.support_name
    support_phone = (said.support_phone if said else "") or patient.support_phone
    steps = [
        Step(0, "They come back by the same link. The room stays open."),
        Step(_seconds(plan.phone_patient_at), f"Call {who}", tel=phone),
        Step(_seconds(plan.send_new_link_at), "Send a new link", act="resend"),
        Step(
            _seconds(plan.phone_support_at),
            f"Call {support or 'the support person'}",
            tel=support_phone,
        ),
        Step(_seconds(plan.decide_welfare_check_at), "Decide: welfare check", act="numbers"),
    ]
    lost = facts.admitted and facts.began_at is not None and not facts.here
    is_open = each.visit.state in OPEN_STATES
    return Drop(facts.left_at if lost and is_open else None, steps)


def _seconds(span: timedelta) -> int:
    return int(span.total_seconds())
