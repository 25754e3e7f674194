"""Take web's orders on the internal listener, each signed and each obeyed once."""

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


def blueprint(
    *,
    keys: KeySet,
    node: str,
    rooms: Rooms,
    carry_out: Callable[[list[Effect]], None],
) -> Blueprint:
    """The one route web may use."""
    bp = Blueprint("control", __name__)
    orders = Orders()

    @bp.post(PATH)
    def control() -> tuple[Response, int]:
        now = datetime.now(UTC)
        try:
            claims = tickets.verify_claims(
                request.get_data(as_text=True), keys, audience="control", now=now
            )
        except TicketRefused as refused:
            return _refused(refused.code, 403)
        if claims.get("node") != node:
            return _refused("wrong-node", 403)
        try:
            order = Order.model_validate(_order(claims))
        except ValidationError:
            return _refused("bad-order", 422)

        def obey() -> bool:
            here, effects = rooms.obey(order, now=now)
            carry_out(effects)
            return here

        return jsonify(here=orders.once(claims["jti"], obey, now)), 200

    return bp


def _order(claims: dict[str, Any]) -> dict[str, Any]:
    return {name: claim for name, claim in claims.items() if name not in _STAMPS}


def _refused(code: str, status: int) -> tuple[Response, int]:
    return jsonify(error={"code": code, "message": "This order was not obeyed."}), status
