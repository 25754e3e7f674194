"""Which door each page and call has: what one must be permitted, and how it is answered.

A view without a door is refused (and a test fails), so that forgetting one is safe.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from server.access.actor import ActorKind
from server.access.permissions import PERMISSIONS, kinds_of, roles_of
from server.limits import USUAL, Rate

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True)
class Door:
    """What somebody must be permitted. `passive` calls keep no idle session alive (C-05)."""

    permission: str
    passive: bool = False
    #: answers JSON and takes JSON: needs the X-Mooring header instead of a form token
    api: bool = False
    #: may come by sendBeacon, which cannot set a header; the origin check alone protects it
    beacon: bool = False
    #: shown inside our own workspace, so it may be framed by ourselves
    framed: bool = False
    #: signed by another process of ours: neither cookie nor origin counts
    machine: bool = False
    #: must look before it knows who asks: a password, a link, a claim of ours
    every_clinic: bool = False
    #: how often one person may write here (T-28)
    turns: Rate = USUAL

    @property
    def kinds(self) -> frozenset[ActorKind]:
        """Whom to look for among the cookies."""
        return kinds_of(self.permission)

    @property
    def roles(self) -> frozenset[str]:
        """Who may come in, in words; none where any role will do."""
        return roles_of(self.permission)


ANYONE = frozenset(ActorKind)


def door(permission: str, *, turns: Rate = USUAL, **how: bool) -> Callable[[View], View]:
    """Say what one needs to use this view, e.g. `@door("chart:read", framed=True)`."""
    if permission not in PERMISSIONS:
        raise LookupError(f"{permission} is not in server/access/permissions.py")

    def fit(view: View) -> View:
        view.door = Door(permission, turns=turns, **how)  # type: ignore[attr-defined]
        return view

    return fit


def door_of(view: Callable[..., Any] | None) -> Door | None:
    """The door of a view, or None if somebody forgot it."""
    return getattr(view, "door", None)
