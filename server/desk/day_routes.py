"""The clinician's home: today's visits, who waits, who needs somebody; and their own set-up."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from config.policy import policy
from server.access.actor import ActorKind
from server.desk import calls, day, workspace
from server.desk.workspace_routes import looked_at
from server.doors import door
from server.errors import NotFound
from server.http import actor, now, reading, transaction
from server.tasks import service as tasks
from server.visits import admission, words
from server.visits.signed import ice_servers

bp = Blueprint("day", __name__)


@bp.get("/today")
@door("day:read")
def today() -> str:
    """The whole page."""
    return render_template("desk/today.html", **_day())


@bp.get("/today/live")
@door("day:read", passive=True)
def today_live() -> str:
    """Only what changes by itself (C-05: asking keeps no session alive)."""
    return render_template("desk/today_live.html", **_day())


@bp.get("/visits/<uuid:visit_id>/who/<uuid:participant_id>")
@door("visit:work")
def who(visit_id: uuid.UUID, participant_id: uuid.UUID) -> str:
    """The confirm-who card: right person, place and browser, before anybody is let in."""
    w, _others = looked_at(visit_id)
    person = next((p for p in w.people if p.id == participant_id), None)
    if person is None:
        raise NotFound
    return render_template("desk/who.html", w=w, person=person, here="today")


@bp.post("/visits/<uuid:visit_id>/who/<uuid:participant_id>")
@door("visit:admit")
def admit(visit_id: uuid.UUID, participant_id: uuid.UUID) -> ResponseReturnValue:
    """Let them in and go to the workspace."""
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
    return redirect(url_for("workspace.open_workspace", visit_id=visit_id) + "#in", 303)


@bp.post("/today/<uuid:visit_id>/message")
@door("visit:write")
def message(visit_id: uuid.UUID) -> ResponseReturnValue:
    """A few words to whoever waits, in one press; also without a script."""
    with transaction() as session:
        seat = words.seat_to_write_to(session, actor(), visit_id, None)
        words.to_waiting(session, actor(), seat.id, request.form.get("text", ""), now=now())
    return redirect(_home(), 303)


@bp.post("/tasks/<uuid:task_id>/<any(take, done):what>")
@door("task:take")
def task(task_id: uuid.UUID, what: str) -> ResponseReturnValue:
    """Somebody takes a call, or has done it (TEL-15)."""
    act = tasks.acknowledge if what == "take" else tasks.finish
    goes_to = _home()
    with transaction() as session:
        act(session, actor(), task_id, now=now())
        visit_id = (
            calls.stepped_in(session, actor(), task_id, now=now()) if what == "take" else None
        )
        if visit_id is not None:
            goes_to = url_for("workspace.open_workspace", visit_id=visit_id)
    return redirect(goes_to, 303)


@bp.get("/set-up")
@door("set-up:test")
def set_up() -> str:
    """The clinician's own device test: their set-up fails more visits than the patient's."""
    page = {
        "side": "staff",
        "role": actor().role,
        "self": str(actor().account_id),
        "visit": "",
        "mode": "test",
        "urls": {
            "device_test": "/staff/device-test",
            "echo_ticket": "/staff/echo-ticket",
            "home": _home(),
        },
        "names": {},
        "help": {},
        "policy": {"connection": policy().connection},
    }
    return render_template("desk/set_up.html", page=page, here="set-up")


def _day() -> dict[str, Any]:
    with reading() as session:
        return {
            "day": day.of_clinician(session, actor(), policy(), now=now()),
            "calls": calls.waiting_for(session, actor(), clinical=True, now=now()),
            "quick_words": workspace.QUICK_WORDS,
            "here": "today",
        }


def _home() -> str:
    is_desk = actor().kind is ActorKind.STAFF and actor().role == "coordinator"
    return "/board" if is_desk else "/today"
