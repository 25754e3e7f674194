"""Who looked at a record, for whoever answers the patient: one plain page to print (T-08)."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from server.audit import service as audit
from server.desk import clock
from server.doors import door
from server.emergency_access.policy import is_exactly
from server.errors import NotFound
from server.http import actor, now, reading, reading_on_record
from server.people import lookup, scopes
from server.people import queries as people
from server.visits import who_looked
from server.visits.identity_policy import day_of

bp = Blueprint("looked", __name__, url_prefix="/who-looked")
NOBODY = "We found nobody with exactly this name and date of birth."


@bp.get("")
@door("record:who-looked")
def find() -> str:
    """Whose list: by whole name and birthday, as the person asking gives them."""
    return _form()


@bp.post("")
@door("record:who-looked")
def found() -> Response | tuple[str, int]:
    """Lead to the list, or say that there is nobody, here or anywhere."""
    form = request.form
    born_on = day_of(*(form.get(f"birth_date_{p}", "") for p in ("year", "month", "day")))
    clinic_id = actor().clinic_id
    if born_on is None or clinic_id is None:
        return _form({"birth_date": "Please type the date of birth."}, form), 422
    try:
        with reading() as session:
            person = lookup.by_name_and_birthday(
                session, clinic_id, form.get("full_name", "")[:120], born_on, same=is_exactly
            )
            if person is None:
                raise NotFound
    except NotFound:
        return _form({"full_name": NOBODY}, form), 422
    return redirect(f"/who-looked/{person.id}", 303)


@bp.get("/<uuid:patient_id>")
@door("record:who-looked")
def looks(patient_id: uuid.UUID) -> str:
    """The list of one person; looking at it is a look, too."""
    with reading_on_record() as session:
        person = scopes.patient(session, actor(), "record:who-looked", patient_id)
        clinic = people.clinic(session, person.clinic_id)
        audit.record(
            session,
            actor(),
            "record:who-looked",
            person.id,
            now=now(),
            patient_id=person.id,
        )
        rows = who_looked.of_patient(session, person.clinic_id, person.id, clinic.timezone)
    return render_template(
        "who_looked/looks.html",
        patient=person,
        looks=rows,
        day_words=lambda day: f"{clock.day(day)} {day.year}",
        printed=f"{clock.day(clock.local(now(), clinic.timezone).date())}, "
        f"{clock.hour(now(), clinic.timezone)}",
        here="who-looked",
    )


def _form(
    errors: Mapping[str, str] | None = None, typed: Mapping[str, str] | None = None
) -> str:
    return render_template(
        "who_looked/find.html", errors=errors or {}, values=typed or {}, here="who-looked"
    )
