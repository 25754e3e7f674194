"""Which wording of a consent was confirmed, when and by whom."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from server.db import A2, PLAIN, Base, identifier
from server.tenancy import through


class TelehealthConsent(Base):
    """Consent to be seen by video, confirmed before each visit (TEL-7)."""

    __tablename__ = "telehealth_consents"
    __tenancy__ = through("patient_id")

    id: Mapped[uuid.UUID] = identifier()
    patient_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("patients.id"), index=True, info=PLAIN
    )
    #: the visit or room it was confirmed for
    room_id: Mapped[uuid.UUID] = mapped_column(info=PLAIN)
    version: Mapped[str] = mapped_column(String(20), info=PLAIN)
    confirmed_by: Mapped[str] = mapped_column(String(40), info=A2)
    confirmed_at: Mapped[datetime] = mapped_column(info=A2)
