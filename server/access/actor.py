"""Who is asking: the one shape every rule and every service is given."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from enum import StrEnum


class ActorKind(StrEnum):
    """By which door they came."""

    STAFF = "staff"  # a signed-in account
    LINK = (
        "link"  # a browser that opened a visit link, and confirmed itself if it was not first
    )
    UNCONFIRMED = "unconfirmed"  # a further browser with the link: may only confirm itself
    GRANT = "grant"  # a call that outlived its staff session: tickets of one visit, no chart
    SYSTEM = "system"  # the worker, signaling's claims
    NOBODY = "nobody"


@dataclass(frozen=True)
class Actor:
    """`session` is the hash of the browser's session id: admission and seats belong to it."""

    kind: ActorKind
    role: str = ""
    session: str = ""
    name: str = ""
    clinic_id: uuid.UUID | None = None
    account_id: uuid.UUID | None = None
    participant_id: uuid.UUID | None = None

    @property
    def tag(self) -> str:
        """What the audit calls them: an id, never a name."""
        return f"{self.kind}:{self.account_id or self.participant_id or '-'}"


NOBODY = Actor(ActorKind.NOBODY)
SYSTEM = Actor(ActorKind.SYSTEM, role="system")
