"""What the keeper of accounts may do to whom, and which password will do; pure."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol

ADMIN = "clinic_admin"
#: fewer different letters than this is a pattern, not a password
FEWEST_LETTERS = 6
#: parts of a name shorter than this are in many words by chance
SHORTEST_PART = 4

WORDS = {
    "own-account": "You cannot do that to your own account. Ask another administrator.",
    "last-admin": "They are the only administrator. Make somebody else one first.",
}


class Known(Protocol):
    """What of an account decides."""

    @property
    def id(self) -> uuid.UUID: ...
    @property
    def is_admin(self) -> bool: ...


@dataclass(frozen=True)
class Target:
    """The account something is done to."""

    id: uuid.UUID
    is_admin: bool


def reason_not_to_touch(
    target: Known, *, by: uuid.UUID | None, other_admins: int
) -> str | None:
    """Why this account may not be ended or given another role now, or None.

    Whoever keeps the house itself (`by` nobody) may end any account: a stolen one cannot wait
    for a second administrator.
    """
    if by is None:
        return None
    if target.id == by:
        return "own-account"
    if target.is_admin and other_admins == 0:
        return "last-admin"
    return None


def reason_not_this_password(
    password: str, *, shortest: int, about: Collection[str]
) -> str | None:
    """Why this password will not do, in words, or None; no rule about signs (SP 800-63B-4)."""
    if len(password) < shortest:
        return f"Please take at least {shortest} characters. A few words in a row do well."
    plain = password.casefold()
    if len(set(plain)) < FEWEST_LETTERS:
        return "That repeats itself too much. A few words in a row do well."
    parts = {part for each in about for part in _parts(each)}
    if any(part in plain for part in parts):
        return "Please leave out your name, your e-mail and the name of the clinic."
    return None


def _parts(words: str) -> set[str]:
    cut = "".join(letter if letter.isalnum() else " " for letter in words.casefold())
    return {part for part in cut.split() if len(part) >= SHORTEST_PART}
