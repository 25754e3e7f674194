"""The chart beside the call: framed pages that navigate freely, for those who treat (T-08)."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, render_template, request
from sqlalchemy.orm import Session

from config.policy import policy
from server.audit import service as audit
from server.desk import chart_pages
from server.desk.emergency_routes import banner
from server.doors import door
from server.http import actor, now, reading_on_record
from server.signals import service as signals
from server.visits import reading

bp = Blueprint("chart_pages", __name__)


@bp.get("/visits/<uuid:visit_id>/chart")
@door("chart:read", framed=True)
def overview(visit_id: uuid.UUID) -> str:
    """Who this is, what they said at check-in, their devices, what came before."""
    with reading_on_record() as session:
        read, shown = _shown(session, visit_id, "overview")
        shown["o"] = chart_pages.overview(session, read, policy(), now=now())
    return render_template("chart/overview.html", **shown)


@bp.get("/visits/<uuid:visit_id>/chart/history")
@door("chart:read", framed=True)
def history(visit_id: uuid.UUID) -> str:
    """Earlier visits and the reader's own notes about them."""
    with reading_on_record() as session:
        read, shown = _shown(session, visit_id, "history")
        shown["h"] = chart_pages.history(session, actor(), read, now=now())
    return render_template("chart/history.html", **shown)


@bp.get("/visits/<uuid:visit_id>/chart/safety")
@door("chart:read", framed=True)
def safety(visit_id: uuid.UUID) -> str:
    """Numbers where the patient is, who is near them, the crisis lines."""
    with reading_on_record() as session:
        read, shown = _shown(session, visit_id, "safety")
        shown["o"] = chart_pages.overview(session, read, policy(), now=now())
        if read.emergency is None:  # A0: what was agreed is for those who treat (T-07, T-10)
            shown["word"] = signals.code_word_of(session, read.visit.patient_id)
            shown["said"] = request.args.get("said", "")[:20]
    return render_template("chart/safety.html", **shown)


def _shown(
    session: Session, visit_id: uuid.UUID, tab: str
) -> tuple[reading.Reading, dict[str, Any]]:
    """Asked first: a stranger gets what a random id gets; a reader is written down."""
    read = reading.visit(session, actor(), visit_id, now=now())
    audit.record(
        session,
        actor(),
        f"chart:{tab}",
        read.visit.id,
        now=now(),
        reason=read.rule,
        patient_id=read.visit.patient_id,
    )
    shown: dict[str, Any] = {"visit_id": visit_id, "tab": tab}
    if read.emergency is not None:
        shown["emergency"] = banner(session, read.emergency)
    return read, shown
