"""The page of a clinician's credentials and licences: what a visit is held under (TEL-11)."""

from __future__ import annotations

import uuid

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from server.access.actor import Actor
from server.access.permissions import reason_not_to
from server.doors import door
from server.errors import Invalid, NotFound
from server.http import actor, now, reading, transaction
from server.people.phones import shown
from server.people.us_states import OUTSIDE, STATES
from server.staff import licence_forms as forms
from server.staff import licensing

bp = Blueprint("licences", __name__)
SAID = {
    "shown": "It is kept. Patients see it from now on.",
    "keep": "The licence is kept. Today stands as the day it was looked up.",
    "end": "The licence has ended. No therapy begins under it any more.",
}


@bp.get("/people/<uuid:account_id>/licences")
@door("people:read")
def of_clinician(account_id: uuid.UUID) -> str:
    """How they are shown, and every licence."""
    return _page(account_id, said=SAID.get(request.args.get("said", ""), ""))


@bp.post("/people/<uuid:account_id>/licences/<any(keep, shown, end):what>")
@door("people:manage")
def change(account_id: uuid.UUID, what: str) -> ResponseReturnValue:
    """Keep what was typed, or say what is off; nothing typed is lost."""
    try:
        with transaction() as session:
            licensing.clinician(session, actor(), account_id)  # before a word is said of a form
            _ACTS[what](session, actor(), account_id)
    except Invalid as refused:
        typed = request.form.to_dict()
        return _page(account_id, errors=refused.facts["fields"], values=typed, form=what), 422
    return redirect(f"/people/{account_id}/licences?said={what}", 303)


def _keep(session: Session, who: Actor, account_id: uuid.UUID) -> None:
    told = forms.authority(request.form, today=now().date())
    licensing.keep(session, who, account_id, told, now=now())


def _shown(session: Session, who: Actor, account_id: uuid.UUID) -> None:
    licensing.introduce(session, who, account_id, forms.introduction(request.form), now=now())


def _end(session: Session, who: Actor, account_id: uuid.UUID) -> None:
    try:
        named = uuid.UUID(request.form.get("licence", ""))
    except ValueError:
        raise NotFound from None
    licensing.end(session, who, account_id, named, now=now())


_ACTS = {"keep": _keep, "shown": _shown, "end": _end}


def _page(
    account_id: uuid.UUID,
    *,
    said: str = "",
    errors: dict[str, str] | None = None,
    values: dict[str, str] | None = None,
    form: str = "",
) -> str:
    with reading() as session:
        clinician = licensing.clinician(session, actor(), account_id)
        held = licensing.licences(session, clinician)
    as_kept = {
        "short_name": clinician.short_name,
        "credentials": clinician.credentials,
        "page_phone": shown(clinician.page_phone),
    }
    return render_template(
        "staff/licences.html",
        clinician=clinician,
        held=held,
        covers=lambda licence: licence.covers(now().date()),
        as_shown=(values or {}) if form == "shown" else as_kept,
        values=(values or {}) if form == "keep" else {},
        errors=errors or {},
        states=[(code, name) for code, name in STATES if code != OUTSIDE],
        state_names=dict(STATES),
        kinds=list(forms.KINDS.items()),
        kind_words=forms.KINDS,
        said=said,
        here="people",
        may_change=reason_not_to(actor(), "people:manage") is None,
    )
