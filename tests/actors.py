"""Who asks, as a use case is told: staff who signed in, a browser with a personal link."""

from __future__ import annotations

from server.access.actor import Actor, ActorKind
from server.demo.cast import Companion, Person, Staff
from tests.people import MORGAN, OpenVisit


def staff(person: Staff, session: str = "") -> Actor:
    """A member of staff, at their own browser."""
    return Actor(
        ActorKind.STAFF,
        role=person.role.value,
        session=session or f"session-{person.short_name}",
        clinic_id=person.house.id,
        account_id=person.id,
    )


def browser(
    visit: OpenVisit, person: Person | Companion = MORGAN, session: str = "phone"
) -> Actor:
    """A browser that opened this person's link to the visit."""
    return Actor(
        ActorKind.LINK,
        role="patient",
        session=session,
        clinic_id=person.house.id,
        participant_id=visit.participant(person),
    )
