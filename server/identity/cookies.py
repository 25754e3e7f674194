"""The cookies: staff, visit and call are apart, so that one browser can play both sides.

`__Host-` binds a cookie to this host, https and the whole site. A visit link comes from a mail,
so its cookie is Lax; the others are never sent from elsewhere.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

from werkzeug.wrappers import Request, Response

STAFF = "__Host-staff"
VISIT = "__Host-visit"
CALL = "__Host-call"
BROWSER = "__Host-browser"
#: the only one a script may write: it opens nothing and hides everything (server/away.py)
AWAY = "__Host-away"

#: a phone forgets cookies without an age when it closes the browser; the link session has its
#: own limits, this only has to outlive them
VISIT_COOKIE_LASTS = timedelta(days=120)


def set_staff(response: Response, secret: str) -> None:
    """Signed in, until the browser closes or the session ends."""
    _set(response, STAFF, secret, "Strict")


def set_visit(response: Response, secret: str) -> None:
    """This browser opened a visit link."""
    _set(response, VISIT, secret, "Lax", VISIT_COOKIE_LASTS)


def set_call(response: Response, secret: str, *, lasts: timedelta) -> None:
    """This browser may fetch tickets for one visit, for as long as that visit may last."""
    _set(response, CALL, secret, "Strict", lasts)


def set_browser(response: Response, secret: str, *, lasts: timedelta) -> None:
    """A browser staff have signed in with: it opens nothing, a new one is told of (T-14)."""
    _set(response, BROWSER, secret, "Strict", lasts)


def set_away(response: Response, *, lasts: timedelta) -> None:
    """Somebody left quickly; the page had put it there at once, this gives it an end (C-38)."""
    response.set_cookie(
        AWAY, "1", max_age=lasts, path="/", secure=True, httponly=False, samesite="Lax"
    )


def drop(response: Response, name: str) -> None:
    """Forget a cookie; `__Host-` asks for the same attributes again."""
    response.delete_cookie(name, path="/", secure=True, httponly=True)


def secret_in(request: Request, name: str) -> str:
    """What the browser sent, or nothing; longer than ours cannot be ours."""
    sent = request.cookies.get(name, "")
    return sent if len(sent) <= 64 else ""


def _set(
    response: Response,
    name: str,
    secret: str,
    same_site: Literal["Strict", "Lax"],
    lasts: timedelta | None = None,
) -> None:
    response.set_cookie(
        name, secret, max_age=lasts, path="/", secure=True, httponly=True, samesite=same_site
    )
