"""The coordinator's board: today's visits live, and what a desk does about them (ROLE-4)."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from config.policy import policy
from server.desk import booking_form, calls, day, workspace
from server.doors import door
from server.errors import Conflict, Invalid, NotAllowed, NotFound
from server.http import actor, now, reading, settings, transaction
from server.people import rosters
from server.signals import contact
from server.visits import booking, browsers, company, scopes
from server.visits.kinds import ROLE_WORDS, Role

bp = Blueprint("board", __name__)
ACT = "<any(add, resend, copy, reassign, cancel, 'sign-out'):what>"


@bp.get("/board")
@door("board:use")
def board() -> str:
    """The whole page."""
    return render_template("desk/board.html", **_board())


@bp.get("/board/live")
@door("board:use", passive=True)
def board_live() -> str:
    """Only what changes by itself."""
    return render_template("desk/board_live.html", **_board())


@bp.get("/board/new")
@door("board:use")
def new_visit() -> str:
    """The form for a visit now or at a time."""
    return _new_form({}, {})


@bp.post("/board/new")
@door("board:use")
def open_visit() -> ResponseReturnValue:
    """Open it, or say what is missing; nothing typed is lost."""
    typed = booking_form.of(request.form)
    errors = booking_form.missing(typed)
    if errors:
        return _new_form(errors, typed), 422
    try:
        with transaction() as session:
            wanted = booking_form.read(session, actor(), typed, now=now())
            opened = booking.open_visit(
                session,
                actor(),
                wanted.patient_id,
                wanted.clinician_id,
                wanted.kind,
                wanted.starts_at,
                wanted.minutes,
                now(),
                times=policy(),
                base_url=settings().base_url,
            )
    except Invalid as refused:
        return _new_form(refused.facts.get("fields", {"kind": refused.message}), typed), 422
    return redirect(f"/board/visits/{opened.visit.id}?said=opened", 303)


@bp.get("/board/visits/<uuid:visit_id>")
@door("board:use")
def manage(visit_id: uuid.UUID) -> str:
    """One visit: its people, their links, its clinician."""
    return _manage(visit_id, said=request.args.get("said", "")[:20])


@bp.post(f"/board/visits/<uuid:visit_id>/{ACT}")
@door("board:use")
def act(visit_id: uuid.UUID, what: str) -> ResponseReturnValue:
    """One act of the desk; a refusal is said on the same page."""
    try:
        with transaction() as session:
            link = _ACTS[what](session, visit_id)
    except (Conflict, Invalid, NotAllowed) as refused:
        return _manage(visit_id, problem=refused.message), 409
    if link:
        return _manage(visit_id, link=link)
    where = "/board" if what == "cancel" else f"/board/visits/{visit_id}?said={what}"
    return redirect(where, 303)


def _add(session: Session, visit_id: uuid.UUID) -> str:
    role, _, person = request.form.get("person", "").partition(":")
    try:
        chosen, person_id = Role(role), uuid.UUID(person)
    except ValueError:
        raise Invalid("Please choose who comes along.") from None
    company.add_participant(
        session, actor(), visit_id, chosen, person_id, now(), base_url=settings().base_url
    )
    return ""


def _resend(session: Session, visit_id: uuid.UUID) -> str:
    company.resend(
        session, actor(), visit_id, _posted("participant"), now(), base_url=settings().base_url
    )
    return ""


def _copy(session: Session, visit_id: uuid.UUID) -> str:
    return company.copy_link(
        session, actor(), visit_id, _posted("participant"), now(), base_url=settings().base_url
    )


def _reassign(session: Session, visit_id: uuid.UUID) -> str:
    booking.reassign(session, actor(), visit_id, _posted("clinician"), now())
    return ""


def _cancel(session: Session, visit_id: uuid.UUID) -> str:
    booking.cancel(session, actor(), visit_id, now())
    return ""


def _sign_out(session: Session, visit_id: uuid.UUID) -> str:
    browsers.sign_out(session, actor(), visit_id, _posted("participant"), now=now())
    return ""


_ACTS = {
    "add": _add,
    "resend": _resend,
    "copy": _copy,
    "reassign": _reassign,
    "cancel": _cancel,
    "sign-out": _sign_out,
}


def _posted(name: str) -> uuid.UUID:
    try:
        return uuid.UUID(request.form.get(name, ""))
    except ValueError:
        raise NotFound from None


def _board() -> dict[str, Any]:
    with reading() as session:
        return {
            "day": day.of_clinic(session, actor(), policy(), now=now()),
            "calls": calls.waiting_for(session, actor(), clinical=False, now=now()),
            "quick_words": workspace.QUICK_WORDS,
            "here": "board",
        }


def _new_form(errors: dict[str, str], typed: dict[str, str]) -> str:
    with reading() as session:
        offered = booking_form.offered(session, actor(), now=now())
    values = typed or offered.defaults
    return render_template(
        "desk/new_visit.html", errors=errors, values=values, offered=offered, here="board"
    )


def _manage(visit_id: uuid.UUID, **shown: str) -> str:
    with reading() as session:
        visit = scopes.current(session, actor(), "board:use", visit_id)
        row = day.one(session, actor(), visit, policy(), now=now())
        doctors = [
            (str(account.id), f"{account.name}, {clinician.credentials}")
            for account, clinician in rosters.treating_staff(session, visit.clinic_id)
        ]
        wishes = contact.wishes_of(session, visit.patient_id)
        may_come = [
            (f"{person.kind.value}:{person.id}", f"{person.name}, {_companion(person.kind)}")
            for person in rosters.companions_for(session, visit.clinic_id, visit.patient_id)
        ] + [
            (f"{account.role.value}:{account.id}", f"{account.name}, {account.role.value}")
            for account, _ in rosters.staff_beside(session, visit.clinic_id)
            if account.id != visit.clinician_id
        ]
    return render_template(
        "desk/manage.html",
        row=row,
        doctors=doctors,
        may_come=may_come,
        advice=contact.advice(wishes),
        note=wishes.note,
        here="board",
        **shown,
    )


def _companion(kind: Any) -> str:
    return ROLE_WORDS[Role(kind.value)].lower()
