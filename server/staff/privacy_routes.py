"""Name the privacy officer's address; an auditor sees which it is."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from server.access.permissions import reason_not_to
from server.doors import door
from server.http import actor, now, reading, transaction
from server.staff import privacy

bp = Blueprint("privacy", __name__)
OFF = "Please write a whole e-mail address, or leave it empty."


class Officer(BaseModel):
    """What the form sends."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    csrf_token: str = ""
    privacy_email: str = Field(max_length=254, pattern=r"^\s*([^@\s]+@[^@\s]+\.[^@\s]+)?\s*$")


@bp.get("/people/privacy-officer")
@door("people:read")
def page() -> str:
    """Where the letters go now."""
    return _page(said="said" in request.args)


@bp.post("/people/privacy-officer")
@door("clinic:manage")
def name() -> ResponseReturnValue:
    """Keep the address, or say what is off."""
    typed = request.form.to_dict()
    try:
        officer = Officer.model_validate(typed)
    except ValidationError:
        return _page(errors={"privacy_email": OFF}, typed=typed.get("privacy_email", "")), 422
    with transaction() as session:
        privacy.name_officer(session, actor(), officer.privacy_email.strip(), now=now())
    return redirect("/people/privacy-officer?said=1", 303)


def _page(
    *, said: bool = False, errors: dict[str, str] | None = None, typed: str | None = None
) -> str:
    with reading() as session:
        kept = privacy.clinic_of(session, actor()).privacy_email
    return render_template(
        "staff/privacy_officer.html",
        kept=kept,
        values={"privacy_email": kept if typed is None else typed[:254]},
        errors=errors or {},
        said=said,
        here="people",
        may_change=reason_not_to(actor(), "clinic:manage") is None,
    )
