"""Before any view: by which name we were called, from where, who asks, whether they may."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from datetime import datetime

from flask import Flask, current_app, g, request
from flask_wtf.csrf import CSRFError, validate_csrf
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.sansio.utils import host_is_trusted
from wtforms.validators import ValidationError as TokenRefused

from server import spans
from server.access.actor import NOBODY, Actor
from server.access.permissions import NOT_SIGNED_IN, reason_not_to
from server.audit import service as audit
from server.doors import Door
from server.errors import NotAllowed, NotFound, NotSignedIn, TooMany
from server.http import Whose, audit_refusal, door_asked, now, settings
from server.limits import Allowances

UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})
Resolver = Callable[[Door, datetime], Actor]


def install(app: Flask, who: Resolver, whose: Whose) -> None:
    """Ask all of it before every view; `who` reads the cookies, `whose` the address."""
    app.extensions["whose"] = whose
    app.before_request(lambda: _knock(who))


def _knock(who: Resolver) -> None:
    g.request_id = secrets.token_hex(8)
    audit.request_id.set(g.request_id)
    spans.begin(asked=settings().demo and request.headers.get("X-Mooring-Spans") == "1")
    door = door_asked()
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
        g.actor = _asker(door, who)
        reason = reason_not_to(g.actor, door.permission)
    if reason == NOT_SIGNED_IN:
        raise NotSignedIn("Please sign in first.")
    if reason is not None:
        refused = NotFound()
        audit_refusal(refused)
        raise refused
    if request.method in UNSAFE and not door.machine:
        _refuse_haste(door, g.actor)


def _asker(door: Door, who: Resolver) -> Actor:
    """Who asks; where the database is away, nobody, as far as nobody may come in (TEL-16)."""
    try:
        return who(door, now())
    except SQLAlchemyError:
        if reason_not_to(NOBODY, door.permission):
            raise
        return NOBODY


def _refuse_haste(door: Door, who: Actor) -> None:
    """One person's turns, by their row and not by their cookie; of a link, by the link.

    Strangers have no turns in common: one of them would use up everybody's way in.
    """
    link = request.path if request.view_args else None
    person = who.participant_id or who.account_id or link
    if person is None:
        return
    allowances: Allowances = current_app.extensions["allowances"]
    what = request.endpoint or ""
    if not allowances.take(what, str(person), door.turns, time.monotonic()):
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
