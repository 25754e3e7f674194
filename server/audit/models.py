"""The record of who did what: rows are only ever added, each chained to the one before."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, String, event
from sqlalchemy.orm import Mapped, mapped_column

from server.audit.append_only import GUARDS
from server.db import PLAIN, Base, identifier
from server.tenancy import Shared


class AuditRow(Base):
    """One act or refusal: ids and codes only, never what was said (NUD-15)."""

    __tablename__ = "audit_rows"
    __table_args__ = (
        Index("ix_audit_rows_chain_seq", "chain", "seq", unique=True),
        Index("ix_audit_rows_clinic_id_at", "clinic_id", "at"),
        Index("ix_audit_rows_patient_id_at", "patient_id", "at"),
    )

    id: Mapped[uuid.UUID] = identifier()
    clinic_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("clinics.id"), info=PLAIN)
    at: Mapped[datetime] = mapped_column(info=PLAIN)
    actor: Mapped[str] = mapped_column(String(80), info=PLAIN)
    role: Mapped[str] = mapped_column(String(40), info=PLAIN)
    #: what was done, such as "visit:admit"
    action: Mapped[str] = mapped_column(String(60), info=PLAIN)
    object: Mapped[str] = mapped_column(String(80), info=PLAIN)
    #: "done" or "refused"
    decision: Mapped[str] = mapped_column(String(10), info=PLAIN)
    #: the stable code of a refusal, or the rule applied
    reason: Mapped[str] = mapped_column(String(80), default="", info=PLAIN)
    policy_version: Mapped[str] = mapped_column(String(20), default="", info=PLAIN)
    request_id: Mapped[str] = mapped_column(String(32), default="", info=PLAIN)
    #: whose record it is about, where it is about one ("who looked at my record")
    patient_id: Mapped[uuid.UUID | None] = mapped_column(info=PLAIN)
    #: tells two browsers of one person apart; the start of a hash, good for nothing else
    browser: Mapped[str] = mapped_column(String(16), default="", info=PLAIN)
    # The chain (SECURITY.md §2.7); empty only in rows older than it, until they are adopted.
    chain: Mapped[uuid.UUID | None] = mapped_column(info=PLAIN)
    seq: Mapped[int | None] = mapped_column(BigInteger, info=PLAIN)
    prev_mac: Mapped[str | None] = mapped_column(String(64), info=PLAIN)
    mac: Mapped[str | None] = mapped_column(String(64), info=PLAIN)


class AuditHead(Base):
    """Where each chain stands; whoever adds to a chain holds its row until the commit."""

    __tablename__ = "audit_heads"
    __tenancy__ = Shared("it holds a count and a mac, and every use case moves its own")

    #: the clinic's id, or nil for the house: what belongs to no clinic
    chain: Mapped[uuid.UUID] = mapped_column(primary_key=True, info=PLAIN)
    seq: Mapped[int] = mapped_column(BigInteger, info=PLAIN)
    mac: Mapped[str] = mapped_column(String(64), info=PLAIN)


for _guard in GUARDS:
    event.listen(AuditRow.__table__, "after_create", _guard)
