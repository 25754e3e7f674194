"""Pages for anybody, without signing in: what this is, help now, a minute to breathe."""

from __future__ import annotations

from flask import Blueprint, render_template

from server.access.actor import ActorKind
from server.access.permissions import CLINICIANS, DESK
from server.doors import door
from server.http import actor

bp = Blueprint("site", __name__)


@bp.get("/")
@door("page:public", passive=True)
def home() -> str:
    """What Mooring is, whom it is for and what it refuses to do (NUD-14)."""
    return render_template("site/home.html")


@bp.get("/help")
@door("page:public", passive=True)
def help_now() -> str:
    """The help dialog as a page, for a browser without scripts (TEL-16: no sign-in)."""
    return render_template("site/help.html", back_url=_back())


@bp.get("/breathe")
@door("page:public", passive=True)
def breathe() -> str:
    """Sixty quiet seconds, one tap from the waiting room."""
    return render_template("site/breathe.html", back_url=_back())


def _back() -> str:
    """Where they belong: no page tells us where it was left (Referrer-Policy)."""
    who = actor()
    if who.kind in (ActorKind.LINK, ActorKind.UNCONFIRMED):
        return "/visit"
    if who.kind is ActorKind.STAFF and who.role in CLINICIANS | DESK:
        return "/board" if who.role in DESK else "/today"
    return ""
