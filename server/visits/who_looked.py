"""Who opened a record: by role, name and day, in words that tell nothing else (T-08)."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.audit.models import AuditRow
from server.identity.models import Account
from server.visits.reading import EMERGENCY

#: each look that is on record, in words for anybody; what is not here shows nobody anything
LOOKS = {
    "chart:overview": "Your record",
    "chart:history": "Your past visits",
    "chart:safety": "Whom to call for you",
    "note:read": "Their own notes",
    "family:read": "How to reach you",
    "emergency:open": "Your record",
    "emergency:read": "Your record",
    "record:who-looked": "This list",
    "record:export": "A copy of your record",
}
IN_EMERGENCY = frozenset({"emergency:open", "emergency:read"})
ROLES = {
    "psychiatrist": "Doctor",
    "therapist": "Therapist",
    "trainee": "Therapist in training",
    "site_nurse": "Nurse",
    "site_prescriber": "Doctor at the site",
    "coordinator": "Front desk",
    "clinic_admin": "Clinic office",
    "auditor": "Privacy officer",
}
LONGEST_LIST = 2000


@dataclass(frozen=True)
class Look:
    """One person on one day; how often and at what hour is in the record itself."""

    day: date
    name: str
    role: str
    what: tuple[str, ...]
    in_emergency: bool


def of_patient(
    session: Session, clinic_id: uuid.UUID, patient_id: uuid.UUID, zone: str
) -> Sequence[Look]:
    """Everybody of the clinic who opened this record, the latest day first.

    Days are those of `zone`: a look at eleven in the evening belongs to that evening.
    """
    rows = session.execute(
        select(AuditRow.at, AuditRow.actor, AuditRow.role, AuditRow.action, AuditRow.reason)
        .where(
            AuditRow.clinic_id == clinic_id,
            AuditRow.patient_id == patient_id,
            AuditRow.action.in_(LOOKS),
            AuditRow.decision == "done",
            AuditRow.actor.startswith("staff:"),
        )
        .order_by(AuditRow.at.desc())
        .limit(LONGEST_LIST)
    ).all()
    seen: dict[tuple[date, str, str, bool], list[str]] = {}
    for at, actor, role, action, reason in rows:
        urgent = action in IN_EMERGENCY or reason == EMERGENCY
        looks = seen.setdefault((_day(at, zone), actor, role, urgent), [])
        if LOOKS[action] not in looks:
            looks.append(LOOKS[action])
    names = _names(session, clinic_id, {actor for _, actor, _, _ in seen})
    return [
        Look(day, names.get(actor, "Somebody of the clinic"), ROLES.get(role, "Staff"),
             tuple(sorted(what)), urgent)
        for (day, actor, role, urgent), what in seen.items()
    ]  # fmt: skip


def _day(at: datetime, zone: str) -> date:
    return at.astimezone(ZoneInfo(zone)).date()


def _names(session: Session, clinic_id: uuid.UUID, actors: set[str]) -> dict[str, str]:
    ids = {uuid.UUID(actor.removeprefix("staff:")) for actor in actors}
    found = session.execute(
        select(Account.id, Account.name).where(
            Account.id.in_(ids), Account.clinic_id == clinic_id
        )
    )
    return {f"staff:{account_id}": name for account_id, name in found}
