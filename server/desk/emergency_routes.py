"""The record somebody opened in an emergency: where to begin reading, for one hour (T-07)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, redirect, render_template
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from server.audit import service as audit
from server.desk import clock, words
from server.doors import door
from server.emergency_access import policy, queries
from server.emergency_access.models import EmergencyAccess
from server.http import actor, now, reading_on_record
from server.people import queries as people
from server.people import rosters
from server.signals import contact
from server.visits import reading

bp = Blueprint("emergency_record", __name__)


@dataclass(frozen=True)
class Banner:
    """What stands on every page opened by it."""

    name: str
    until: str
    minutes_left: int
    seconds_left: int


@bp.get("/emergency-access/record")
@door("emergency:read")
def record() -> Response | str:
    """Who this is, whom to call, and the visits whose chart may be read."""
    with reading_on_record() as session:
        access = queries.open_here(session, actor(), now=now())
        if access is None:
            return redirect("/emergency-access", 303)
        audit.record(
            session,
            actor(),
            "emergency:read",
            access.id,
            now=now(),
            reason=reading.EMERGENCY,
            patient_id=access.patient_id,
        )
        shown = _shown(session, access)
    return render_template("emergency_access/record.html", **shown)


def banner(session: Session, access: EmergencyAccess) -> Banner:
    """Whose record, and how long."""
    zone = people.clinic(session, access.clinic_id).timezone
    return Banner(
        name=people.patient(session, access.patient_id).short_name,
        until=clock.hour(access.expires_at, zone),
        minutes_left=policy.minutes_left(access, now=now()),
        seconds_left=int((access.expires_at - now()).total_seconds()) + 1,
    )


def _shown(session: Session, access: EmergencyAccess) -> dict[str, Any]:
    patient = people.patient(session, access.patient_id)
    zone = people.clinic(session, access.clinic_id).timezone
    found = reading.visits_of(session, access)
    doctors = rosters.clinicians(session, {each.clinician_id for each in found})
    rows = []
    for each in found:
        at, doctor = clock.local(each.starts_at, zone), doctors.get(each.clinician_id)
        rows.append(
            {
                "id": each.id,
                "when": f"{clock.day(at.date())} {at.year}, {at:%H:%M}",
                "kind": words.kind_words(each.kind, clinical=True),
                "clinician": doctor.short_name if doctor else "",
            }
        )
    wishes = contact.wishes_of(session, patient.id)
    place = (patient.last_street, patient.last_unit, patient.last_city, patient.last_state)
    return {
        "emergency": banner(session, access),
        "patient": patient,
        "born": clock.born(patient.born_on),
        "age": words.age(patient.born_on, clock.local(now(), zone).date()),
        "place": ", ".join(part for part in place if part),
        "reason": access.reason,
        # whoever calls may otherwise tell the wrong person (T-10)
        "before_calling": [*contact.advice(wishes), *filter(None, [wishes.note])],
        "visits": rows,
        "here": "emergency",
    }
