"""Where a clinician may treat: by the state the patient is in during the visit (TEL-11)."""

from __future__ import annotations

import uuid
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.people.models import Licence


def covers(licence: Licence, on: date) -> bool:
    """Whether somebody may treat under it on that day."""
    return licence.valid_from <= on <= licence.expires_on


def valid_in(
    session: Session, account_id: uuid.UUID, state: str, *, on: date
) -> Licence | None:
    """The licence that covers `state` on that day, if there is one."""
    return session.scalar(
        select(Licence)
        .where(
            Licence.account_id == account_id,
            Licence.state == state,
            Licence.valid_from <= on,
            Licence.expires_on >= on,
        )
        .order_by(Licence.expires_on.desc())
        .limit(1)
    )
