"""Tell signaling what web has decided: a row in the same transaction, delivered right after.

An unreachable node never blocks or fails a decision: the row of the decision is the truth and
the next ticket tells it; the order is retried until it no longer matters.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from server.control.models import ControlOrder
from server.control.placement import board_room, place
from server.db import Database, ask_after_commit
from server.tenancy import EVERY_CLINIC

#: after this an order has no effect that the own-state poll has not had already
MATTERS_FOR = timedelta(seconds=90)
RETRY = timedelta(seconds=1)
#: a board's room has no row: it is placed when the order is carried
WHERE_IT_LIVES = "*"
#: a revocation goes to every node: a person may sit on several (T-09)
EVERYWHERE = "**"
PEERS_AT_ONCE = 256
#: to which node or nodes, which order, and what it says
Addressed = tuple[str, uuid.UUID, dict[str, Any]]


class Road(Protocol):
    """The way to each node that there is."""

    @property
    def nodes(self) -> Collection[str]: ...
    def send(self, node: str, order_id: uuid.UUID, claims: dict[str, Any]) -> bool: ...


def order(
    session: Session,
    node: str,
    do: str,
    *,
    room: str | None,
    now: datetime,
    peer: uuid.UUID | None = None,
    **facts: Any,
) -> None:
    """Order `node` to `do` (admit, park, remove, move, end, change, revoke, rehome).

    `facts` may hold `peers`, `seat`, `epoch`, `ice_servers` and `reason`. A room that was
    never placed has nobody to tell.
    """
    if not node:
        return
    # When it was done, not when it was asked for: a retried `admit` must not overtake a newer
    # `park`, and of two deeds on a room the later one holds it later.
    said = {"said_at": time.time()}
    claims = {"do": do, "room": room, "peer": str(peer) if peer else None, **said, **facts}
    row = ControlOrder(
        node=node,
        order=do,
        claims=claims,
        created_at=now,
        drop_after=now + MATTERS_FOR,
        next_try_at=now,
    )
    session.add(row)
    ask_after_commit(session, "control", row)


def revoke(session: Session, peers: Collection[str], *, now: datetime) -> None:
    """These peers are out, on every node, by whatever they were given until now (C-06)."""
    named = sorted(peers)
    for first in range(0, len(named), PEERS_AT_ONCE):
        some = named[first : first + PEERS_AT_ONCE]
        order(session, EVERYWHERE, "revoke", room=None, peers=some, now=now)


def tell_boards(session: Session, clinic_id: uuid.UUID, *, now: datetime) -> None:
    """Every day list and board of a clinic fetches itself again; asked once a transaction."""
    told: set[uuid.UUID] = session.info.setdefault("boards", set())
    if clinic_id not in told:
        told.add(clinic_id)
        order(session, WHERE_IT_LIVES, "change", room=board_room(clinic_id), now=now)


def carry(orders: Iterable[Addressed], road: Road) -> dict[uuid.UUID, bool]:
    """Send them in this order; returns of each whether every node it is for has taken it.

    A node that does not take one order is not asked again: its orders keep their turn, and
    those of the other nodes, a revocation among them, do not wait behind it.
    """
    taken: dict[uuid.UUID, bool] = {}
    away: set[str] = set()
    for addressee, order_id, claims in orders:
        nodes = _nodes_of(addressee, claims, road.nodes)
        asked = [node for node in nodes if node not in away]
        away.update([node for node in asked if not road.send(node, order_id, claims)])
        taken[order_id] = away.isdisjoint(nodes)
    return taken


def _nodes_of(
    addressee: str, claims: dict[str, Any], nodes: Collection[str]
) -> Collection[str]:
    if addressee == EVERYWHERE:
        return nodes
    return [place(claims["room"], nodes) if addressee == WHERE_IT_LIVES else addressee]


def deliver_due(
    database: Database,
    road: Road,
    *,
    now: datetime,
    delivered_before: Collection[uuid.UUID] = (),
) -> int:
    """Send what is due, oldest first; returns how many are still waiting.

    All are sent before any is written off: a repeat is harmless, and nobody waits in the door
    while the one before is filed.
    """
    with database.reading(EVERY_CLINIC) as session:
        due = _due(session, now)
    if not due:
        return 0
    fresh = ((o.node, o.id, o.claims) for o in due if o.id not in delivered_before)
    waiting = {order_id for order_id, taken in carry(fresh, road).items() if not taken}
    with database.transaction(EVERY_CLINIC) as session:
        for each in due:
            if each.id not in waiting or now >= each.drop_after:
                session.execute(delete(ControlOrder).where(ControlOrder.id == each.id))
                continue
            again = now + RETRY * (each.attempts + 1)
            session.execute(
                update(ControlOrder)
                .where(ControlOrder.id == each.id)
                .values(attempts=each.attempts + 1, next_try_at=again)
            )
    return len(waiting)


def _due(session: Session, now: datetime) -> Sequence[ControlOrder]:
    return session.scalars(
        select(ControlOrder)
        .where(ControlOrder.next_try_at <= now)
        .order_by(ControlOrder.created_at, ControlOrder.is_bell, ControlOrder.id)
        .limit(200)
    ).all()
