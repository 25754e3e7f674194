"""The clinician's one screen, and the acts that belong to a visit's start and dangers."""

from __future__ import annotations

import uuid
from typing import Annotated, Any, Literal

from flask import Blueprint, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from sqlalchemy.orm import Session

from config.policy import policy
from server.audit.chain import NotRecorded
from server.desk import day, workspace
from server.doors import door
from server.errors import Invalid
from server.http import actor, now, reading_on_record, settings, transaction
from server.people.us_states import STATES
from server.visits import admission, attest, company, conversion, near_them
from server.visits.ending import OUTCOMES, TECHNICAL_OUTCOMES

bp = Blueprint("workspace", __name__)
Words = Annotated[str, Field(max_length=300)]
CODES = {
    "E_LOCATION_MISSING": "Their place is missing. Ask for it before therapy begins.",
    "E_DRIVING": "They are driving. Therapy begins once they have parked and left the car.",
    "E_EMERGENCY_PLAN": "Nobody near them can be reached. Not as therapy; a safety visit may.",
    "E_LICENCE_STATE": "You hold no licence where they are. Stay with them; no therapy there.",
    "E_ON_HOLD": "Nobody may join this visit yet. Make it a safety visit if they need you now.",
    "E_ATTESTATION": "Written down. No therapy now. Make it a safety visit; stay with them.",
    "E_NOT_ADMITTED": "Written down. The visit begins when the patient is let in.",
}


class Moved(BaseModel):
    """Where the patient says they are now."""

    model_config = ConfigDict(extra="forbid")

    street: Annotated[str, Field(max_length=120)] = ""
    unit: Annotated[str, Field(max_length=40)] = ""
    city: Annotated[str, Field(max_length=80)] = ""
    state: Annotated[str, Field(max_length=2)] = ""


class Near(BaseModel):
    """Who is near the patient, and whether they can be reached now."""

    model_config = ConfigDict(extra="forbid")

    support_name: Annotated[str, Field(max_length=120)] = ""
    support_phone: Annotated[str, Field(max_length=40)] = ""
    support_reachable: Literal["yes", "no"]


class Statement(BaseModel):
    """One line of the start attestation."""

    model_config = ConfigDict(extra="forbid")

    answer: Literal["confirmed", "unable"]
    because: Words = ""


@bp.get("/visits/<uuid:visit_id>")
@door("visit:work")
def open_workspace(visit_id: uuid.UUID) -> ResponseReturnValue:
    """The whole screen; after a conversion, the screen of the visit it became."""
    w, others = looked_at(visit_id)
    if w.visit.id != visit_id:
        return redirect(url_for("workspace.open_workspace", visit_id=w.visit.id), 303)
    if w.self_id is None:
        return redirect(url_for("chart_pages.overview", visit_id=w.visit.id), 303)
    return render_template("desk/workspace.html", others=others, **_context(w))


@bp.get("/visits/<uuid:visit_id>/live")
@door("visit:work", passive=True)
def live(visit_id: uuid.UUID) -> str:
    """The regions that change by themselves; asking for them keeps no session alive (C-05)."""
    w, others = looked_at(visit_id)
    return render_template("desk/workspace_live.html", others=others, **_context(w))


@bp.post("/visits/<uuid:visit_id>/start")
@door("visit:attest", api=True)
def start(visit_id: uuid.UUID) -> ResponseReturnValue:
    """The start attestation: each statement confirmed, or unable and why (NUD-8)."""
    answers = {name: _statement(name, told) for name, told in _told().items()}
    with transaction() as session:
        code = attest.start(session, actor(), visit_id, answers, policy(), now=now())
    return jsonify(code=code, words=CODES.get(code or "", "The start is written down."))


@bp.post("/visits/<uuid:visit_id>/moved")
@door("visit:conduct", api=True)
def moved(visit_id: uuid.UUID) -> ResponseReturnValue:
    """The patient has moved: the licence is asked again (TEL-2, TEL-11)."""
    try:
        told = Moved.model_validate(request.get_json(silent=True))
    except ValidationError:
        raise Invalid("Please write the street, the city and the state.") from None
    place = attest.Place(told.street, told.unit, told.city, told.state)
    with transaction() as session:
        found = attest.moved(session, actor(), visit_id, place, policy(), now=now())
    words = CODES.get(found.code or "", "The new place is kept.")
    return jsonify(state=found.state, may_treat=found.may_treat, code=found.code, words=words)


@bp.post("/visits/<uuid:visit_id>/near-them")
@door("visit:conduct", api=True)
def near(visit_id: uuid.UUID) -> ResponseReturnValue:
    """Who can come to the patient: without anybody there is no therapy (TEL-5, NUD-8 g)."""
    try:
        told = Near.model_validate(request.get_json(silent=True))
    except ValidationError:
        raise Invalid("Please write their name and number, or choose “nobody”.") from None
    somebody = near_them.NearThem(
        told.support_name, told.support_phone, told.support_reachable == "yes"
    )
    with transaction() as session:
        code = near_them.name_somebody(
            session, actor(), visit_id, somebody, policy(), now=now()
        )
    return jsonify(code=code, words=CODES.get(code or "", "It is kept."))


@bp.post("/visits/<uuid:visit_id>/call-for-help")
@door("visit:conduct", api=True)
def call_for_help(visit_id: uuid.UUID) -> ResponseReturnValue:
    """Silent: a task on the coordinators' board, nothing in the room (TEL-5)."""
    with transaction() as session:
        attest.call_for_help(session, actor(), visit_id, policy(), now=now())
    return jsonify(words="The front desk has been called.")


@bp.post("/visits/<uuid:visit_id>/convert")
@door("visit:convert", api=True)
def convert(visit_id: uuid.UUID) -> ResponseReturnValue:
    """Make it a safety visit in the same room (NUD-9)."""
    with transaction() as session:
        admission.host_of(session, actor(), visit_id)
        visit = conversion.to_safety_visit(
            session,
            actor(),
            visit_id,
            "NUD-9",
            policy(),
            base_url=settings().base_url,
            now=now(),
        )
    return jsonify(visit=str(visit.id), words="This is now a safety visit.")


@bp.post("/visits/<uuid:visit_id>/participants/<uuid:participant_id>/resend")
@door("visit:arrange", api=True)
def resend(visit_id: uuid.UUID, participant_id: uuid.UUID) -> ResponseReturnValue:
    """A fresh link by letter, for instance when the line was lost (TEL-8)."""
    with transaction() as session:
        company.resend(
            session, actor(), visit_id, participant_id, now(), base_url=settings().base_url
        )
    return jsonify(words="A new link is on its way.")


def looked_at(visit_id: uuid.UUID) -> tuple[workspace.Workspace, Any]:
    """What is clinical is read on record; a broken one bars nobody from a safety visit.

    Then its screen comes without the note (C-23, R-21).
    """
    try:
        with reading_on_record() as session:
            shown = _both(session, visit_id, with_note=True)
    except NotRecorded:
        with transaction() as session:
            shown = _both(session, visit_id, with_note=False)
    return shown


def _both(
    session: Session, visit_id: uuid.UUID, *, with_note: bool
) -> tuple[workspace.Workspace, Any]:
    w = workspace.of(session, actor(), visit_id, policy(), now=now(), with_note=with_note)
    return w, day.waiting_elsewhere(session, actor(), w.visit.id, policy(), now=now())


def _told() -> dict[str, Any]:
    told = request.get_json(silent=True)
    return told if isinstance(told, dict) else {}


def _statement(name: str, told: Any) -> attest.Answer:
    """`{"identity": "confirmed"}` or `{"identity": {"answer": "unable", "because": …}}`."""
    if name not in attest.STATEMENTS:
        raise Invalid("Please reload the page; the statements have changed.")
    shaped = {"answer": told} if isinstance(told, str) else told
    try:
        said = Statement.model_validate(shaped)
    except ValidationError:
        words = f"Please answer: {attest.STATEMENTS[name]}."
        raise Invalid(words, fields={name: "Confirm, or say why not."}) from None
    return attest.Answer(said.answer == "confirmed", said.because)


def _context(w: workspace.Workspace) -> dict[str, Any]:
    return {
        "w": w,
        "page": workspace.page(w),
        "statements": list(attest.STATEMENTS.items()),
        "outcomes": list(OUTCOMES.items()),
        "technical_outcomes": list(TECHNICAL_OUTCOMES.items()),
        "states": STATES,
        "quick_words": workspace.QUICK_WORDS,
    }
