"""Ask for one record in an emergency, close it, and review what was opened."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from flask import Blueprint, redirect, render_template, request
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from werkzeug.wrappers import Response

from config.policy import policy
from server.access.permissions import reason_not_to
from server.doors import door
from server.emergency_access import closing, queries, service
from server.emergency_access.forms import Filled, read, whats_missing
from server.emergency_access.models import Verdict
from server.errors import DomainError, Invalid, NotFound
from server.http import actor, now, reading, settings, transaction
from server.identity import passwords
from server.people import queries as people

bp = Blueprint("emergency_access", __name__, url_prefix="/emergency-access")
Answer = Response | str | tuple[str, int]
WRONG_PASSWORD = "This is not your password. Please type it once more."  # noqa: S105  # words
#: where each refusal is shown
PLACES = {
    "emergency-nobody-found": "full_name",
    "emergency-not-needed": "full_name",
    "emergency-prove-yourself": "password",
    "emergency-reason-too-short": "reason",
}


class Reviewing(BaseModel):
    """What the review list sends."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    csrf_token: str = ""
    verdict: Verdict
    review_words: str = Field(default="", max_length=300)


@bp.get("")
@door("emergency:open")
def ask() -> Answer:
    """The form; whoever has a record open here goes on reading it."""
    with reading() as session:
        if queries.open_here(session, actor(), now=now()) is not None:
            return redirect("/emergency-access/record", 303)
    return _form(closed="closed" in request.args)


@bp.post("")
@door("emergency:open")
def open_one() -> Answer:
    """Count the try, check the password, then look the person up: in this order (T-07)."""
    filled = read(request.form)
    with reading() as session:
        needs_proof = service.needs_proof(session, actor(), policy().emergency, now=now())
    if missing := whats_missing(filled, policy().emergency, needs_proof=needs_proof):
        return _form(missing, request.form), 422
    try:
        _open(filled)
    except (Invalid, NotFound):
        raise
    except DomainError as refused:
        status = 429 if isinstance(refused, service.TooManyTries) else 422
        place = PLACES.get(refused.code, "full_name")
        return _form({place: refused.message}, request.form), status
    return redirect("/emergency-access/record", 303)


def _open(filled: Filled) -> None:
    """Three transactions, as the password is checked outside of any."""
    times = policy().emergency
    with transaction() as session:
        attempt = service.begin(session, actor(), times, now=now())
    if not attempt.is_proved:
        right = passwords.matches(attempt.password_hash, filled.password)
        with transaction() as session:
            if not right:
                raise service.ProveYourself(WRONG_PASSWORD)
            service.prove(session, actor(), attempt, now=now())
    with transaction() as session:
        service.open_access(
            session,
            actor(),
            attempt,
            filled.asked,
            policy(),
            base_url=settings().base_url,
            now=now(),
        )


@bp.post("/close")
@door("emergency:close")
def close() -> Response:
    """Done reading."""
    with transaction() as session:
        closing.close(session, actor(), now=now())
    return redirect("/emergency-access?closed=1", 303)


@bp.get("/review")
@door("emergency:review")
def review_list() -> str:
    """Everything that was opened in an emergency; what waits for a look comes first."""
    return _review()


@bp.post("/review/<uuid:access_id>")
@door("emergency:review")
def review(access_id: uuid.UUID) -> Answer:
    """Accept it with a word, or mark it for follow-up."""
    try:
        said = Reviewing.model_validate(request.form.to_dict())
    except ValidationError:
        raise Invalid("Please choose what you found, and add a word.") from None
    try:
        with transaction() as session:
            closing.review(
                session, actor(), access_id, said.verdict, said.review_words, now=now()
            )
    except Invalid as missing:
        return _review({f"words-{access_id}": missing.message}), 422
    return redirect("/emergency-access/review", 303)


def _form(
    errors: Mapping[str, str] | None = None,
    typed: Mapping[str, str] | None = None,
    *,
    closed: bool = False,
) -> str:
    times = policy().emergency
    with reading() as session:
        unclosed = queries.unclosed(session, actor())
        needs_proof = service.needs_proof(session, actor(), times, now=now())
    kept = {name: value for name, value in (typed or {}).items() if name != "password"}
    return render_template(
        "emergency_access/form.html",
        times=times,
        minutes=round(times.lasts.total_seconds() / 60),
        needs_proof=needs_proof,
        elsewhere=unclosed is not None
        and unclosed.browser != actor().session
        and unclosed.expires_at > now(),
        closed=closed,
        errors=errors or {},
        values=kept,
        here="emergency",
    )


def _review(errors: Mapping[str, str] | None = None) -> str:
    with reading() as session:
        rows = queries.for_review(session, actor())
        zone = people.clinic(session, _clinic_id()).timezone
    return render_template(
        "emergency_access/review.html",
        rows=rows,
        words=lambda moment: _words(moment, zone),
        may_see_looks=reason_not_to(actor(), "record:who-looked") is None,
        errors=errors or {},
        here="review",
    )


def _words(moment: datetime, zone: str) -> str:
    return f"{moment.astimezone(ZoneInfo(zone)):%A %-d %B %Y, %H:%M}"


def _clinic_id() -> uuid.UUID:
    known = actor().clinic_id
    if known is None:
        raise NotFound
    return known
