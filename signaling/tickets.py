"""Sign and check the short-lived passes by which web lets a browser, or itself, in (T-24)."""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, get_args

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, OKPKey

Stage = Literal["waiting", "admitted", "board", "echo"]
Audience = Literal["signaling", "media", "control", "happenings", "answers"]
TicketCode = Literal[
    "no-ticket",
    "bad-ticket",
    "wrong-audience",
    "expired",
    "used",
    "before-start",
    "wrong-node",
    "wrong-room",
    "old-epoch",
    "moved",
    "removed",
    "ended",
    "full",
]
"""Why a ticket does not open the door."""

TICKET_LIFETIME = timedelta(seconds=60)
CLAIMS_LIFETIME = timedelta(seconds=30)
TOKEN_LIMIT = 2048
CLAIMS_LIMIT = 256 * 1024

_ALGORITHM = "Ed25519"
_STAGES = get_args(Stage)
_ISSUERS: dict[str, str] = {
    "signaling": "mooring-web",
    "media": "mooring-web",
    "control": "mooring-web",
    "happenings": "mooring-signaling",
    "answers": "mooring-web",
}
_UNSTAMPED = datetime.min.replace(tzinfo=UTC)


class TicketRefused(Exception):
    """This token opens nothing here; `code` says why and is safe to show."""

    def __init__(self, code: TicketCode) -> None:
        super().__init__(code)
        self.code: TicketCode = code


@dataclass(frozen=True, kw_only=True)
class Ticket:
    """What one socket may do, said by web once; `issue` stamps the two times."""

    room: str
    peer: str
    role: str
    stage: Stage
    seat: int
    epoch: int
    node: str
    page: str
    visit_version: int = 0
    host: bool = False
    """May decide who comes in."""
    audience: Literal["signaling", "media"] = "signaling"
    jti: str = field(default_factory=lambda: secrets.token_urlsafe(16))
    issued_at: datetime = _UNSTAMPED
    expires_at: datetime = _UNSTAMPED


def private_key(jwk: str) -> OKPKey:
    """The signing key in a JWK text."""
    key = OKPKey.import_key(json.loads(jwk))
    key.ensure_kid()
    return key


def public_keys(jwk: str) -> KeySet:
    """The keys to check with, from one JWK or a JWK set (both keys of a rotation)."""
    parsed = json.loads(jwk)
    entries = parsed.get("keys", [parsed])
    keys = [OKPKey.import_key(entry) for entry in entries]
    for key in keys:
        key.ensure_kid()
    return KeySet(list(keys))


def issue(ticket: Ticket, key: OKPKey, *, now: datetime) -> str:
    """The ticket as a signed token that lives a minute."""
    claims = {
        "jti": ticket.jti, "room": ticket.room, "peer": ticket.peer, "role": ticket.role,
        "stage": ticket.stage, "seat": ticket.seat, "epoch": ticket.epoch, "node": ticket.node,
        "page": ticket.page, "visit_version": ticket.visit_version, "host": ticket.host,
    }  # fmt: skip
    return sign_claims(claims, key, audience=ticket.audience, now=now, lifetime=TICKET_LIFETIME)


def verify(
    token: str, keys: KeySet, *, audience: Literal["signaling", "media"], now: datetime
) -> Ticket:
    """The ticket in a token, if web signed it for this audience and it has not run out."""
    if not isinstance(token, str) or len(token) > TOKEN_LIMIT:
        raise TicketRefused("bad-ticket")
    claims = verify_claims(token, keys, audience=audience, now=now)
    try:
        return Ticket(
            room=_text(claims, "room"),
            peer=_text(claims, "peer"),
            role=_text(claims, "role"),
            stage=_stage(claims["stage"]),
            seat=_number(claims, "seat"),
            epoch=_number(claims, "epoch"),
            node=_text(claims, "node"),
            page=_text(claims, "page", limit=32),
            visit_version=_number(claims, "visit_version"),
            host=_flag(claims, "host"),
            audience=audience,
            jti=_text(claims, "jti"),
            issued_at=datetime.fromtimestamp(claims["iat"], UTC),
            expires_at=datetime.fromtimestamp(claims["exp"], UTC),
        )
    except (KeyError, TypeError, ValueError, OverflowError, OSError):
        raise TicketRefused("bad-ticket") from None


def sign_claims(
    claims: Mapping[str, Any],
    key: OKPKey,
    *,
    audience: Audience,
    now: datetime,
    lifetime: timedelta = CLAIMS_LIFETIME,
) -> str:
    """A signed token for one audience; `jti` is added when the claims bring none."""
    # Milliseconds, so that "issued before this node started" needs no tolerance (T-24).
    issued = round(now.timestamp(), 3)
    stamped = {
        "jti": secrets.token_urlsafe(16),
        **claims,
        "iss": _ISSUERS[audience],
        "aud": audience,
        "iat": issued,
        "exp": issued + lifetime.total_seconds(),
    }
    header = {"alg": _ALGORITHM, "kid": key.kid or key.thumbprint()}
    return jwt.encode(header, stamped, key, algorithms=[_ALGORITHM])


def verify_claims(
    token: str, keys: KeySet, *, audience: Audience, now: datetime
) -> dict[str, Any]:
    """The claims of a token signed for this audience and still alive."""
    try:
        signed = jwt.decode(token, keys, algorithms=[_ALGORITHM])
    except (JoseError, ValueError, TypeError, KeyError, RecursionError):
        raise TicketRefused("bad-ticket") from None
    claims = signed.claims
    if "kid" not in signed.header or not isinstance(claims.get("jti"), str):
        raise TicketRefused("bad-ticket")
    if claims.get("aud") != audience:
        raise TicketRefused("wrong-audience")
    if claims.get("iss") != _ISSUERS[audience]:
        raise TicketRefused("bad-ticket")
    if not _is_time(claims.get("iat")) or not _is_time(claims.get("exp")):
        raise TicketRefused("bad-ticket")
    if now.timestamp() >= claims["exp"]:
        raise TicketRefused("expired")
    return dict(claims)


def _is_time(claim: object) -> bool:
    return isinstance(claim, int | float) and not isinstance(claim, bool) and 0 <= claim < 2**40


def _text(claims: Mapping[str, Any], name: str, *, limit: int = 64) -> str:
    text = claims[name]
    if not isinstance(text, str) or not 0 < len(text) <= limit:
        raise ValueError(name)
    return text


def _number(claims: Mapping[str, Any], name: str) -> int:
    number = claims[name]
    if not isinstance(number, int) or isinstance(number, bool) or not 0 <= number < 2**53:
        raise ValueError(name)
    return number


def _flag(claims: Mapping[str, Any], name: str) -> bool:
    flag = claims.get(name, False)
    if not isinstance(flag, bool):
        raise TypeError(name)
    return flag


def _stage(stage: object) -> Stage:
    if stage not in _STAGES:
        raise ValueError("stage")
    return stage  # type: ignore[return-value]  # a member of Stage, as just checked
