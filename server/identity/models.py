"""Accounts of staff, and the sessions of everybody; ids of sessions are stored hashed."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from server.db import A2, A4, PLAIN, Base, identifier, one_of
from server.tenancy import OfTheHouse, through


class StaffRole(StrEnum):
    """The roles of CLINICAL.md §7 that sign in."""

    PSYCHIATRIST = "psychiatrist"
    THERAPIST = "therapist"
    TRAINEE = "trainee"
    COORDINATOR = "coordinator"
    SITE_NURSE = "site_nurse"
    SITE_PRESCRIBER = "site_prescriber"
    CLINIC_ADMIN = "clinic_admin"
    AUDITOR = "auditor"


class Account(Base):
    """A member of staff; nobody shares one."""

    __tablename__ = "accounts"

    id: Mapped[uuid.UUID] = identifier()
    clinic_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("clinics.id"), info=PLAIN)
    email: Mapped[str] = mapped_column(String(254), unique=True, info=A2)
    name: Mapped[str] = mapped_column(String(120), info=A2)
    role: Mapped[StaffRole] = mapped_column(one_of(StaffRole, "role"), info=PLAIN)
    #: empty until they have set one by their invitation
    password_hash: Mapped[str] = mapped_column(String(200), info=A4)
    created_at: Mapped[datetime] = mapped_column(info=PLAIN)
    signed_in_at: Mapped[datetime | None] = mapped_column(info=PLAIN)
    disabled_at: Mapped[datetime | None] = mapped_column(info=PLAIN)


class StaffSession(Base):
    """One signed-in browser of a member of staff: idle and absolute limits, revocable."""

    __tablename__ = "staff_sessions"
    __tenancy__ = through("account_id")

    id_hash: Mapped[str] = mapped_column(String(64), primary_key=True, info=A4)
    account_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("accounts.id"), index=True, info=PLAIN
    )
    created_at: Mapped[datetime] = mapped_column(info=PLAIN)
    seen_at: Mapped[datetime] = mapped_column(info=PLAIN)
    revoked_at: Mapped[datetime | None] = mapped_column(info=PLAIN)
    #: the first of this person's sessions in this browser: their seat in a call is held under
    #: it, so that signing in again after the idle limit does not move them out of their call
    browser: Mapped[str] = mapped_column(String(64), info=A4)
    # what its owner knows it again by: a few words, and the network without its last part
    device: Mapped[str] = mapped_column(String(60), default="", server_default="", info=A2)
    network: Mapped[str] = mapped_column(String(48), default="", server_default="", info=A2)


class KnownBrowser(Base):
    """A browser in which this account has signed in before: any other is news to its owner."""

    __tablename__ = "known_browsers"
    __tenancy__ = through("account_id")

    id_hash: Mapped[str] = mapped_column(String(64), primary_key=True, info=A4)
    account_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("accounts.id"), primary_key=True, info=PLAIN
    )
    first_seen_at: Mapped[datetime] = mapped_column(info=PLAIN)
    seen_at: Mapped[datetime] = mapped_column(index=True, info=PLAIN)


class PasswordLink(Base):
    """A one-time link by which somebody sets their password: 256 random bits, kept hashed."""

    __tablename__ = "password_links"
    __tenancy__ = through("account_id")

    id: Mapped[uuid.UUID] = identifier()
    account_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("accounts.id"), index=True, info=PLAIN
    )
    token_hash: Mapped[str] = mapped_column(String(64), unique=True, info=A4)
    created_at: Mapped[datetime] = mapped_column(info=PLAIN)
    expires_at: Mapped[datetime] = mapped_column(info=PLAIN)
    used_at: Mapped[datetime | None] = mapped_column(info=PLAIN)
    revoked_at: Mapped[datetime | None] = mapped_column(info=PLAIN)


class LinkSession(Base):
    """One browser that opened a visit link: it can do that visit and nothing else (T-17)."""

    __tablename__ = "link_sessions"

    id_hash: Mapped[str] = mapped_column(String(64), primary_key=True, info=A4)
    #: the link it was opened with: five tries belong to a link, across its browsers
    link_id: Mapped[uuid.UUID] = mapped_column(index=True, info=PLAIN)
    participant_id: Mapped[uuid.UUID] = mapped_column(index=True, info=PLAIN)
    clinic_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("clinics.id"), info=PLAIN)
    #: what the participant is in the visit
    role: Mapped[str] = mapped_column(String(20), info=PLAIN)
    opened_at: Mapped[datetime] = mapped_column(info=PLAIN)
    seen_at: Mapped[datetime] = mapped_column(info=PLAIN)
    #: the first browser is trusted by the link; a later one confirms two identifiers first
    confirmed_at: Mapped[datetime | None] = mapped_column(info=PLAIN)
    tries: Mapped[int] = mapped_column(default=0, info=PLAIN)
    #: when they last said again who they are, before their own list of who looked (C-38)
    proved_at: Mapped[datetime | None] = mapped_column(info=PLAIN)
    proof_tries: Mapped[int] = mapped_column(default=0, server_default="0", info=PLAIN)
    revoked_at: Mapped[datetime | None] = mapped_column(info=PLAIN)


class CallGrant(Base):
    """One browser may fetch tickets for one visit: a call outlives an idle chart (C-05)."""

    __tablename__ = "call_grants"
    __tenancy__ = through("account_id")

    id_hash: Mapped[str] = mapped_column(String(64), primary_key=True, info=A4)
    participant_id: Mapped[uuid.UUID] = mapped_column(index=True, info=PLAIN)
    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("accounts.id"), info=PLAIN)
    #: the browser of the staff session it was granted to: seat and admission stay there
    staff_session: Mapped[str] = mapped_column(String(64), index=True, info=A4)
    granted_at: Mapped[datetime] = mapped_column(info=PLAIN)
    expires_at: Mapped[datetime] = mapped_column(info=PLAIN)
    revoked_at: Mapped[datetime | None] = mapped_column(info=PLAIN)


class SignInAttempt(Base):
    """A failed sign-in by account and by network, which no new cookie can reset (T-14)."""

    __tablename__ = "sign_in_attempts"
    __tenancy__ = OfTheHouse("who is knocking is not known yet")

    id: Mapped[uuid.UUID] = identifier()
    email_hash: Mapped[str] = mapped_column(String(64), index=True, info=A4)
    network: Mapped[str] = mapped_column(String(64), index=True, info=A2)
    at: Mapped[datetime] = mapped_column(info=PLAIN)
