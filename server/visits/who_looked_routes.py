"""The patient's pages about who opened their record, each time behind who they are (C-38)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from flask import Blueprint, redirect, render_template, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from config.policy import policy
from server.doors import door
from server.http import actor, now, reading_on_record, transaction
from server.people import queries as people
from server.visits import own_looks
from server.visits import policy as rules
from server.visits.identifiers import Said
from server.visits.identity_policy import day_of
from server.visits.queries import room_of, visit_in

bp = Blueprint("who_looked", __name__, url_prefix="/visit/who-looked")
NOT_AS_WE_KNOW_YOU = "This is not how we know you. Please look once more."
Answer = Response | str | tuple[str, int]


@bp.get("")
@door("own-record:who-looked")
def who_looked() -> Answer:
    """The list, or the question who is asking; an old session is asked again."""
    with reading_on_record() as session:
        if not _is_open(session):
            return redirect("/visit", 303)
        if own_looks.is_proved(session, actor(), policy(), now=now()):
            looks = own_looks.read(session, actor(), policy(), now=now())
            return render_template(
                "visits/who_looked.html",
                looks=looks,
                day_words=_day_words,
                clinic=_clinic(session),
                ask_url="/visit/who-looked/ask",
                back_url="/visit",
            )
        return _ask_who(session, own_looks.tries_left(session, actor(), policy()))


@bp.post("")
@door("own-record:who-looked")
def prove() -> Answer:
    """Two identifiers again; five tries over all browsers of a link."""
    form = request.form
    said = Said(
        born_on=day_of(*(form.get(f"birth_date_{p}", "") for p in ("year", "month", "day"))),
        phone_end=form.get("phone_end", "")[:32],
    )
    with transaction() as session:
        if not _is_open(session):
            return redirect("/visit", 303)
        left = own_looks.prove(session, actor(), said, policy(), now=now())
        if left is not None:
            page, status = _ask_who(session, left, typed=form.to_dict())
            return page, status if left == 0 else 422
    return redirect("/visit/who-looked", 303)


@bp.post("/ask")
@door("own-record:who-looked")
def ask() -> Answer:
    """Somebody of the clinic calls about it; the number to call is here at once."""
    with transaction() as session:
        if not _is_open(session):
            return redirect("/visit", 303)
        if not own_looks.is_proved(session, actor(), policy(), now=now()):
            return redirect("/visit/who-looked", 303)
        own_looks.ask_clinic(session, actor(), policy(), now=now())
        clinic = _clinic(session)
    return render_template(
        "visits/thanks.html", what="who_looked", back_url="/visit", clinic=clinic
    )


def _is_open(session: Session) -> bool:
    """As long as the link itself works: afterwards the clinic answers by phone."""
    seat = own_looks.own_seat(session, actor())
    return rules.link_works(visit_in(session, seat.room_id), policy(), now=now())


def _ask_who(
    session: Session, tries_left: int, typed: Mapping[str, str] | None = None
) -> tuple[str, int]:
    page = render_template(
        "visits/who_looked_confirm.html",
        post_url="/visit/who-looked",
        back_url="/visit",
        tries_left=tries_left,
        clinic=_clinic(session),
        errors={"birth_date": NOT_AS_WE_KNOW_YOU} if typed else {},
        values=typed or {},
    )
    return page, 200 if tries_left else 429


def _clinic(session: Session) -> object:
    seat = own_looks.own_seat(session, actor())
    return people.clinic(session, room_of(session, seat).clinic_id)


def _day_words(day: date) -> str:
    return f"{day:%A} {day.day} {day:%B}"
