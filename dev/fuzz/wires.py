"""What comes over the wire: descriptions, candidates, messages, tickets, orders, offers."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, datetime
from ipaddress import IPv6Address, ip_address
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
from joserfc import jws
from joserfc.jwk import KeySet, OKPKey
from pydantic import ValidationError

from dev.fuzz.bent import bent, bent_value, values
from dev.fuzz.target import Target
from signaling import tickets
from signaling.candidates import Sieve
from signaling.control import Obedience
from signaling.media.offer import OfferRefused, accept
from signaling.packets import Json
from signaling.protocol import (
    Candidates,
    Describe,
    Description,
    MalformedMessage,
    parse,
    parse_offer,
)
from signaling.rooms import Rooms
from signaling.tickets import Ticket, TicketRefused

_OFFER = Path(__file__).parents[2] / "tests" / "bench" / "offer.sdp"
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
LINES = (
    "candidate:1 1 udp 2122260223 203.0.113.5 9 typ host",
    "candidate:2 1 tcp 1518280447 2001:db8::5 9 typ host tcptype active",
    "candidate:3 1 udp 1686052607 198.51.100.7 61234 typ srflx raddr 0.0.0.0 rport 0",
    "candidate:4 1 udp 2122260223 4d2c5f1e-1f1e-4a5e-9d0c-1f2e3d4c5b6a.local 9 typ host",
    "candidate:5 1 udp 1 127.0.0.1 9 typ host",
    "candidate:6 1 udp 1 ::ffff:169.254.169.254 9 typ host",
)
EPOCH = {"epoch": 1}
MESSAGES: tuple[dict[str, Any], ...] = (
    {"type": "describe", "to": "rivera", "description": {"type": "offer", "sdp": "v=0"}}
    | EPOCH,
    {"type": "candidates", "to": "rivera", "candidates": [{"candidate": LINES[0]}]} | EPOCH,
    {"type": "state", "muted": False, "camera": True, "hidden": False, "connected": True},
    {"type": "expect", "peer": "morgan"},
    {"type": "bye"},
)
BROUGHT = {"type": "offer", "sdp": "v=0"}
ORDERS: tuple[dict[str, Any], ...] = tuple(
    {
        "do": do, "room": "room", "peer": "morgan", "seat": 1, "epoch": 1, "jti": "j",
        "ice_servers": [], "reason": "", "node": "n1",
    }
    for do in ("admit", "park", "remove", "move", "end", "change", "revoke", "rehome")
)  # fmt: skip


def everything() -> list[Target]:
    """Every parser of the wire."""
    sdp = _OFFER.read_text()
    with_candidates = sdp + "".join(f"a={line}\r\n" for line in LINES)
    return [
        Target("descriptions", bent([sdp, with_candidates]), _describe),
        Target("candidates", st.lists(bent(LINES), min_size=1, max_size=8), _candidates),
        Target("messages", st.one_of(bent_value((*MESSAGES, BROUGHT)), values), _message),
        Target("packets", bent([json.dumps(["signal", each]) for each in MESSAGES]), _packet),
        *_signed(),
        Target("offers", bent([with_candidates]), _offer),
    ]


def _describe(sdp: str) -> None:
    """No forbidden address is left in any line, and no other line is touched."""
    description = Description.model_construct(type="offer", sdp=sdp)
    message = Describe.model_construct(to="r", description=description, epoch=1)
    kept = Sieve(loopback=False).describe(message).description.sdp
    before, after = _lines(sdp), _lines(kept)
    assert [x for x in before if x and not _names(x)] == [
        x for x in after if x and not _names(x)
    ]
    for line in filter(_names, after):
        assert _may_pass(line), line


def _candidates(lines: list[str]) -> None:
    body = {"type": "candidates", "to": "r", "candidates": [{"candidate": x} for x in lines]}
    try:
        message = parse(body | EPOCH)
    except MalformedMessage:
        return
    assert isinstance(message, Candidates)
    passed = Sieve(loopback=False).candidates(message, room_for=64)
    for each in passed.candidates if passed else ():
        assert not each.candidate or _may_pass(each.candidate), each.candidate


def _message(raw: object) -> None:
    for door in (parse, parse_offer):
        with suppress(MalformedMessage):
            door(raw)


def _packet(text: str) -> None:
    value = Json.loads(text.encode("utf-8", "replace"))
    assert isinstance(value, dict) or isinstance(value[0], str)


def _offer(sdp: str) -> None:
    try:
        kept = accept(sdp, allow_private=False)
    except OfferRefused:
        return
    for line in _lines(kept):
        assert not line.startswith("a=candidate:") or _is_public(line.split()[4]), line


def _signed() -> list[Target]:
    key, other = OKPKey.generate_key("Ed25519"), OKPKey.generate_key("Ed25519")
    for each in (key, other):
        each.ensure_kid()
    keys = KeySet([key])
    ticket = Ticket(
        room="room", peer="morgan", role="patient", stage="waiting", seat=1, epoch=1,
        node="n1", page="page", jti="once",
    )  # fmt: skip
    right = tickets.issue(ticket, key, now=NOON)
    strange = tickets.issue(ticket, other, now=NOON)
    claims = {**asdict(ticket), "iat": NOON.timestamp(), "exp": NOON.timestamp() + 60}
    obedience = Obedience(
        keys=keys,
        node="n1",
        rooms=Rooms(Sieve(loopback=False)),
        carry_out=lambda _effects: None,
    )

    def verify(token: str) -> None:
        """A bent token is refused, or says exactly what the right one says."""
        try:
            said = tickets.verify(token, keys, audience="signaling", now=NOON)
        except TicketRefused:
            return
        assert (said.room, said.peer, said.stage, said.host, said.jti) == (
            "room",
            "morgan",
            "waiting",
            False,
            "once",
        )

    def verify_signed(garbage: Any) -> None:
        token = signed(garbage, key, "signaling")
        try:
            said = tickets.verify(token, keys, audience="signaling", now=NOON)
        except TicketRefused:
            return
        assert said.stage in ("waiting", "admitted", "board", "echo")
        assert isinstance(said.host, bool)
        assert all(0 < len(text) <= 64 for text in (said.room, said.peer, said.node, said.jti))

    def obey(garbage: Any) -> None:
        try:
            obedience.order(signed(garbage, key, "control"), now=NOON)
        except (TicketRefused, ValidationError):
            return  # answered with 403 and 422

    return [
        Target("tickets", bent([right, strange]), verify),
        Target("signed tickets", bent_value([claims]), verify_signed),
        Target("orders", bent_value(ORDERS), obey),
    ]


def signed(garbage: Any, key: OKPKey, audience: str, *, now: datetime = NOON) -> str:
    """A good signature under claims that our own signer would never write."""
    claims = garbage if isinstance(garbage, dict) else {"claim": garbage}
    issuer = "mooring-signaling" if audience == "happenings" else "mooring-web"
    stamped = {
        "jti": "j", "iss": issuer, "aud": audience, "iat": now.timestamp(),
        "exp": now.timestamp() + 30, **claims,
    }  # fmt: skip
    header = {"alg": "Ed25519", "kid": key.kid or ""}
    payload = json.dumps(stamped, default=str).encode()
    return jws.serialize_compact(header, payload, key, algorithms=["Ed25519"])


def _lines(text: str) -> list[str]:
    return text.split("\n")


def _names(line: str) -> bool:
    """Whether a browser takes this line for a candidate."""
    return line.startswith("a=candidate:")


def _may_pass(line: str) -> bool:
    """What T-26 says, said again in other words than the sieve's."""
    parts = line.split()
    if len(parts) < 6:
        return False
    try:
        address = ip_address(parts[4])
    except ValueError:
        return parts[4].endswith(".local")
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    inside = address.is_loopback or address.is_link_local or address.is_multicast
    return not (inside or address.is_unspecified or str(address) == "100.100.100.200")


def _is_public(text: str) -> bool:
    return ip_address(text).is_global
