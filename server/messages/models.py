"""Letters that are due; a row is the truth, sending it is the worker's job."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from server.db import A2, PLAIN, Base, identifier, one_of


class Channel(StrEnum):
    """How a letter travels."""

    EMAIL = "email"
    SMS = "sms"


class Letter(Base):
    """One message to one person: neutral words, sent at least once, never once untrue."""

    __tablename__ = "outbox"

    id: Mapped[uuid.UUID] = identifier()
    clinic_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("clinics.id"), info=PLAIN)
    #: a key of messages/kinds: "visit-link", "on-call-page", ...
    kind: Mapped[str] = mapped_column(String(40), info=PLAIN)
    #: what it is about: a participant or visit id
    about: Mapped[str] = mapped_column(String(40), index=True, info=PLAIN)
    channel: Mapped[Channel] = mapped_column(one_of(Channel, "channel"), info=PLAIN)
    to: Mapped[str] = mapped_column(String(254), info=A2)
    subject: Mapped[str] = mapped_column(String(200), default="", info=A2)
    body: Mapped[str] = mapped_column(Text, info=A2)
    due_at: Mapped[datetime] = mapped_column(index=True, info=PLAIN)
    dedupe_key: Mapped[str] = mapped_column(String(120), unique=True, info=PLAIN)
    #: due | sending | sent | failed | dropped
    status: Mapped[str] = mapped_column(String(10), default="due", index=True, info=PLAIN)
    attempts: Mapped[int] = mapped_column(default=0, info=PLAIN)
    claimed_until: Mapped[datetime | None] = mapped_column(info=PLAIN)
    sent_at: Mapped[datetime | None] = mapped_column(info=PLAIN)
    error: Mapped[str] = mapped_column(String(80), default="", info=PLAIN)
