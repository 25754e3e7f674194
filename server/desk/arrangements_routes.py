"""Who may know, how to reach them, the code word, and what was said unseen: for staff."""

from __future__ import annotations

import uuid

from flask import Blueprint, jsonify, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from config.policy import policy
from server.desk import arrangements
from server.doors import door
from server.errors import Conflict, Invalid, NotAllowed, NotFound
from server.guardians import service as guardians
from server.guardians.identities import Contact
from server.guardians.models import Scope
from server.http import actor, now, reading_on_record, transaction
from server.people import queries as people
from server.signals import contact
from server.signals import service as signals
from server.visits import guardian_access, scopes

bp = Blueprint("arrangements", __name__)
LONGEST = 254


@bp.get("/visits/<uuid:visit_id>/arrangements")
@door("family:arrange")
def show(visit_id: uuid.UUID) -> str:
    """Who answers for the patient and what they may; how the patient may be reached."""
    return _page(visit_id, said=request.args.get("said", "")[:20])


@bp.post("/visits/<uuid:visit_id>/arrangements/<any(add, scopes, end, contact):what>")
@door("family:arrange")
def change(visit_id: uuid.UUID, what: str) -> ResponseReturnValue:
    """One change; what is missing is said on the same page, and nothing typed is lost."""
    try:
        with transaction() as session:
            _CHANGES[what](session, visit_id)
    except Invalid as refused:
        errors = refused.facts.get("fields", {})
        return _page(visit_id, problem=refused.message, errors=errors, form=what), 422
    except (Conflict, NotAllowed) as refused:
        return _page(visit_id, problem=refused.message, form=what), 409
    return redirect(f"/visits/{visit_id}/arrangements?said={what}", 303)


@bp.post("/visits/<uuid:visit_id>/code-word")
@door("code-word:agree", framed=True)
def code_word(visit_id: uuid.UUID) -> ResponseReturnValue:
    """Agree on a word, or have none from now on; an empty field takes no word away."""
    typed = request.form.get("code_word", "")
    back = f"/visits/{visit_id}/chart/safety"
    with transaction() as session:
        visit = scopes.current(session, actor(), "code-word:agree", visit_id)
        if request.form.get("forget"):
            signals.forget(session, actor(), visit.patient_id, now=now())
            return redirect(f"{back}?said=no-word", 303)
        shortest = policy().discretion.code_word_letters
        try:
            signals.agree(
                session, actor(), visit.patient_id, typed, shortest=shortest, now=now()
            )
        except Invalid:
            return redirect(f"{back}?said=other-word", 303)
    return redirect(f"{back}?said=word", 303)


@bp.post("/visits/<uuid:visit_id>/signals/seen")
@door("signal:see", api=True)
def seen(visit_id: uuid.UUID) -> ResponseReturnValue:
    """Somebody who treats has seen what was said unseen, as far as their page showed it."""
    shown = request.args.getlist("signal", type=uuid.UUID)
    with transaction() as session:
        visit = scopes.current(session, actor(), "signal:see", visit_id)
        signals.seen(session, actor(), visit.room_id, shown, now=now())
    return jsonify(words="It is marked as seen.")


def _add(session: Session, visit_id: uuid.UUID) -> None:
    visit = arrangements.visit_of(session, actor(), visit_id)
    patient = people.patient(session, visit.patient_id)
    typed = {name: request.form.get(name, "")[:LONGEST] for name in ("name", "email", "phone")}
    wanted = arrangements.wanted_by(actor(), _posted_scopes("scope"))
    guardians.add(
        session,
        actor(),
        patient,
        Contact(**typed),
        None,
        wanted,
        of_age_at=policy().minors.of_age_at,
        now=now(),
    )


def _scopes(session: Session, visit_id: uuid.UUID) -> None:
    guardian = _guardian(session, visit_id)
    shown = _posted_scopes("shown")
    wanted = arrangements.wanted_by(actor(), _posted_scopes("scope"), shown)
    guardian_access.set_scopes(
        session, actor(), guardian.person.id, wanted, shown=shown, now=now()
    )


def _end(session: Session, visit_id: uuid.UUID) -> None:
    guardian = _guardian(session, visit_id)
    guardian_access.end(session, actor(), guardian.person.id, now=now())


def _contact(session: Session, visit_id: uuid.UUID) -> None:
    visit = arrangements.visit_of(session, actor(), visit_id)
    wishes = arrangements.wishes_in(request.form)
    as_of = request.form.get("as_of", "")
    contact.keep(session, actor(), visit.patient_id, wishes, instead_of=as_of, now=now())


_CHANGES = {"add": _add, "scopes": _scopes, "end": _end, "contact": _contact}


def _posted_scopes(name: str) -> frozenset[Scope]:
    return arrangements.scopes_in(request.form.getlist(name))


def _guardian(session: Session, visit_id: uuid.UUID) -> guardians.Guardian:
    """One of this patient's guardians, by the id the form sent (T-01)."""
    visit = arrangements.visit_of(session, actor(), visit_id)
    asked = request.form.get("guardian", "")
    for each in guardians.of_patient(session, visit.patient_id, now=now()):
        if str(each.person.id) == asked:
            return each
    raise NotFound


def _page(visit_id: uuid.UUID, *, said: str = "", problem: str = "", **shown: object) -> str:
    with reading_on_record() as session:
        a = arrangements.of(session, actor(), visit_id, policy(), now=now())
    ticked = set(request.form.getlist("scope")) if shown.get("form") == "add" else None
    typed = arrangements.wishes_in(request.form) if shown.get("form") == "contact" else None
    here = "board" if actor().role == "coordinator" else "today"
    values = {k: v[:LONGEST] for k, v in request.form.items() if k != "csrf_token"}
    return render_template(
        "desk/arrangements.html",
        a=a,
        said=said,
        problem=problem,
        ticked=ticked,
        wishes=typed or a.wishes,
        values=values,
        here=here,
        scopes=Scope,
        **shown,
    )
