"""The relation between a guardian and a minor: scopes as rows, and the day it ends (T-03)."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from server.db import A2, PLAIN, Base, one_of


class Scope(StrEnum):
    """One thing a guardian may do; none is given by being a guardian (CLINICAL.md §7)."""

    JOIN = "join"  # the part of a visit they are invited to
    TIMES = "times"  # hear when a visit is, has moved or was called off
    SIGN = "sign"  # sign a consent, beside the minor's own assent
    FORMS = "forms"  # answer the forms meant for a caregiver


class Guardianship(Base):
    """One guardian of one minor; the companion row is who they are, this is what they may."""

    __tablename__ = "guardianships"

    companion_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("companions.id"), primary_key=True, info=PLAIN
    )
    clinic_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("clinics.id"), info=PLAIN)
    patient_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("patients.id"), index=True, info=PLAIN
    )
    #: holds the medical decisions, by custody or court order
    decides: Mapped[bool] = mapped_column(default=False, info=A2)
    #: the first day on which it is over, at 00:00 where the minor lives
    ends_on: Mapped[date] = mapped_column(info=A2)
    since: Mapped[datetime] = mapped_column(info=PLAIN)
    ended_at: Mapped[datetime | None] = mapped_column(info=PLAIN)
    #: nobody: it ended by its date
    ended_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("accounts.id"), info=PLAIN)


class GuardianScope(Base):
    """One scope somebody gave; without the row the answer is no."""

    __tablename__ = "guardian_scopes"

    companion_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("guardianships.companion_id"), primary_key=True, info=PLAIN
    )
    scope: Mapped[Scope] = mapped_column(one_of(Scope, "scope"), primary_key=True, info=PLAIN)
    clinic_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("clinics.id"), info=PLAIN)
    given_at: Mapped[datetime] = mapped_column(info=PLAIN)
    given_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("accounts.id"), info=PLAIN)
