"""What the pages measured: a device test before the visit, and how the call was during it."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from server.db import A3, PLAIN, Base, identifier, one_of
from server.tenancy import through
from server.visits.kinds import Verdict


class DeviceTest(Base):
    """One run of the device and connection test, by anybody who joins."""

    __tablename__ = "device_tests"
    __tenancy__ = through("participant_id", "account_id")

    id: Mapped[uuid.UUID] = identifier()
    #: a participant's test, or a member of staff's own outside any visit
    participant_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("participants.id"), index=True, info=PLAIN
    )
    account_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("accounts.id"), index=True, info=PLAIN
    )
    at: Mapped[datetime] = mapped_column(info=PLAIN)
    verdict: Mapped[Verdict] = mapped_column(one_of(Verdict, "verdict"), info=A3)
    #: camera | microphone | connection | relay | "" : the leg that failed
    failed_leg: Mapped[str] = mapped_column(String(20), default="", info=A3)
    words: Mapped[str] = mapped_column(String(200), default="", info=A3)
    camera: Mapped[str] = mapped_column(String(20), default="", info=A3)
    microphone: Mapped[str] = mapped_column(String(20), default="", info=A3)
    speaker: Mapped[str] = mapped_column(String(20), default="", info=A3)
    rtt_ms: Mapped[float | None] = mapped_column(info=A3)
    loss_up: Mapped[float | None] = mapped_column(info=A3)
    loss_down: Mapped[float | None] = mapped_column(info=A3)
    jitter_ms: Mapped[float | None] = mapped_column(info=A3)
    frames: Mapped[int | None] = mapped_column(info=A3)
    direct: Mapped[str] = mapped_column(String(20), default="", info=A3)
    relay: Mapped[str] = mapped_column(String(20), default="", info=A3)


class QualitySample(Base):
    """How the call was for one side, every half minute: for words to staff and the outcome."""

    __tablename__ = "quality_samples"
    __tenancy__ = through("visit_id")

    id: Mapped[uuid.UUID] = identifier()
    participant_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("participants.id"), index=True, info=PLAIN
    )
    visit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("visits.id"), index=True, info=PLAIN)
    at: Mapped[datetime] = mapped_column(info=PLAIN)
    rtt_ms: Mapped[float | None] = mapped_column(info=A3)
    loss: Mapped[float | None] = mapped_column(info=A3)
    jitter_ms: Mapped[float | None] = mapped_column(info=A3)
    freezes: Mapped[float | None] = mapped_column(info=A3)
    kbps: Mapped[float | None] = mapped_column(info=A3)
    mos: Mapped[float | None] = mapped_column(info=A3)
    road: Mapped[str] = mapped_column(String(12), default="", info=A3)
