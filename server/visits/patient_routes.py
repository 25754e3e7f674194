"""The patient's own pages: the way from check-in over the device test into the visit."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, jsonify, redirect, render_template, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from config.policy import policy
from server.access.actor import ActorKind
from server.doors import door
from server.errors import NotFound
from server.http import actor, now, reading, settings, transaction
from server.visits import check_in, ending, patient_pages, patient_says, quietly
from server.visits.check_in import Then
from server.visits.check_in_policy import YES, Step
from server.visits.link_policy import LinkPage
from server.visits.link_routes import bp as link_pages
from server.visits.who_looked_routes import bp as who_looked

bp = Blueprint("patient", __name__)
bp.register_blueprint(link_pages)
bp.register_blueprint(who_looked)
Answer = Response | str | tuple[str, int]
AFTER = {
    Then.PARK_FIRST: "/visit/park",
    Then.NOT_PRIVATE: "/visit/not-private",
    Then.SAFETY_VISIT: "/visit",
}


@bp.get("/visit")
@door("own-visit:come")
def visit() -> Answer:
    """Where this person is now: who are you, a question, the call, or why not just now."""
    if actor().kind is ActorKind.UNCONFIRMED:
        return redirect("/visit/confirm", 303)
    with reading() as session:
        at, told = _at(session)
        if told.page is not LinkPage.OPEN:
            return _closed(told, at)
        if at.due:
            return redirect(_question_url(at), 303)
        context = patient_pages.call_page(session, actor(), at, told, policy(), now=now())
    return render_template("visits/visit.html", **context)


@bp.get("/visit/check-in/<step>")
@door("own-visit:check-in")
def question(step: str) -> Answer:
    """One question, with the answer given before."""
    with reading() as session:
        at, told = _at(session)
        asked = _asked(step, at)
        if asked is None or told.page not in (LinkPage.OPEN, LinkPage.EARLY):
            return redirect("/visit", 303)
        context = patient_pages.question(session, at, told, asked, policy())
    return render_template(_template(asked), **context)


@bp.post("/visit/check-in/<step>")
@door("own-visit:check-in")
def answer(step: str) -> Answer:
    """Keep it at once, then the next question; or the same one, with what is missing."""
    typed = {k: v for k, v in request.form.items() if k != "csrf_token"}
    with transaction() as session:
        at, told = _at(session)
        asked = _asked(step, at)
        if asked is None or told.page not in (LinkPage.OPEN, LinkPage.EARLY):
            # Not asked any more, and not kept; a code word in it is heard all the same.
            quietly.hear(session, at.seat, at.visit, typed.values(), policy(), now=now())
            return redirect("/visit", 303)
        result = check_in.answer(
            session,
            actor(),
            asked,
            typed,
            policy(),
            base_url=settings().base_url,
            now=now(),
        )
        if result.problems:
            context = patient_pages.question(session, at, told, asked, policy())
            again = {**context, "errors": result.problems, "values": typed}
            return render_template(_template(asked), **again), 422
        if result.then is not Then.ON:
            return redirect(AFTER[result.then], 303)
        at, told = _at(session)
    return redirect(_question_url(at) if at.due else _after_the_last(told), 303)


@bp.get("/visit/park")
@door("own-visit:check-in")
def park() -> Answer:
    """NUD-8 (c): first park and get out of the car; not a dead end."""
    return _plain("visits/park.html", post_url="/visit/check-in/driving")


@bp.get("/visit/not-private")
@door("own-visit:check-in")
def not_private() -> Answer:
    """NUD-8 (b): find a better time together, or go on with care."""
    return _plain("visits/not_private.html", on_url="/visit")


@bp.get("/visit/saved")
@door("own-visit:check-in")
def saved() -> Answer:
    """Everything that can be answered days ahead is."""
    return _plain("visits/thanks.html", what="saved", back_url="/visit")


@bp.get("/visit/test")
@door("own-visit:test")
def device_test() -> Answer:
    """The device and connection test, also days ahead."""
    with reading() as session:
        at, told = _at(session)
        if told.page not in (LinkPage.OPEN, LinkPage.EARLY):
            return redirect("/visit", 303)
        context = patient_pages.call_page(session, actor(), at, told, policy(), now=now())
    page = {**context["page"], "mode": "test"}
    return render_template("visits/visit.html", **{**context, "page": page, "mode": "test"})


@bp.post("/visit/running-late")
@door("own-visit:say")
def running_late() -> Answer:
    """One tap: on my way."""
    with transaction() as session:
        patient_says.running_late(session, actor(), now=now())
    return _plain("visits/thanks.html", what="running_late", back_url="/visit")


@bp.post("/visit/come-back")
@door("own-visit:say")
def come_back() -> Answer:
    """The room closed without a clinician: she opens it again and waits."""
    with transaction() as session:
        ending.come_back(session, actor(), policy(), now=now())
    return redirect("/visit", 303)


@bp.get("/visit/cannot-come")
@door("own-visit:say")
def ask_cannot_come() -> Answer:
    """Asked once, with what would help."""
    return _plain("visits/cannot_come.html", post_url="/visit/cannot-come", back_url="/visit")


@bp.post("/visit/cannot-come")
@door("own-visit:say")
def cannot_come() -> Answer:
    """Free the time and tell the clinic."""
    wish, why = request.form.get("new_time", ""), request.form.get("why", "")[:500]
    if wish not in ("call", "none"):
        return _plain(
            "visits/cannot_come.html",
            post_url="/visit/cannot-come",
            back_url="/visit",
            errors={"new_time": "Please choose one answer."},
            values={"why": why},
        ), 422
    with transaction() as session:
        patient_says.cannot_come(
            session, actor(), why, call_me=wish == "call", times=policy(), now=now()
        )
    return _plain("visits/thanks.html", what="cannot_come")


@bp.post("/visit/phone-instead")
@door("own-visit:say", api=True)
def phone_instead() -> Response:
    """Somebody calls the number they checked in with."""
    with transaction() as session:
        patient_says.phone_instead(session, actor(), policy(), now=now())
    return jsonify({"ok": True})


def _at(session: Session) -> tuple[check_in.Position, patient_pages.Frame]:
    at = check_in.position(session, actor(), policy(), now=now())
    return at, patient_pages.frame(session, at.seat, at.visit, policy(), now=now())


def _plain(template: str, **context: Any) -> str:
    with reading() as session:
        _position, told = _at(session)
    return render_template(template, **{**told.context, **context})


def _closed(told: patient_pages.Frame, at: check_in.Position) -> Answer:
    """Not now: why, when, and what can be done meanwhile."""
    if not told.link_works:
        return render_template("visits/link_state.html", **told.context), 410
    early = told.page is LinkPage.EARLY
    return render_template(
        "visits/link_state.html",
        **told.context,
        test_url="/visit/test" if early else "",
        check_in_url=_question_url(at) if early and at.due else "",
        cannot_come_url="/visit/cannot-come" if early else "",
        running_late_url="/visit/running-late" if early else "",
        come_back_url="/visit/come-back" if _may_come_back(told, at) else "",
    )


def _may_come_back(told: patient_pages.Frame, at: check_in.Position) -> bool:
    ended = told.page is LinkPage.ENDED
    return ended and ending.may_come_back(at.visit, at.seat, policy(), now=now())


def _question_url(at: check_in.Position) -> str:
    first = at.due[0]
    driving = at.said is not None and at.said.driving == YES
    return "/visit/park" if first is Step.DRIVING and driving else f"/visit/check-in/{first}"


def _after_the_last(told: patient_pages.Frame) -> str:
    return "/visit/saved" if told.page is LinkPage.EARLY else "/visit"


def _asked(step: str, at: check_in.Position) -> Step | None:
    if step not in set(Step):
        raise NotFound
    return Step(step) if step in at.asked else None


def _template(step: Step) -> str:
    own = (Step.IDENTITY, Step.PLACE, Step.CONTACT, Step.PRIVATE, Step.CONSENT)
    return f"visits/check_in/{step if step in own else 'safety'}.html"
