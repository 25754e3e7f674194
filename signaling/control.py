"""Take web's orders, each signed and each obeyed once: by the inner listener, or as an answer.

Orders come by two roads. Web posts them to the inner listener as soon as it has decided. And
web's answer to a batch of happenings names whoever sits here and may no longer, so that a lost
order, or an unreachable listener, costs seconds and not the revocation (C-06).
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Blueprint, Response, jsonify, request
from joserfc.jwk import KeySet
from pydantic import ValidationError

from signaling import tickets
from signaling.rooms import Order, Rooms
from signaling.seats import Effect
from signaling.tickets import TicketRefused

PATH = "/signaling-control"
REMEMBER = timedelta(seconds=90)
_STAMPS = frozenset({"iss", "aud", "iat", "exp", "jti", "node"})


class Orders:
    """Orders already obeyed, so that a retry changes nothing and gets the same answer."""

    def __init__(self) -> None:
        self._answers: dict[str, tuple[datetime, bool]] = {}

    def once(self, jti: str, obey: Callable[[], bool], now: datetime) -> bool:
        """The answer to an order, obeyed only the first time it comes."""
        self._answers = {j: a for j, a in self._answers.items() if now - a[0] < REMEMBER}
        if jti not in self._answers:
            self._answers[jti] = (now, obey())
        return self._answers[jti][1]


class Obedience:
    """Does what web has signed for this node, and nothing else."""

    def __init__(
        self,
        *,
        keys: KeySet,
        node: str,
        rooms: Rooms,
        carry_out: Callable[[list[Effect]], None],
    ) -> None:
        self._keys, self._node, self._rooms = keys, node, rooms
        self._carry_out = carry_out
        self._orders = Orders()

    def order(self, token: str, *, now: datetime) -> bool:
        """Obey one posted order, once; whether anybody it concerns was here."""
        claims = self._claims(token, "control", now)
        order = Order.model_validate(_without_stamps(claims))
        return self._orders.once(claims["jti"], lambda: self._obey(order, now), now)

    def answer(self, token: str, *, asked: str, now: datetime) -> None:
        """Obey what came as web's answer to the batch `asked`; an answer to another is none."""
        claims = self._claims(token, "answers", now)
        if claims.get("answers") != asked:
            raise TicketRefused("bad-ticket")
        for each in claims["orders"]:
            self._obey(Order.model_validate(each), now)

    def _claims(self, token: str, audience: tickets.Audience, now: datetime) -> dict[str, Any]:
        if len(token) > tickets.CLAIMS_LIMIT:
            raise TicketRefused("bad-ticket")
        claims = tickets.verify_claims(token, self._keys, audience=audience, now=now)
        if claims.get("node") != self._node:
            raise TicketRefused("wrong-node")
        return claims

    def _obey(self, order: Order, now: datetime) -> bool:
        here, effects = self._rooms.obey(order, now=now)
        self._carry_out(effects)
        return here


def blueprint(obedience: Obedience) -> Blueprint:
    """The one route web may use."""
    bp = Blueprint("control", __name__)

    @bp.post(PATH)
    def control() -> tuple[Response, int]:
        try:
            here = obedience.order(request.get_data(as_text=True), now=datetime.now(UTC))
        except TicketRefused as refused:
            return _refused(refused.code, 403)
        except ValidationError:
            return _refused("bad-order", 422)
        return jsonify(here=here), 200

    return bp


def _without_stamps(claims: dict[str, Any]) -> dict[str, Any]:
    return {name: claim for name, claim in claims.items() if name not in _STAMPS}


def _refused(code: str, status: int) -> tuple[Response, int]:
    return jsonify(error={"code": code, "message": "This order was not obeyed."}), status
