"""The web edge: who knocks, one transaction per use case, one shape of error, headers."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import structlog
from flask import Flask, Response, current_app, g, jsonify, redirect, render_template, request
from flask_wtf.csrf import CSRFError, validate_csrf
from sqlalchemy.exc import DataError, IntegrityError, OperationalError, SQLAlchemyError
from sqlalchemy.orm import Session
from werkzeug.exceptions import HTTPException
from werkzeug.sansio.utils import host_is_trusted
from werkzeug.wrappers import Response as AnyResponse
from wtforms.validators import ValidationError as TokenRefused

from config.settings import WebSettings
from server import spans
from server.access.actor import NOBODY, Actor
from server.access.permissions import NOT_SIGNED_IN, reason_not_to
from server.audit import pending
from server.audit import service as audit
from server.audit.chain import NotRecorded
from server.db import Clinic, Database
from server.doors import Door, door_of
from server.errors import (
    Conflict,
    DomainError,
    Gone,
    Invalid,
    NotAllowed,
    NotFound,
    NotSignedIn,
    TooMany,
    Unavailable,
)
from server.headers import of_answers
from server.limits import Allowances
from server.tenancy import EVERY_CLINIC

STATUS: dict[type[DomainError], int] = {
    NotSignedIn: 401,
    NotAllowed: 403,
    NotFound: 404,
    Conflict: 409,
    Gone: 410,
    Invalid: 422,
    TooMany: 429,
    Unavailable: 503,
    DomainError: 422,
}
UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})
Resolver = Callable[[Door, datetime], Actor]
log = structlog.get_logger("web")


def now() -> datetime:
    """The time of this request, read once."""
    if "now" not in g:
        g.now = datetime.now(UTC)
    moment: datetime = g.now
    return moment


def actor() -> Actor:
    """Who is asking, as the door found them."""
    known: Actor = g.get("actor", NOBODY)
    return known


def clinic() -> Clinic:
    """Whose rows this request may see: the asker's clinic's, and nobody's before they knock."""
    door = door_of(current_app.view_functions.get(request.endpoint or ""))
    return EVERY_CLINIC if door is not None and door.every_clinic else actor().clinic_id


def settings() -> WebSettings:
    """The settings this app was made with."""
    told: WebSettings = current_app.extensions["settings"]
    return told


def database() -> Database:
    """The database this app was made with."""
    db: Database = current_app.extensions["database"]
    return db


@contextmanager
def transaction() -> Iterator[Session]:
    """One use case; a refusal is rolled back and then audited in a transaction of its own."""
    try:
        with database().transaction(clinic()) as session:
            yield session
    except NotRecorded:
        raise
    except DomainError as refused:
        _audit_refusal(refused, anyway=pending.may_go_unrecorded(session))
        raise


@contextmanager
def reading() -> Iterator[Session]:
    """A look without a write lock; a refusal is audited all the same."""
    try:
        with database().reading(clinic()) as session:
            yield session
    except DomainError as refused:
        _audit_refusal(refused)
        raise


@contextmanager
def reading_on_record() -> Iterator[Session]:
    """A look at what is protected: no audit row, no read (C-23).

    It holds no write lock while it looks. What it wrote down is committed in a transaction of
    its own before the caller can answer; when that fails, nothing is shown.
    """
    with reading() as session:
        pending.keep_for_later(session)
        yield session
    if rows := pending.take(session):
        with database().transaction(clinic()) as own:
            pending.note(own, rows)


def _audit_refusal(refused: DomainError, *, anyway: bool = False) -> None:
    if isinstance(refused, Invalid):
        return  # a typing mistake decides nothing
    anyway = anyway or refused.bars_person_in_danger
    about = (request.view_args or {}).get("visit_id", request.endpoint or "")
    try:
        with database().transaction(clinic() or EVERY_CLINIC) as session:
            if anyway:
                audit.nobody_is_kept_out(session)
            audit.record_refusal(
                session, actor(), request.endpoint or "-", about, code=refused.code, now=now()
            )
    except (SQLAlchemyError, NotRecorded):
        log.error("refusal-not-audited", code=refused.code)
        if not anyway:
            raise Unavailable("We cannot do this right now. Please try again.") from None


def wants_json() -> bool:
    """Whether the answer is read by our script rather than by a person."""
    door = door_of(current_app.view_functions.get(request.endpoint or ""))
    return bool(door and door.api) or request.headers.get("X-Mooring") == "1"


def install(app: Flask, who: Resolver) -> None:
    """Put the edge on an app: doors, forgery checks, errors, headers."""
    app.before_request(lambda: _knock(who))
    app.after_request(_headers)
    app.register_error_handler(DomainError, _show_refusal)
    app.register_error_handler(HTTPException, _show_http_error)
    app.register_error_handler(OperationalError, _show_database_away)
    app.register_error_handler(DataError, _show_unreadable)
    app.register_error_handler(IntegrityError, _show_overtaken)
    app.register_error_handler(Exception, _show_crash)


def _knock(who: Resolver) -> None:
    g.request_id = secrets.token_hex(8)
    audit.request_id.set(g.request_id)
    spans.begin(asked=settings().demo and request.headers.get("X-Mooring-Spans") == "1")
    door = door_of(current_app.view_functions.get(request.endpoint or ""))
    named = host_is_trusted(request.headers.get("Host"), settings().hosts)
    if not named and not (door and door.machine):
        raise NotFound  # a foreign name for this machine is a trick (DNS rebinding, T-22)
    if request.endpoint is None:
        return  # no such page: 404 follows
    if door is None:
        raise NotFound
    if request.method in UNSAFE and not door.machine:
        _refuse_forgery(door)
    with spans.span(spans.AUTHORIZATION):
        g.actor = who(door, now())
        reason = reason_not_to(g.actor, door.permission)
    if reason == NOT_SIGNED_IN:
        raise NotSignedIn("Please sign in first.")
    if reason is not None:
        refused = NotFound()
        _audit_refusal(refused)
        raise refused
    if request.method in UNSAFE and not door.machine:
        _refuse_haste(g.actor)


def _refuse_haste(who: Actor) -> None:
    """One person's turns, by their row and not by their cookie; of a link, by the link.

    Strangers have no turns in common: one of them would use up everybody's way in.
    """
    allowances: Allowances = current_app.extensions["allowances"]
    link = request.path if request.view_args else None
    person = who.participant_id or who.account_id or link
    if person and not allowances.take(request.endpoint or "", str(person), time.monotonic()):
        raise TooMany("That was a lot at once. Please wait a moment, or call us.")


def _refuse_forgery(door: Door) -> None:
    """C-14: same origin by the browser's own word, and a header or a form token beside it."""
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    foreign = site not in (None, "same-origin", "none")
    # A page that sends no referrer sends "null" with its own forms; the browser still says
    # whose they are.
    own = origin in (None, settings().base_url) or (origin == "null" and site == "same-origin")
    if foreign or not own:
        raise NotAllowed("This request came from another site.", code="cross-site")
    if door.beacon and (site == "same-origin" or origin is not None):
        return
    if door.api:
        if request.headers.get("X-Mooring") != "1":
            raise NotAllowed("This request came from another site.", code="cross-site")
        return
    try:
        validate_csrf(request.form.get("csrf_token", ""))
    except (CSRFError, TokenRefused):
        raise NotAllowed(
            "This page was open for a long time. Please go back, reload it and try again.",
            code="stale-form",
        ) from None


def _answer(code: str, message: str, status: int, **facts: Any) -> Response:
    if wants_json():
        body = jsonify({"error": {"code": code, "message": message}, **facts})
        body.status_code = status
        return body
    page = render_template("error.html", code=code, message=message, status=status, **facts)
    return Response(page, status)


def _show_refusal(refused: DomainError) -> AnyResponse:
    status = next(STATUS[family] for family in type(refused).__mro__ if family in STATUS)
    if isinstance(refused, NotSignedIn) and not wants_json():
        return redirect(_sign_in_for(request.path), 303)
    answer = _answer(refused.code, refused.message, status, **refused.facts)
    if status == 503 or status == 429:
        answer.headers["Retry-After"] = "3"
    return answer


def _sign_in_for(path: str) -> str:
    if path.startswith("/visit/") or path == "/visit":
        return "/link-needed"
    # Quoted: what a path decodes to must neither end the header nor begin another parameter.
    return f"/sign-in?next={quote(path)}" if request.method == "GET" else "/sign-in"


def _show_http_error(error: HTTPException) -> AnyResponse:
    status = error.code or 500
    words = {
        404: ("not-found", "We could not find that page."),
        405: ("not-allowed", "That cannot be done here."),
        413: ("too-large", "That was too long to send."),
        429: ("too-many", "Too many tries. Please wait a minute and try again."),
    }
    code, message = words.get(status, ("refused", "We could not do that."))
    return _answer(code, message, status)


def _show_database_away(error: OperationalError) -> AnyResponse:
    log.error("database-away", request_id=g.get("request_id", ""))
    answer = _answer("unavailable", "We cannot do this right now. Please try again.", 503)
    answer.headers["Retry-After"] = "3"
    return answer


def _show_unreadable(_error: DataError) -> AnyResponse:
    """A letter or number that the database has no place for, such as a NUL."""
    return _answer("invalid", "Some of what was sent could not be read.", 422)


def _show_overtaken(error: IntegrityError) -> AnyResponse:
    log.warning("overtaken", endpoint=request.endpoint, request_id=g.get("request_id", ""))
    return _answer("conflict", "Somebody else was faster. Please look again.", 409)


def _show_crash(error: Exception) -> AnyResponse:
    if current_app.testing:
        raise error
    log.error(
        "crash",
        error=type(error).__name__,
        endpoint=request.endpoint,
        request_id=g.get("request_id", ""),
        exc_info=settings().demo,
    )
    return _answer("our-fault", "Something went wrong on our side. Nothing was lost.", 500)


def _headers(response: Response) -> Response:
    door = door_of(current_app.view_functions.get(request.endpoint or ""))
    response.headers.update(of_answers(settings(), framed=bool(door and door.framed)))
    if measured := spans.told():
        response.headers["Server-Timing"] = measured
    return response
