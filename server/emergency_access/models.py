"""What is kept of an emergency access: who, whose record, why, until when, and the review."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from server.db import A1, A2, A4, PLAIN, Base, identifier, one_of


class ClosedBy(StrEnum):
    """How it ended."""

    READER = "reader"
    EXPIRY = "expiry"


class Verdict(StrEnum):
    """What the privacy officer made of it."""

    ACCEPTED = "accepted"
    FOLLOW_UP = "follow-up"


class EmergencyAccess(Base):
    """One clinician may read one record until `expires_at` (T-07), and somebody reviews it."""

    __tablename__ = "emergency_accesses"
    __table_args__ = (
        # Two at once of one person are refused by the database, too (C-21).
        Index(
            "one_emergency_access_at_a_time",
            "account_id",
            unique=True,
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
    )

    id: Mapped[uuid.UUID] = identifier()
    clinic_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("clinics.id"), index=True, info=PLAIN
    )
    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("accounts.id"), info=PLAIN)
    patient_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("patients.id"), index=True, info=A2
    )
    #: the browser in which they proved themselves: it reads there and nowhere else
    browser: Mapped[str] = mapped_column(String(64), info=A4)
    reason: Mapped[str] = mapped_column(String(500), info=A1)
    opened_at: Mapped[datetime] = mapped_column(info=PLAIN)
    expires_at: Mapped[datetime] = mapped_column(info=PLAIN)
    closed_at: Mapped[datetime | None] = mapped_column(info=PLAIN)
    closed_by: Mapped[ClosedBy | None] = mapped_column(
        one_of(ClosedBy, "closed_by"), info=PLAIN
    )
    reviewed_at: Mapped[datetime | None] = mapped_column(info=PLAIN)
    reviewer_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("accounts.id"), info=PLAIN)
    verdict: Mapped[Verdict | None] = mapped_column(one_of(Verdict, "verdict"), info=PLAIN)
    review_words: Mapped[str] = mapped_column(String(300), default="", info=A1)


class EmergencyTry(Base):
    """One filled-in form, counted before it is looked at; its password may have been right."""

    __tablename__ = "emergency_tries"

    id: Mapped[uuid.UUID] = identifier()
    clinic_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("clinics.id"), info=PLAIN)
    account_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("accounts.id"), index=True, info=PLAIN
    )
    browser: Mapped[str] = mapped_column(String(64), info=A4)
    at: Mapped[datetime] = mapped_column(info=PLAIN)
    proved_at: Mapped[datetime | None] = mapped_column(info=PLAIN)
    succeeded: Mapped[bool] = mapped_column(default=False, info=PLAIN)
