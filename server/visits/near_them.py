"""Who is near the patient, as they say it in the visit: it mends the emergency plan (TEL-5)."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from config.policy import Policy
from server.access.actor import Actor
from server.audit import service as audit
from server.control import service as control
from server.errors import Invalid
from server.people import phones
from server.visits import admission, attest, happenings
from server.visits.check_in_policy import NO, YES


@dataclass(frozen=True)
class NearThem:
    """Somebody who can come to the patient."""

    name: str
    phone: str
    reachable: bool


def name_somebody(
    session: Session,
    actor: Actor,
    visit_id: uuid.UUID,
    somebody: NearThem,
    times: Policy,
    *,
    now: datetime,
) -> str | None:
    """Keep what the clinician was told; returns the code that still stops therapy, if any.

    Nobody in reach stops therapy and never contact (NUD-8 g).
    """
    visit, _own = attest.hosted(session, actor, visit_id)
    name, typed = somebody.name.strip(), somebody.phone.strip()
    phone = phones.number(typed)
    wrong = {}
    if not name and (somebody.reachable or typed):
        wrong["support_name"] = "Please write their name."
    if phone is None and (somebody.reachable or typed):
        wrong["support_phone"] = "Please write their number with its area code."
    if wrong:
        raise Invalid(next(iter(wrong.values())), fields=wrong)
    said = attest.patient_said(session, visit, now)
    said.support_name, said.support_phone = name, phone or ""
    said.support_reachable = YES if somebody.reachable else NO
    said.contact_at = said.saved_at = now
    visit.version += 1
    session.flush()
    code = admission.begin(session, visit, now=now)
    control.order(session, visit.room.node, "change", room=visit.room.name, now=now)
    happenings.tell_boards(session, visit, now=now)
    audit.record(
        session,
        actor,
        "visit:near-them",
        visit.id,
        now=now,
        patient_id=visit.patient_id,
        reason="reachable" if somebody.reachable else "nobody",
        policy_version=times.version,
    )
    return code
