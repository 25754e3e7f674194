"""After "Leave this site quickly" the Back button shows nothing of us (C-38, T-10).

The page leaves a mark before it goes, and for as long as the mark lasts our own pages answer
this browser by sending it elsewhere. The personal link is the way back in: its own pages are
neutral and always shown, and opening it takes the mark away (server/visits/link_routes.py).
"""

from __future__ import annotations

from flask import Flask, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from server.doors import Door, door_of
from server.identity import cookies

#: big, dull, and nobody wonders about it
SOMEWHERE_DULL = "https://www.weather.gov/"
PATIENTS = "own-"
PUBLIC = "page:public"


def install(app: Flask) -> None:
    """Ask before anything else; a page that is not ours to show needs no session either."""

    def elsewhere() -> AnyResponse | None:
        door = door_of(app.view_functions.get(request.endpoint or ""))
        if door is None or request.method != "GET" or cookies.AWAY not in request.cookies:
            return None
        return redirect(SOMEWHERE_DULL, 303) if _would_show(door) else None

    app.before_request(elsewhere)


def _would_show(door: Door) -> bool:
    """A patient's page always; a public one when it was reached from inside, as by Back."""
    if door.api:
        return False
    if door.permission.startswith(PATIENTS):
        return True
    from_inside = request.headers.get("Sec-Fetch-Site") == "same-origin"
    return door.permission == PUBLIC and from_inside
