"""Draft notes; signing comes later, losing text never."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from server.db import A1, PLAIN, Base, identifier
from server.tenancy import through


class DraftNote(Base):
    """The note one author is writing about one visit; `revision` rises at each save (R-07)."""

    __tablename__ = "draft_notes"
    __tenancy__ = through("visit_id")
    __table_args__ = (UniqueConstraint("visit_id", "author_id"),)

    id: Mapped[uuid.UUID] = identifier()
    visit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("visits.id"), info=PLAIN)
    author_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("accounts.id"), info=PLAIN)
    text: Mapped[str] = mapped_column(Text, default="", info=A1)
    revision: Mapped[int] = mapped_column(default=0, info=PLAIN)
    saved_at: Mapped[datetime] = mapped_column(info=PLAIN)
    #: the idempotency key of the last save: a retry of it is answered, not repeated
    last_key: Mapped[str] = mapped_column(String(64), default="", info=PLAIN)
