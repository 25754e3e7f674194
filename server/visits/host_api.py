"""What the clinicians of a visit decide by script: who is in it, how it ends."""

from __future__ import annotations

import uuid

from flask import Blueprint, Response, jsonify, request

from config.policy import policy
from server.doors import door
from server.http import actor, now, transaction
from server.visits import admission, ending, forms, measured, words
from server.visits.signed import ice_servers

bp = Blueprint("host", __name__)
OK = {"ok": True}


@bp.post("/visits/<uuid:visit_id>/message")
@door("visit:write", api=True)
def message_waiting(visit_id: uuid.UUID) -> Response:
    """A few words to somebody waiting; the patient unless another is named."""
    form = forms.read(forms.Words, request.get_json(silent=True))
    with transaction() as session:
        seat = words.seat_to_write_to(session, actor(), visit_id, form.participant)
        words.to_waiting(session, actor(), seat.id, form.text, now=now())
    return jsonify(OK)


@bp.post("/visits/<uuid:visit_id>/participants/<uuid:participant_id>/admit")
@door("visit:admit", api=True)
def admit(visit_id: uuid.UUID, participant_id: uuid.UUID) -> Response:
    """Let them in."""
    with transaction() as session:
        admission.admit(
            session,
            actor(),
            visit_id,
            participant_id,
            policy(),
            ice_servers(participant_id),
            now=now(),
            shown=request.args.get("seat", type=int),
        )
    return jsonify(OK)


@bp.post("/visits/<uuid:visit_id>/participants/<uuid:participant_id>/wait")
@door("visit:admit", api=True)
def wait(visit_id: uuid.UUID, participant_id: uuid.UUID) -> Response:
    """Send them back to the waiting room."""
    with transaction() as session:
        admission.send_to_wait(session, actor(), visit_id, participant_id, now=now())
    return jsonify(OK)


@bp.post("/visits/<uuid:visit_id>/participants/<uuid:participant_id>/remove")
@door("visit:admit", api=True)
def remove(visit_id: uuid.UUID, participant_id: uuid.UUID) -> Response:
    """Take them out for good."""
    with transaction() as session:
        admission.remove(session, actor(), visit_id, participant_id, now=now())
    return jsonify(OK)


@bp.post("/visits/<uuid:visit_id>/safety-code")
@door("visit:conduct", api=True)
def safety_code(visit_id: uuid.UUID) -> Response:
    """Whether the spoken code matched."""
    form = forms.read(forms.CodeSpoken, request.get_json(silent=True))
    with transaction() as session:
        measured.safety_code(
            session, actor(), visit_id, form.outcome, form.participant, now=now()
        )
    return jsonify(OK)


@bp.post("/visits/<uuid:visit_id>/end")
@door("visit:end", api=True)
def end(visit_id: uuid.UUID) -> Response:
    """End the visit for everybody."""
    form = forms.read(forms.EndVisit, request.get_json(silent=True))
    closing = ending.Closing(**form.model_dump())
    with transaction() as session:
        ending.end(session, actor(), visit_id, closing, policy(), now=now())
    return jsonify(OK)


@bp.post("/visits/<uuid:visit_id>/reopen")
@door("visit:end", api=True)
def reopen(visit_id: uuid.UUID) -> Response:
    """Take an ended visit up again."""
    with transaction() as session:
        ending.reopen(session, actor(), visit_id, policy(), now=now())
    return jsonify(OK)
