"""The administrator's pages: who works here, what they are, and the end of their access."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from sqlalchemy.orm import Session

from config.policy import policy
from server.access.actor import Actor
from server.access.permissions import reason_not_to
from server.doors import door
from server.errors import Conflict, Invalid, NotAllowed
from server.http import actor, now, reading, settings, transaction
from server.identity.models import StaffRole
from server.staff import accounts, roster

bp = Blueprint("people", __name__)
ROLES = [(role.value, words) for role, words in roster.ROLE_WORDS.items()]
SAID = {
    "invited": "They are invited. The letter with their link is on its way.",
    "link": "A new link is on its way. The one before no longer works.",
    "role": "They have their new role, and were signed out everywhere.",
    "end": "Their access has ended. They are signed out everywhere.",
    "open": "Their access is open again.",
    "sign-out": "They are signed out everywhere.",
}


class Invitation(BaseModel):
    """What the form of an invitation sends."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    csrf_token: str = ""
    name: str = Field(min_length=2, max_length=120, pattern=r"\S")
    email: str = Field(max_length=254, pattern=r"^\s*[^@\s]+@[^@\s]+\.[^@\s]+\s*$")
    role: StaffRole


MISSING = {
    "name": "Please write their name.",
    "email": "Please write a whole e-mail address.",
    "role": "Please choose what they are here.",
}


@bp.get("/people")
@door("people:read")
def everybody() -> str:
    """Who works here."""
    with reading() as session:
        rows = roster.rows(session, actor(), now=now())
    return render_template("staff/people.html", rows=rows, here="people", **_may())


@bp.get("/people/new")
@door("people:manage")
def invite_page() -> str:
    """The form of an invitation."""
    return _invite_form({}, {})


@bp.post("/people/new")
@door("people:manage")
def invite() -> ResponseReturnValue:
    """Invite them, or say what is missing; nothing typed is lost."""
    typed = request.form.to_dict()
    try:
        wanted = Invitation.model_validate(typed)
    except ValidationError as refused:
        fields = {str(each["loc"][0]) for each in refused.errors(include_input=False)}
        return _invite_form({f: MISSING[f] for f in MISSING if f in fields}, typed), 422
    try:
        with transaction() as session:
            account = accounts.invite(
                session,
                actor(),
                name=wanted.name,
                email=wanted.email,
                role=wanted.role,
                times=policy(),
                base_url=settings().base_url,
                now=now(),
            )
    except Invalid as refused:
        return _invite_form(refused.facts["fields"], typed), 422
    return redirect(f"/people/{account.id}?said=invited", 303)


@bp.get("/people/<uuid:account_id>")
@door("people:read")
def person(account_id: uuid.UUID) -> str:
    """One account and what can be done about it."""
    return _person(account_id, said=SAID.get(request.args.get("said", ""), ""))


@bp.post("/people/<uuid:account_id>/<any(link, role, end, open, 'sign-out'):what>")
@door("people:manage")
def act(account_id: uuid.UUID, what: str) -> ResponseReturnValue:
    """One act; a refusal is said on the same page."""
    try:
        with transaction() as session:
            _ACTS[what](session, actor(), account_id)
    except (Conflict, Invalid, NotAllowed) as refused:
        return _person(account_id, problem=refused.message), 409
    return redirect(f"/people/{account_id}?said={what}", 303)


def _link(session: Session, who: Actor, account_id: uuid.UUID) -> None:
    base_url = settings().base_url
    accounts.send_link(session, who, account_id, times=policy(), base_url=base_url, now=now())


def _role(session: Session, who: Actor, account_id: uuid.UUID) -> None:
    try:
        role = StaffRole(request.form.get("role", ""))
    except ValueError:
        raise Invalid(MISSING["role"]) from None
    accounts.change_role(session, who, account_id, role, now=now())


def _end(session: Session, who: Actor, account_id: uuid.UUID) -> None:
    accounts.disable(session, who, account_id, now=now())


def _open(session: Session, who: Actor, account_id: uuid.UUID) -> None:
    accounts.enable(session, who, account_id, now=now())


def _sign_out(session: Session, who: Actor, account_id: uuid.UUID) -> None:
    accounts.end_sessions(session, who, account_id, now=now())


_ACTS: dict[str, Callable[[Session, Actor, uuid.UUID], None]] = {
    "link": _link,
    "role": _role,
    "end": _end,
    "open": _open,
    "sign-out": _sign_out,
}


def _person(account_id: uuid.UUID, *, said: str = "", problem: str = "") -> str:
    with reading() as session:
        row = roster.row(session, actor(), account_id, now=now())
    return render_template(
        "staff/person.html",
        row=row,
        roles=ROLES,
        said=said,
        problem=problem,
        here="people",
        **_may(),
    )


def _invite_form(errors: dict[str, str], values: dict[str, str]) -> str:
    return render_template(
        "staff/invite.html", roles=ROLES, errors=errors, values=values, here="people"
    )


def _may() -> dict[str, bool]:
    """An auditor reads these pages and changes nothing (CLINICAL.md §7)."""
    return {"may_change": reason_not_to(actor(), "people:manage") is None}
