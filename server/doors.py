"""Which door each page and call has: who may knock, and how it is answered; none by default.

A view without a door is refused (and a test fails), so that forgetting one is safe.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from server.access.actor import ActorKind

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True)
class Door:
    """Who may come in. `passive` calls do not keep an idle session alive (C-05)."""

    kinds: frozenset[ActorKind]
    roles: frozenset[str] = frozenset()  # empty: any role of that kind
    passive: bool = False
    #: answers JSON and takes JSON: needs the X-Mooring header instead of a form token
    api: bool = False
    #: may come by sendBeacon, which cannot set a header; the origin check alone protects it
    beacon: bool = False
    #: shown inside our own workspace, so it may be framed by ourselves
    framed: bool = False
    #: signed by another process of ours: neither cookie nor origin counts
    machine: bool = False


ANYONE = frozenset(ActorKind)
STAFF = frozenset({ActorKind.STAFF})
LINK = frozenset({ActorKind.LINK})
LINK_OR_UNCONFIRMED = frozenset({ActorKind.LINK, ActorKind.UNCONFIRMED})
CALLER = frozenset({ActorKind.STAFF, ActorKind.GRANT})


def door(kinds: frozenset[ActorKind], *roles: str, **how: bool) -> Callable[[View], View]:
    """Say who may use this view, e.g. `@door(STAFF, "coordinator", api=True)`."""

    def fit(view: View) -> View:
        view.door = Door(kinds, frozenset(roles), **how)  # type: ignore[attr-defined]
        return view

    return fit


def door_of(view: Callable[..., Any] | None) -> Door | None:
    """The door of a view, or None if somebody forgot it."""
    return getattr(view, "door", None)
