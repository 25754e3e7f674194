"""Autosave: `PUT /visits/<id>/note`, the one door a note's text goes through."""

from __future__ import annotations

import uuid

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from server.chart import service
from server.doors import door
from server.errors import Invalid
from server.http import actor, now, transaction

bp = Blueprint("chart", __name__)


class Saving(BaseModel):
    """What the page sends two seconds after the last key (R-08)."""

    model_config = ConfigDict(extra="forbid", strict=True)

    text: str
    revision: int = Field(ge=0)
    key: str = Field(min_length=8, max_length=64)


@bp.put("/visits/<uuid:visit_id>/note")
@door("note:write", api=True)
def save_note(visit_id: uuid.UUID) -> ResponseReturnValue:
    """Keep the text, or answer 409 with both."""
    try:
        asked = Saving.model_validate(request.get_json(silent=True))
    except ValidationError:
        raise Invalid("The note did not arrive whole. We try again.") from None
    with transaction() as session:
        kept = service.save(
            session, actor(), visit_id, asked.text, asked.revision, asked.key, now=now()
        )
    saved_at = kept.saved_at.isoformat() if kept.saved_at else None
    return jsonify(revision=kept.revision, saved_at=saved_at)
