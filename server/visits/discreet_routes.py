"""For whoever is watched: say so in one tap, and leave so that nothing of us shows (T-10)."""

from __future__ import annotations

from flask import Blueprint, jsonify, render_template
from werkzeug.wrappers import Response

from config.policy import policy
from server.doors import door
from server.http import actor, now, transaction
from server.identity import cookies, link_sessions
from server.visits import quietly

bp = Blueprint("discreet", __name__)


@bp.post("/visit/saved")
@door("own-visit:say")
def saved() -> str:
    """ "Somebody is with me": the address and the answer look like any answer kept."""
    with transaction() as session:
        quietly.not_alone(session, actor(), policy(), now=now())
    return render_template("visits/thanks.html", what="saved", back_url="/visit")


@bp.post("/visit/away")
@door("own-visit:come", api=True, beacon=True)
def away() -> Response:
    """ "Leave this site quickly": this browser's session is over; the link asks who it is."""
    with transaction() as session:
        link_sessions.close(session, actor().session, now=now())
    answer = jsonify({"ok": True})
    cookies.drop(answer, cookies.VISIT)
    cookies.set_away(answer, lasts=policy().discretion.away_for)
    return answer
