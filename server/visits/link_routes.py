"""The pages behind a personal link, before anybody is let near a visit (T-17, C-34)."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, redirect, render_template, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from config.policy import policy
from server.access.actor import ActorKind
from server.doors import door
from server.http import actor, now, reading, transaction
from server.identity import cookies
from server.people import queries as people
from server.people.models import Clinic
from server.visits import links, patient_pages
from server.visits.identifiers import Said, known_of
from server.visits.identity_policy import day_of
from server.visits.link_policy import LinkPage
from server.visits.queries import participant, room_of, seat_of, visit_in

bp = Blueprint("link", __name__)
NOT_AS_WE_KNOW_YOU = "This is not how we know you. Please look once more."
Answer = Response | str | tuple[str, int]


@bp.get("/v/<token>")
@door("link:open", passive=True, every_clinic=True)
def link(token: str) -> Answer:
    """Neutral words and one button; it changes nothing, a mail scanner does no harm."""
    try:
        with reading() as session:
            clinic = _clinic_of(session, token)
    except links.UnknownLink:
        return _unknown()
    return render_template(
        "visits/link.html",
        open_url=f"/v/{token}",
        not_me_url=f"/v/{token}/not-me",
        clinic=clinic,
    )


@bp.post("/v/<token>")
@door("link:open", every_clinic=True)
def open_link(token: str) -> Answer:
    """Open it here; the token leaves path and history at once."""
    try:
        with transaction() as session:
            seat = participant(session, links.find(session, token).participant_id)
            visit = visit_in(session, seat.room_id)
            told = patient_pages.frame(session, seat, visit, policy(), now=now())
            if not told.link_works:
                return _closed(told)
            opened = links.open_link(session, token, _held(), policy(), now=now())
    except links.UnknownLink:
        return _unknown()
    answer = redirect("/visit" if opened.confirmed else "/visit/confirm", 303)
    cookies.set_visit(answer, opened.secret)
    cookies.drop(answer, cookies.AWAY)
    return answer


@bp.get("/v/<token>/not-me")
@door("link:open", passive=True, every_clinic=True)
def ask_not_me(token: str) -> Answer:
    """Asked once, as one tap too many would close the link."""
    try:
        with reading() as session:
            clinic = _clinic_of(session, token)
    except links.UnknownLink:
        return _unknown()
    return render_template(
        "visits/not_me.html",
        post_url=f"/v/{token}/not-me",
        back_url=f"/v/{token}",
        clinic=clinic,
    )


@bp.post("/v/<token>/not-me")
@door("link:open", every_clinic=True)
def not_me(token: str) -> Answer:
    """The message reached somebody else."""
    try:
        with transaction() as session:
            seat = links.not_me(session, token, _held(), policy(), now=now())
            clinic = people.clinic(session, room_of(session, seat).clinic_id)
    except links.UnknownLink:
        return _unknown()
    return render_template("visits/thanks.html", what="not_me", clinic=clinic)


@bp.get("/link-needed")
@door("page:public", passive=True)
def link_needed() -> str:
    """No link is open in this browser: where to find it, and whom to call."""
    return render_template("visits/link_needed.html")


@bp.get("/visit/confirm")
@door("own-visit:come")
def confirm_page() -> Answer:
    """Two identifiers, before a further browser is told anything."""
    if actor().kind is ActorKind.LINK:
        return redirect("/visit", 303)
    with reading() as session:
        left = links.tries_left(session, _held(), policy())
        return _ask_who(session, left), 429 if left == 0 else 200


@bp.post("/visit/confirm")
@door("own-visit:come")
def confirm() -> Answer:
    """Right: a new session id. Wrong: one try less, over all browsers with this link."""
    if actor().kind is ActorKind.LINK:
        return redirect("/visit", 303)
    form = request.form
    said = Said(
        born_on=day_of(*(form.get(f"birth_date_{p}", "") for p in ("year", "month", "day"))),
        phone_end=form.get("phone_end", "")[:32],
        name=form.get("full_name", "")[:200],
    )
    with transaction() as session:
        result = links.confirm(session, actor(), _held(), said, policy(), now=now())
        if not result.secret:
            page = _ask_who(session, result.tries_left, typed=form.to_dict())
            return page, 422 if result.tries_left else 429
    answer = redirect("/visit", 303)
    cookies.set_visit(answer, result.secret)
    return answer


def _ask_who(session: Session, tries_left: int, typed: Mapping[str, str] | None = None) -> str:
    seat = seat_of(session, actor())
    asks_name = known_of(session, seat).born_on is None
    wrong = {"full_name" if asks_name else "birth_date": NOT_AS_WE_KNOW_YOU}
    return render_template(
        "visits/confirm.html",
        confirm_url="/visit/confirm",
        tries_left=tries_left,
        asks_name=asks_name,
        clinic=people.clinic(session, room_of(session, seat).clinic_id),
        errors=wrong if typed else {},
        values=typed or {},
    )


def _clinic_of(session: Session, token: str) -> Clinic:
    seat = participant(session, links.find(session, token).participant_id)
    return people.clinic(session, room_of(session, seat).clinic_id)


def _closed(told: patient_pages.Frame) -> Answer:
    """The visit is over for this link: no session, and no name of anybody."""
    page = LinkPage.ENDED if told.page is LinkPage.OPEN else told.page
    context = {**told.context, "state": page.value, "clinician": ""}
    return render_template("visits/link_state.html", **context), 410


def _unknown() -> Answer:
    """The same for a random token, one called back, and one that was not for them."""
    return render_template("visits/link_state.html", state="unknown"), 404


def _held() -> str:
    return cookies.secret_in(request, cookies.VISIT)
