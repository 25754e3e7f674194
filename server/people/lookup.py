"""Find one person by what only somebody who knows them can say; never a list (T-07)."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.people.models import Patient


def by_name_and_birthday(
    session: Session,
    clinic_id: uuid.UUID,
    name: str,
    born_on: date,
    *,
    same: Callable[[str, str], bool],
) -> Patient | None:
    """The one patient of this clinic with that name and birthday; of two alike, neither."""
    born_then = select(Patient).where(
        Patient.clinic_id == clinic_id, Patient.born_on == born_on
    )
    found = [person for person in session.scalars(born_then) if same(name, person.name)]
    return found[0] if len(found) == 1 else None
