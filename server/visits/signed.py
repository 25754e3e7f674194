"""What web signs for a page or a node, as they read it: tickets with their road, and relays."""

from __future__ import annotations

import secrets
import uuid
from typing import Any

from flask import current_app
from joserfc.jwk import OKPKey

from server.http import now, settings
from server.visits import turn
from signaling import tickets


def signing_key() -> OKPKey:
    """The key of this house, which signs for everybody else in it."""
    key: OKPKey = current_app.extensions["ticket_key"]
    return key


def ice_servers(participant_id: uuid.UUID) -> list[turn.IceServer]:
    """Relays for the call, for one participant, after admission only (T-35, C-30)."""
    told = settings()
    return turn.ice_servers(
        told.turn_urls,
        told.turn_secret.get_secret_value(),
        participant=str(participant_id),
        now=now(),
    )


def ticket_answer(issued: tickets.Ticket) -> dict[str, Any]:
    """A ticket for signaling, and where to bring it."""
    node = settings().signaling_nodes[issued.node]
    return {
        "ticket": tickets.issue(issued, signing_key(), now=now()),
        "url": node.public_url,
        "path": f"/signaling/{issued.node}",
        "room": issued.room,
        "peer": issued.peer,
        "stage": issued.stage,
        "seat": issued.seat,
        "epoch": issued.epoch,
        "node": issued.node,
    }


def echo_answer(who: str) -> dict[str, Any]:
    """A ticket for one echo call, and relays that carry no other."""
    told = settings()
    issued = tickets.Ticket(
        room=f"echo-{secrets.token_urlsafe(8)}",
        peer=who,
        role="echo",
        stage="echo",
        seat=0,
        epoch=0,
        node="m1",
        page=secrets.token_urlsafe(8),
        audience="media",
    )
    relays = turn.probe_servers(
        told.probe_turn_urls,
        told.probe_turn_secret.get_secret_value(),
        participant=who,
        now=now(),
    )
    return {
        "ticket": tickets.issue(issued, signing_key(), now=now()),
        "url": told.media_url,
        "ice_servers": [],
        "turn": {"ice_servers": relays} if relays else None,
    }
