"""Relay credentials for one participant: from a shared secret, short, and telling nothing."""

import base64
import hashlib
import hmac
from datetime import datetime, timedelta
from typing import TypedDict

CALL_LIFETIME = timedelta(seconds=600)
"""To *begin* an allocation; coturn lets a running one go on (SECURITY.md §1.2)."""
PROBE_LIFETIME = timedelta(seconds=60)


class IceServer(TypedDict, total=False):
    """One entry of `RTCConfiguration.iceServers`."""

    urls: list[str]
    username: str
    credential: str


class Credentials(TypedDict):
    """What a browser shows to the relay."""

    username: str
    credential: str


def credentials(
    secret: str, *, participant: str, now: datetime, lifetime: timedelta = CALL_LIFETIME
) -> Credentials:
    """A name that runs out and its signature, as coturn's `use-auth-secret` checks them (T-35).

    The part after the time is the same for one participant always, so that the relay can count
    her allocations, and is no id of ours, because names end up in the relay's log.
    """
    if not secret:
        raise ValueError("a relay credential needs the relay's secret")
    opaque = hmac.new(secret.encode(), f"who:{participant}".encode(), hashlib.sha256)
    username = f"{int((now + lifetime).timestamp())}:{opaque.hexdigest()[:20]}"
    signature = hmac.new(secret.encode(), username.encode(), hashlib.sha1)
    return {
        "username": username,
        "credential": base64.b64encode(signature.digest()).decode(),
    }


def ice_servers(
    urls: list[str],
    secret: str,
    *,
    participant: str,
    now: datetime,
    lifetime: timedelta = CALL_LIFETIME,
) -> list[IceServer]:
    """The relays of a call, ready for the browser; only for somebody admitted (C-30)."""
    stun = [url for url in urls if url.startswith(("stun:", "stuns:"))]
    turn = [url for url in urls if url.startswith(("turn:", "turns:"))]
    servers: list[IceServer] = [{"urls": stun}] if stun else []
    if turn:
        own = credentials(secret, participant=participant, now=now, lifetime=lifetime)
        servers.append({"urls": turn, **own})
    return servers


def probe_servers(
    urls: list[str], secret: str, *, participant: str, now: datetime
) -> list[IceServer]:
    """The device test's relay: another coturn, with its own secret, to `media` only (C-30)."""
    return ice_servers(urls, secret, participant=participant, now=now, lifetime=PROBE_LIFETIME)
