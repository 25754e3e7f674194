"""What went wrong, as HTTP: one status and one shape for each family, and every header."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import structlog
from flask import Flask, Response, current_app, g, jsonify, redirect, render_template, request
from sqlalchemy.exc import (
    DataError,
    IntegrityError,
    InterfaceError,
    OperationalError,
    SQLAlchemyError,
)
from sqlalchemy.exc import TimeoutError as NoneFree
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as AnyResponse

from server import spans
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
from server.http import door_asked, settings

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
log = structlog.get_logger("web")


def install(app: Flask) -> None:
    """Turn whatever a view raises into an answer, and give every answer its headers."""
    app.after_request(_headers)
    app.register_error_handler(DomainError, _show_refusal)
    app.register_error_handler(HTTPException, _show_http_error)
    for away in (OperationalError, InterfaceError, NoneFree):
        app.register_error_handler(away, _show_database_away)
    app.register_error_handler(DataError, _show_unreadable)
    app.register_error_handler(IntegrityError, _show_overtaken)
    app.register_error_handler(Exception, _show_crash)


def _wants_json() -> bool:
    """Whether the answer is read by our script rather than by a person."""
    door = door_asked()
    return bool(door and door.api) or request.headers.get("X-Mooring") == "1"


def _answer(code: str, message: str, status: int, **facts: Any) -> Response:
    if _wants_json():
        body = jsonify({"error": {"code": code, "message": message}, **facts})
        body.status_code = status
        return body
    page = render_template("error.html", code=code, message=message, status=status, **facts)
    return Response(page, status)


def _show_refusal(refused: DomainError) -> AnyResponse:
    status = next(STATUS[family] for family in type(refused).__mro__ if family in STATUS)
    if isinstance(refused, NotSignedIn) and not _wants_json():
        return redirect(_sign_in_for(request.path), 303)
    answer = _answer(refused.code, refused.message, status, **refused.facts)
    if status in (429, 503):
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


def _show_database_away(away: SQLAlchemyError) -> AnyResponse:
    log.error("database-away", error=type(away).__name__, request_id=g.get("request_id", ""))
    return _show_refusal(Unavailable("We cannot do this right now. Please try again."))


def _show_unreadable(_error: DataError) -> AnyResponse:
    """A letter or number that the database has no place for, such as a NUL."""
    return _show_refusal(Invalid("Some of what was sent could not be read."))


def _show_overtaken(_error: IntegrityError) -> AnyResponse:
    log.warning("overtaken", endpoint=request.endpoint, request_id=g.get("request_id", ""))
    return _show_refusal(Conflict("Somebody else was faster. Please look again."))


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
    door = door_asked()
    response.headers.update(of_answers(settings(), framed=bool(door and door.framed)))
    if measured := spans.told():
        response.headers["Server-Timing"] = measured
    return response
