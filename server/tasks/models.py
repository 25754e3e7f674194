"""Work that somebody owns and that is due."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from server.db import A1, PLAIN, Base, identifier


class Task(Base):
    """One piece of work; an alert is a task with little time (TEL-15)."""

    __tablename__ = "tasks"

    id: Mapped[uuid.UUID] = identifier()
    clinic_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("clinics.id"), index=True, info=PLAIN
    )
    #: "safety-visit", "call-for-help", "not-me", "cannot-come", ...
    kind: Mapped[str] = mapped_column(String(40), info=PLAIN)
    visit_id: Mapped[uuid.UUID | None] = mapped_column(index=True, info=PLAIN)
    owner_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("accounts.id"), info=PLAIN)
    #: the role that may take it while nobody owns it
    for_role: Mapped[str] = mapped_column(String(40), info=PLAIN)
    words: Mapped[str] = mapped_column(String(200), info=A1)
    created_at: Mapped[datetime] = mapped_column(info=PLAIN)
    due_at: Mapped[datetime] = mapped_column(info=PLAIN)
    acknowledged_at: Mapped[datetime | None] = mapped_column(info=PLAIN)
    done_at: Mapped[datetime | None] = mapped_column(info=PLAIN)
