"""Where a clinician may treat: by the state the patient is in during the visit (TEL-11)."""

from __future__ import annotations

import uuid
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.people.models import Licence


def valid_in(
    session: Session, account_id: uuid.UUID, state: str, *, on: date
) -> Licence | None:
    """The licence that covers `state` on that day, if there is one."""
    valid = (Licence.account_id == account_id, Licence.state == state, Licence.covers(on))
    latest = Licence.expires_on.desc()
    return session.scalar(select(Licence).where(*valid).order_by(latest).limit(1))
