"""Tell signaling what web has decided: a row in the same transaction, delivered right after.

An unreachable node never blocks or fails a decision: the row of the decision is the truth and
the next ticket tells it; the order is retried until it no longer matters.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from server.control.models import ControlOrder
from server.control.placement import board_room
from server.db import Database, ask_after_commit
from server.tenancy import EVERY_CLINIC

#: after this an order has no effect that the own-state poll has not had already
MATTERS_FOR = timedelta(seconds=90)
RETRY = timedelta(seconds=1)
#: a board's room has no row: the courier, who knows the nodes, places it
WHERE_IT_LIVES = "*"
#: a revocation goes to every node: a person may sit on several (T-09)
EVERYWHERE = "**"
PEERS_AT_ONCE = 256
Send = Callable[[str, uuid.UUID, dict[str, Any]], bool]


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


def deliver_due(
    database: Database,
    send: Send,
    *,
    now: datetime,
    delivered_before: Collection[uuid.UUID] = (),
) -> int:
    """Send what is due, oldest first; returns how many are still waiting.

    A node that does not take one order is not asked again in this round: its orders keep their
    turn, and those of the other nodes do not wait behind it. All are sent before any is written
    off: a repeat is harmless, and nobody waits in the door while the one before is filed.
    """
    with database.reading(EVERY_CLINIC) as session:
        due = _due(session, now)
    if not due:
        return 0
    delivered = {each.id for each in due if each.id in delivered_before}
    away: set[str] = set()
    for each in due:
        if each.id in delivered:
            continue
        if each.node not in away and send(each.node, each.id, each.claims):
            delivered.add(each.id)
        elif each.node != WHERE_IT_LIVES:
            away.add(each.node)
    with database.transaction(EVERY_CLINIC) as session:
        for each in due:
            if each.id in delivered or now >= each.drop_after:
                session.execute(delete(ControlOrder).where(ControlOrder.id == each.id))
                continue
            again = now + RETRY * (each.attempts + 1)
            session.execute(
                update(ControlOrder)
                .where(ControlOrder.id == each.id)
                .values(attempts=each.attempts + 1, next_try_at=again)
            )
    return len(due) - len(delivered)


def _due(session: Session, now: datetime) -> Sequence[ControlOrder]:
    # Of one moment's orders, the bell for boards and pages comes after the deed.
    return session.scalars(
        select(ControlOrder)
        .where(ControlOrder.next_try_at <= now)
        .order_by(ControlOrder.created_at, ControlOrder.order == "change", ControlOrder.id)
        .limit(200)
    ).all()
