"""Where you are signed in: everybody's own browsers, and the end of any of them."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from server.audit import service as audit
from server.doors import door
from server.errors import NotFound
from server.http import actor, now, reading, transaction
from server.identity import sessions
from server.visits import revocation

bp = Blueprint("sessions", __name__)
SAID = {
    "one": "Signed out there.",
    "others": "Signed out everywhere else.",
}


@bp.get("/sessions")
@door("session:own")
def own() -> str:
    """This browser, and every other."""
    with reading() as session:
        rows = sessions.open_of(session, _account(), now=now())
    here = [row for row in rows if row.browser == actor().session]
    others = [row for row in rows if row.browser != actor().session]
    said = SAID.get(request.args.get("said", ""), "")
    return render_template(
        "staff/sessions.html", this=here, others=others, said=said, here="sessions"
    )


@bp.post("/sessions/end/<any(others, one):what>")
@door("session:own")
def end(what: str) -> ResponseReturnValue:
    """Sign out in one other browser, or in all of them."""
    with transaction() as session:
        audit.happens_anyway(session)
        ended = _end(session, what)
        revocation.close_seats(session, ended, now=now())
        audit.record(session, actor(), f"session:end-{what}", _account(), now=now())
    return redirect(f"/sessions?said={what}", 303)


def _end(session: Session, what: str) -> Sequence[str]:
    if what == "others":
        return sessions.end_all(session, _account(), now=now(), but=actor().session)
    key = request.form.get("browser", "")[:64]
    return sessions.end_by_key(session, _account(), key, now=now())


def _account() -> uuid.UUID:
    known = actor().account_id
    if known is None:
        raise NotFound
    return known
