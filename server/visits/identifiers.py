"""Two identifiers of whoever a link was made for (TEL-1, T-17)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from server.errors import NotFound
from server.people import queries as people
from server.visits.identity_policy import Known, same_name, same_phone_end
from server.visits.models import Participant


@dataclass(frozen=True)
class Said:
    """What a further browser said: a birthday, or a name where we know none, and a number."""

    born_on: date | None
    phone_end: str
    name: str = ""


def known_of(session: Session, seat: Participant) -> Known:
    """What the clinic knows of the person in this seat."""
    if seat.patient_id is not None:
        person = people.patient(session, seat.patient_id)
        return Known(person.name, person.born_on, person.phone)
    if seat.companion_id is not None:
        beside = people.companion(session, seat.companion_id)
        return Known(beside.name, beside.born_on, beside.phone)
    raise NotFound  # staff sign in; they have no link


def match(said: Said, known: Known) -> bool:
    """Both must be right; which one was wrong is told to nobody."""
    birthday = (
        said.born_on == known.born_on if known.born_on else same_name(said.name, known.name)
    )
    return birthday and same_phone_end(said.phone_end, known.phone)
