"""Sign in and sign out of staff."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from werkzeug.wrappers import Response

from config.policy import policy
from server.access.actor import ActorKind
from server.doors import door
from server.errors import TooMany, Unavailable
from server.http import actor, now, settings, transaction
from server.identity import cookies, devices, known_browsers, passwords, service
from server.identity.devices import Whence
from server.identity.policy import safe_next
from server.identity.secret_ids import new_secret

bp = Blueprint("identity", __name__)

WRONG = "That e-mail and password do not go together. Please try again."
HOME = {
    "psychiatrist": "/today",
    "therapist": "/today",
    "trainee": "/today",
    "coordinator": "/board",
    "clinic_admin": "/people",
    "auditor": "/audit",
}


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
        return redirect(safe_next(wanted, home_of(actor().role)), 303)
    return render_template("identity/sign_in.html", next=safe_next(wanted, ""), problem="")


@bp.post("/sign-in")
@door("session:sign-in", every_clinic=True)
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
    try:
        right = passwords.matches(attempt.password_hash, typed.password)
    except Unavailable:
        with transaction() as session:
            service.withdraw_attempt(session, attempt)  # nobody has looked at it
        raise
    if not right:
        with transaction() as session:
            service.refuse_sign_in(session, attempt, now=now())
        return _again(WRONG, 422)
    with transaction() as session:
        held = cookies.secret_in(request, cookies.STAFF)
        whence = Whence(devices.words(request.user_agent.string), devices.network(_network()))
        secret = service.sign_in(session, attempt, held, now=now(), whence=whence)
        account = service.account_of(session, attempt)
        browser = cookies.secret_in(request, cookies.BROWSER) or new_secret()
        known_browsers.note(
            session, account, browser, whence, base_url=settings().base_url, now=now()
        )
    answer = redirect(safe_next(typed.next, home_of(account.role.value)), 303)
    cookies.set_staff(answer, secret)
    cookies.set_browser(answer, browser, lasts=policy().browsers_known)
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


def home_of(role: str) -> str:
    """The first page of a role; whoever has none of their own yet sees their sessions."""
    return HOME.get(role, "/sessions")


def _network() -> str:
    """The address that knocked; only a proxy of ours is believed about another (C-35)."""
    address = request.remote_addr or "-"
    if address in settings().trusted_proxies:
        return request.headers.get("X-Forwarded-For", address).rsplit(",", 1)[-1].strip()[:64]
    return address
