"""The code word, what was said unseen, and how a patient may be reached (T-10)."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from server.db import A0, A2, PLAIN, Base, identifier, one_of


class CodeWord(Base):
    """The word a patient and a clinician agreed on.

    Kept as words and not as a hash: it is looked for inside what the patient writes, taken out
    of what is shown, and read again together; a short word's hash would hide nothing.
    """

    __tablename__ = "code_words"

    patient_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("patients.id"), primary_key=True, info=PLAIN
    )
    clinic_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("clinics.id"), info=PLAIN)
    words: Mapped[str] = mapped_column(String(60), info=A0)
    agreed_with: Mapped[uuid.UUID] = mapped_column(ForeignKey("accounts.id"), info=PLAIN)
    agreed_at: Mapped[datetime] = mapped_column(info=PLAIN)


class SignalKind(StrEnum):
    """How it was said."""

    CODE_WORD = "code-word"
    NOT_ALONE = "not-alone"


class QuietSignal(Base):
    """Something a patient told the people who treat them, and nobody else."""

    __tablename__ = "quiet_signals"

    id: Mapped[uuid.UUID] = identifier()
    clinic_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("clinics.id"), info=PLAIN)
    patient_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("patients.id"), info=PLAIN)
    room_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("rooms.id"), index=True, info=PLAIN)
    participant_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("participants.id"), info=PLAIN)
    kind: Mapped[SignalKind] = mapped_column(one_of(SignalKind, "kind"), info=A0)
    said_at: Mapped[datetime] = mapped_column(info=PLAIN)
    seen_at: Mapped[datetime | None] = mapped_column(info=PLAIN)
    seen_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("accounts.id"), info=PLAIN)


class SafeContact(Base):
    """How the clinic may reach a patient; without a row, by every way they gave us."""

    __tablename__ = "safe_contacts"
    __table_args__ = (
        CheckConstraint("from_hour >= 0 AND from_hour <= 23", name="from_is_an_hour"),
        CheckConstraint("until_hour >= 1 AND until_hour <= 24", name="until_is_an_hour"),
        CheckConstraint("until_hour > from_hour", name="ends_after_it_begins"),
    )

    patient_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("patients.id"), primary_key=True, info=PLAIN
    )
    clinic_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("clinics.id"), info=PLAIN)
    by_email: Mapped[bool] = mapped_column(default=True, info=A2)
    by_text: Mapped[bool] = mapped_column(default=True, info=A2)
    by_phone: Mapped[bool] = mapped_column(default=True, info=A2)
    voicemail: Mapped[bool] = mapped_column(default=False, info=A2)
    #: full hours where the patient lives; 0 to 24 is any time
    from_hour: Mapped[int] = mapped_column(default=0, info=A2)
    until_hour: Mapped[int] = mapped_column(default=24, info=A2)
    #: what whoever calls says, and asks for
    note: Mapped[str] = mapped_column(String(200), default="", info=A2)
    changed_at: Mapped[datetime] = mapped_column(info=PLAIN)
    changed_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("accounts.id"), info=PLAIN)
