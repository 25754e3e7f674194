"""Doors that exist in the demo only: sign in with a link, read everybody's letters."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit

from flask import Blueprint, redirect, render_template, request
from itsdangerous import BadSignature, URLSafeTimedSerializer
from werkzeug.wrappers import Response

from server.demo import cast
from server.doors import door
from server.errors import NotFound
from server.http import now, reading, settings, transaction
from server.identity import cookies, devices
from server.identity import service as identity
from server.identity.devices import Whence
from server.messages import service as messages
from server.messages.models import Letter

bp = Blueprint("demo", __name__)
LINK_LASTS = timedelta(hours=12)
_LINK = re.compile(r"https?://\S+")
_used: set[str] = set()


@bp.before_request
def _only_here() -> None:
    """From this machine only, unless the demo was opened on purpose.

    What a proxy brings comes from elsewhere, and a foreign name for this machine is a trick
    (DNS rebinding, T-22).
    """
    try:
        here = ipaddress.ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        here = False
    brought = any(name in request.headers for name in ("X-Forwarded-For", "Forwarded"))
    ours = (urlsplit(settings().base_url).hostname, "localhost", "127.0.0.1", "::1")
    named = urlsplit(f"//{request.host}").hostname in ours
    if not (settings().demo_remote or (here and named and not brought)):
        raise NotFound


def sign_in_token(secret_key: str, who: cast.Staff, to: str, *, nonce: str) -> str:
    """What a demo sign-in link carries: who, where to, and a nonce that works once."""
    token: str | bytes = _signer(secret_key).dumps([cast.STAFF.index(who), to, nonce])
    return str(token)


@bp.get("/demo/sign-in/<token>")
@door("demo:use", every_clinic=True)
def sign_in(token: str) -> Response:
    """Sign a member of the demo's staff in and show them the page the link is for."""
    key = settings().secret_key.get_secret_value()
    try:
        who, to, nonce = _signer(key).loads(token, max_age=int(LINK_LASTS.total_seconds()))
    except BadSignature:
        raise NotFound from None
    if nonce in _used:
        raise NotFound("This demo link has been used. Make a new one with `mooring visit`.")
    if nonce:
        _used.add(nonce)
    with transaction() as session:
        whence = Whence(devices.words(request.user_agent.string))
        secret = identity.open_staff_session(
            session, cast.STAFF[who].id, now=now(), whence=whence
        )
    answer = redirect(to, 303)
    cookies.set_staff(answer, secret)
    return answer


def _signer(secret_key: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(secret_key, salt="demo-sign-in")


@dataclass(frozen=True)
class Shown:
    """A letter as the mailbox shows it: its words cut where links begin and end."""

    letter: Letter
    parts: list[tuple[str, bool]]


@bp.get("/dev/mailbox")
@door("demo:use", every_clinic=True)
def mailbox() -> str:
    """Every e-mail and text message the demo would have sent."""
    with reading() as session:
        letters = [Shown(letter, _parts(letter.body)) for letter in messages.mailbox(session)]
    return render_template("demo/mailbox.html", letters=letters)


def _parts(body: str) -> list[tuple[str, bool]]:
    """The words, and which of them are links."""
    parts: list[tuple[str, bool]] = []
    end = 0
    for link in _LINK.finditer(body):
        parts += [(body[end : link.start()], False), (link[0], True)]
        end = link.end()
    return [*parts, (body[end:], False)]
