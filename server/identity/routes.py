"""Sign in and sign out of staff."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from werkzeug.wrappers import Response

from server.access.actor import ActorKind
from server.doors import door
from server.errors import TooMany
from server.http import actor, now, settings, transaction
from server.identity import cookies, passwords, service
from server.identity.policy import safe_next

bp = Blueprint("identity", __name__)

WRONG = "That e-mail and password do not go together. Please try again."
HOME = {"psychiatrist": "/today", "therapist": "/today"}


class SignIn(BaseModel):
    """What the sign-in form sends."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    csrf_token: str = ""
    email: str = Field(min_length=1, max_length=254)
    password: str = Field(min_length=1, max_length=200)
    next: str = Field(default="", max_length=500)


@bp.get("/sign-in")
@door("session:sign-in")
def sign_in_page() -> Response | str:
    """The form; somebody who is signed in goes on."""
    wanted = request.args.get("next", "")
    if actor().kind is ActorKind.STAFF:
        return redirect(safe_next(wanted, _home(actor().role)), 303)
    return render_template("identity/sign_in.html", next=safe_next(wanted, ""), problem="")


@bp.post("/sign-in")
@door("session:sign-in")
def sign_in() -> Response | tuple[str, int]:
    """Check the password outside of any transaction: it is slow on purpose (T-15)."""
    try:
        typed = SignIn.model_validate(request.form.to_dict())
    except ValidationError:
        return _again("Please type your e-mail and your password.", 422)
    try:
        with transaction() as session:
            attempt = service.begin_sign_in(session, typed.email, _network(), now=now())
    except TooMany as refused:
        return _again(refused.message, 429)
    if not passwords.matches(attempt.password_hash, typed.password):
        with transaction() as session:
            service.refuse_sign_in(session, attempt, now=now())
        return _again(WRONG, 422)
    with transaction() as session:
        held = cookies.secret_in(request, cookies.STAFF)
        secret = service.sign_in(session, attempt, held, now=now())
        role = service.role_of(session, attempt)
    answer = redirect(safe_next(typed.next, _home(role)), 303)
    cookies.set_staff(answer, secret)
    return answer


@bp.post("/sign-out")
@door("session:sign-out")
def sign_out() -> Response:
    """End the session here and with us."""
    with transaction() as session:
        service.sign_out(session, actor(), now=now())
    answer = redirect("/sign-in", 303)
    cookies.drop(answer, cookies.STAFF)
    cookies.drop(answer, cookies.CALL)
    return answer


def _again(problem: str, status: int) -> tuple[str, int]:
    page = render_template(
        "identity/sign_in.html",
        next=safe_next(request.form.get("next", ""), ""),
        problem=problem,
        values={"email": request.form.get("email", "")[:254]},
    )
    return page, status


def _home(role: str) -> str:
    return HOME.get(role, "/board")


def _network() -> str:
    """The address that knocked; only a proxy of ours is believed about another (C-35)."""
    address = request.remote_addr or "-"
    if address in settings().trusted_proxies:
        return request.headers.get("X-Forwarded-For", address).rsplit(",", 1)[-1].strip()[:64]
    return address
