"""Set a password by a link that works once."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from config.policy import policy
from server.doors import door
from server.http import now, reading, transaction
from server.identity import cookies, password_links
from server.identity.passwords import hash_password
from server.people import queries as people
from server.staff import accounts
from server.staff.policy import reason_not_this_password

bp = Blueprint("password", __name__)


@bp.get("/set-password/<token>")
@door("password:set", every_clinic=True)
def page(token: str) -> ResponseReturnValue:
    """The form; looking changes nothing, a mail scanner does no harm (T-17)."""
    try:
        with reading() as session:
            password_links.account_of(session, token, now=now())
    except password_links.UnknownPasswordLink:
        return _unknown()
    return _form(token, {})


@bp.post("/set-password/<token>")
@door("password:set", every_clinic=True)
def set_it(token: str) -> ResponseReturnValue:
    """Keep the password, once; hashing happens outside any transaction (T-15)."""
    password = request.form.get("password", "")[:200]
    try:
        with reading() as session:
            account = password_links.account_of(session, token, now=now())
            clinic = people.clinic(session, account.clinic_id)
            about = (account.name, account.email, clinic.name, "mooring")
        problem = reason_not_this_password(
            password, shortest=policy().password_shortest, about=about
        )
        if problem:
            return _form(token, {"password": problem}), 422
        kept = hash_password(password)
        with transaction() as session:
            accounts.set_password(session, token, kept, now=now())
    except password_links.UnknownPasswordLink:
        return _unknown()
    answer = redirect("/sign-in", 303)
    cookies.drop(answer, cookies.STAFF)
    return answer


def _form(token: str, errors: dict[str, str]) -> str:
    return render_template(
        "staff/set_password.html",
        post_url=f"/set-password/{token}",
        errors=errors,
        shortest=policy().password_shortest,
    )


def _unknown() -> tuple[str, int]:
    return render_template("staff/password_link_over.html"), 404
