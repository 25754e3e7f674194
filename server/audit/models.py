"""The record of who did what; rows are only ever added."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from server.db import PLAIN, Base, identifier


class AuditRow(Base):
    """One act or refusal: ids and codes only, never what was said (NUD-15)."""

    __tablename__ = "audit_rows"

    id: Mapped[uuid.UUID] = identifier()
    clinic_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("clinics.id"), index=True, info=PLAIN
    )
    at: Mapped[datetime] = mapped_column(index=True, info=PLAIN)
    actor: Mapped[str] = mapped_column(String(80), info=PLAIN)
    role: Mapped[str] = mapped_column(String(40), info=PLAIN)
    #: a tag of audit/tags.py, such as "visit:admit"
    action: Mapped[str] = mapped_column(String(60), index=True, info=PLAIN)
    object: Mapped[str] = mapped_column(String(80), info=PLAIN)
    #: "done" or "refused"
    decision: Mapped[str] = mapped_column(String(10), info=PLAIN)
    #: the stable code of a refusal, or the rule applied
    reason: Mapped[str] = mapped_column(String(80), default="", info=PLAIN)
    policy_version: Mapped[str] = mapped_column(String(20), default="", info=PLAIN)
    request_id: Mapped[str] = mapped_column(String(32), default="", info=PLAIN)
