"""What the pages of a visit ask by script: the same verbs for both sides, two doors."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, current_app, jsonify, request
from joserfc.jwk import KeySet

from config.policy import policy
from server.access.actor import Actor, ActorKind
from server.doors import door
from server.errors import NotAllowed, NotFound
from server.http import actor, now, reading, settings, transaction
from server.identity import service as identity
from server.identity.cookies import CALL, secret_in, set_call
from server.limits import USUAL, Rate
from server.visits import (
    ending,
    forms,
    happenings,
    measured,
    overstaying,
    revocation,
    signed,
    standing,
    tickets,
    words,
)
from server.visits.host_api import bp as host
from server.visits.kinds import HOSTS
from server.visits.models import Participant, Visit
from signaling import tickets as passes

bp = Blueprint("visit_api", __name__)
bp.register_blueprint(host)
View = Callable[..., Response]
OK: dict[str, Any] = {"ok": True}
CALL_MAY_LAST = timedelta(hours=3)
#: each lost line needs a ticket, and waits longer every time
TICKETS = Rate(1, 60)
#: read by a person at the desk: words, not a stream
WORDS = Rate(1 / 6, 10)


def _both(
    rule: str,
    method: str,
    view: View,
    verb: str = "join",
    turns: Rate = USUAL,
    **how: bool,
) -> None:
    """The same verb for a link session under /visit and for staff under /visits/<id>."""
    name = view.__name__

    @door(f"own-visit:{verb}", api=True, turns=turns, **how)
    def by_link() -> Response:
        return view(None)

    @door(f"visit:{verb}", api=True, turns=turns, **how)
    def by_staff(visit_id: uuid.UUID) -> Response:
        return view(visit_id)

    bp.add_url_rule(f"/visit/{rule}", f"link_{name}", by_link, methods=[method])
    bp.add_url_rule(
        f"/visits/<uuid:visit_id>/{rule}", f"staff_{name}", by_staff, methods=[method]
    )


def ticket(visit_id: uuid.UUID | None) -> Response:
    """A ticket for this page; when admitted, with the relays of the call."""
    asked = forms.read(forms.AskTicket, request.get_json(silent=True))
    nodes = settings().signaling_nodes
    with transaction() as session:
        issued, seat, visit = tickets.ticket_for(
            session,
            actor(),
            tickets.Asked(asked.page, asked.tab, asked.move, asked.unreachable),
            policy(),
            nodes,
            now=now(),
            visit_id=visit_id,
        )
        grant = _grant(session, actor(), seat, visit)
    answer = signed.ticket_answer(issued)
    if issued.stage == "admitted":
        answer["ice_servers"] = signed.ice_servers(seat.id)
    response = jsonify(answer)
    if grant:
        set_call(response, grant, lasts=CALL_MAY_LAST)
    return response


def _grant(session: Any, who: Actor, seat: Participant, visit: Visit) -> str | None:
    """A clinician's call outlives an idle chart: tickets of this visit only (C-05)."""
    if who.kind is not ActorKind.STAFF or seat.role not in HOSTS or who.account_id is None:
        return None
    held = secret_in(request, CALL)
    if held and identity.holds_call_grant(session, held, seat.id, now=now()):
        return None
    return identity.grant_call(
        session, who, seat.id, patient_id=visit.patient_id, lasts=CALL_MAY_LAST, now=now()
    )


def state(visit_id: uuid.UUID | None) -> Response:
    """Where the asker stands."""
    page = request.args.get("page", "")[:32]
    with reading() as session:
        return jsonify(
            standing.standing(session, actor(), page, policy(), now=now(), visit_id=visit_id)
        )


def leave(visit_id: uuid.UUID | None) -> Response:
    """This page goes away on purpose; may come as a beacon."""
    form = forms.read(forms.Leaving, request.get_json(force=True, silent=True))
    with transaction() as session:
        ending.leave(session, actor(), form.page, now=now(), visit_id=visit_id)
    return jsonify(OK)


def quality(visit_id: uuid.UUID | None) -> Response:
    """How the call was; may come as a beacon."""
    form = forms.read(forms.Quality, request.get_json(force=True, silent=True))
    samples = [sample.model_dump() for sample in form.samples]
    with transaction() as session:
        measured.quality(session, actor(), samples, now=now(), visit_id=visit_id)
    return jsonify(OK)


def device_test(visit_id: uuid.UUID | None) -> Response:
    """What the device and connection test found."""
    form = forms.read(forms.TestResult, request.get_json(silent=True))
    with transaction() as session:
        measured.device_test(session, actor(), form.model_dump(), now=now(), visit_id=visit_id)
    return jsonify(OK)


def echo_ticket(visit_id: uuid.UUID | None) -> Response:
    """A ticket for one echo call to media, and a probe credential for its relay leg."""
    with reading() as session:
        seat = measured.seat_to_test(session, actor(), policy(), now=now(), visit_id=visit_id)
    return jsonify(signed.echo_answer(str(seat.id)))


_both("ticket", "POST", ticket, passive=True, turns=TICKETS)
_both("state", "GET", state, passive=True)
_both("leave", "POST", leave, passive=True, beacon=True)
_both("quality", "POST", quality, passive=True, beacon=True)
_both("device-test", "POST", device_test, "test")  # a call grant holds a call and no more
_both("echo-ticket", "POST", echo_ticket, "test")


@bp.post("/visit/message")
@door("own-visit:say", api=True, turns=WORDS)
def message_clinic() -> Response:
    """A few words from somebody waiting."""
    form = forms.read(forms.Words, request.get_json(silent=True))
    with transaction() as session:
        words.to_clinic(session, actor(), form.text, policy(), now=now())
    return jsonify(OK)


@bp.post("/staff/board-ticket")
@door("day:listen", api=True, passive=True, turns=TICKETS)
def board_ticket() -> Response:
    """A socket for a day list or board."""
    asked = forms.read(forms.AskBoardTicket, request.get_json(silent=True))
    issued = tickets.board_ticket(actor(), asked.page, settings().signaling_nodes)
    return jsonify(signed.ticket_answer(issued))


@bp.post("/staff/echo-ticket")
@door("set-up:test", api=True)
def own_echo_ticket() -> Response:
    """A member of staff tests their own set-up."""
    return jsonify(signed.echo_answer(str(actor().account_id)))


@bp.post("/staff/device-test")
@door("set-up:test", api=True)
def own_device_test() -> Response:
    """What a member of staff's own test found."""
    form = forms.read(forms.TestResult, request.get_json(silent=True))
    with transaction() as session:
        measured.own_device_test(session, actor(), form.model_dump(), now=now())
    return jsonify(OK)


@bp.post("/internal/happenings")
@door("house:claim", api=True, machine=True, passive=True, every_clinic=True)
def hear() -> Response:
    """Claims of signaling, signed by its own key; never the public road."""
    keys: KeySet = current_app.extensions["signaling_keys"]
    try:
        claims = passes.verify_claims(
            request.get_data(as_text=True), keys, audience="happenings", now=now()
        )
    except passes.TicketRefused as refused:
        raise NotAllowed("That is not signed by signaling.", code=refused.code) from None
    if str(claims.get("node")) not in settings().signaling_nodes:
        raise NotFound
    with transaction() as session:
        taken = happenings.hear(session, claims, policy(), now=now())
    with reading() as session:
        found = overstaying.found_in(session, claims, now=now())
    if found.browsers:
        with transaction() as session:
            revocation.close_seats(session, found.browsers, now=now())
    if not found.orders:
        return jsonify({"taken": taken})
    # Signed, and for this batch alone: whoever sits between us could end calls otherwise.
    answer = {"node": claims["node"], "answers": claims["jti"], "orders": found.orders}
    key = signed.signing_key()
    order = passes.sign_claims(answer, key, audience="answers", now=now())
    return jsonify({"taken": taken, "orders": order})
