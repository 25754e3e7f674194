"""After "Leave this site quickly" the Back button shows nothing of us (C-38, T-10).

The page leaves a mark before it goes, and for as long as the mark lasts our own pages answer
this browser by sending it elsewhere. Opening the personal link again takes the mark away.
"""

from __future__ import annotations

from flask import Flask, Response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from server.doors import Door, door_of
from server.identity import cookies

#: big, dull, and nobody wonders about it
SOMEWHERE_DULL = "https://www.weather.gov/"
#: their first page is neutral and asks nothing; it is also the way back in
WAYS_BACK = frozenset({"patient.link.link", "patient.link.ask_not_me"})
OPENS_AGAIN = "patient.link.open_link"
PATIENTS = "own-"
PUBLIC = "page:public"


def install(app: Flask) -> None:
    """Ask before anything else; a page that is not ours to show needs no session either."""

    def elsewhere() -> AnyResponse | None:
        door = door_of(app.view_functions.get(request.endpoint or ""))
        if door is None or request.method != "GET" or cookies.AWAY not in request.cookies:
            return None
        return redirect(SOMEWHERE_DULL, 303) if _would_show(door) else None

    def back(response: Response) -> Response:
        if request.endpoint == OPENS_AGAIN and response.status_code == 303:
            cookies.drop(response, cookies.AWAY)
        return response

    app.before_request(elsewhere)
    app.after_request(back)


def _would_show(door: Door) -> bool:
    """A patient's page always; a public one when it was reached from inside, as by Back."""
    if request.endpoint in WAYS_BACK or door.api:
        return False
    if door.permission.startswith(PATIENTS):
        return True
    from_inside = request.headers.get("Sec-Fetch-Site") == "same-origin"
    return door.permission == PUBLIC and from_inside
