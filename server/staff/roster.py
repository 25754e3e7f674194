"""What the page of people shows of an account: role, state, when last seen, where signed in."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from server.access.actor import Actor
from server.identity import sessions
from server.identity.models import Account, StaffRole
from server.identity.sessions import OpenSession
from server.people import rosters
from server.staff import accounts

ROLE_WORDS = {
    StaffRole.PSYCHIATRIST: "Psychiatrist",
    StaffRole.THERAPIST: "Therapist",
    StaffRole.TRAINEE: "Trainee",
    StaffRole.COORDINATOR: "Coordinator",
    StaffRole.SITE_NURSE: "Site nurse",
    StaffRole.SITE_PRESCRIBER: "Site prescriber",
    StaffRole.CLINIC_ADMIN: "Administrator",
    StaffRole.AUDITOR: "Auditor",
}
#: state -> what it is called, and how its chip looks
STATES = {
    "active": ("Active", "calm"),
    "invited": ("Invited", "live"),
    "ended": ("Ended", "care"),
}


@dataclass(frozen=True)
class Row:
    """One account; nothing of a record is on this page (CLINICAL.md §7)."""

    id: uuid.UUID
    name: str
    email: str
    role: str
    role_words: str
    state: str
    seen_at: datetime | None
    signed_in: Sequence[OpenSession]
    is_own: bool
    #: patients are shown them by name, with credentials and licences
    is_shown: bool

    @property
    def state_words(self) -> str:
        """The state as a chip says it."""
        return STATES[self.state][0]

    @property
    def look(self) -> str:
        """How the chip looks; the words say the same."""
        return STATES[self.state][1]


def rows(session: Session, actor: Actor, *, now: datetime) -> Sequence[Row]:
    """Everybody at the actor's clinic: who works here first, then whose access has ended."""
    found = [_row(session, actor, each, now) for each in accounts.of_clinic(session, actor)]
    return sorted(found, key=lambda row: row.state == "ended")


def row(session: Session, actor: Actor, account_id: uuid.UUID, *, now: datetime) -> Row:
    """One of them."""
    return _row(session, actor, accounts.one(session, actor, account_id), now)


def _row(session: Session, actor: Actor, account: Account, now: datetime) -> Row:
    open_ones = sessions.open_of(session, account.id, now=now)
    seen = [account.signed_in_at, *(each.seen_at for each in open_ones)]
    return Row(
        id=account.id,
        name=account.name,
        email=account.email,
        role=account.role.value,
        role_words=ROLE_WORDS[account.role],
        state=_state(account),
        seen_at=max((at for at in seen if at is not None), default=None),
        signed_in=open_ones,
        is_own=account.id == actor.account_id,
        is_shown=account.role in rosters.SEATED,
    )


def _state(account: Account) -> str:
    if account.disabled_at is not None:
        return "ended"
    return "active" if account.password_hash else "invited"
