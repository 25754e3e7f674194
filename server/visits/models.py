"""A room is the place; visits happen in it one after the other; participants hold seats in it.

A conversion to a safety visit (NUD-9) closes one visit and opens the next in the same room, so
that link, seat and admission stay as they are.
"""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from server.db import A1, A2, A3, A4, PLAIN, Base, identifier, one_of
from server.tenancy import Shared, through
from server.visits.kinds import Role, Stage, VisitKind, VisitState


def _at_most_two_hours() -> list[CheckConstraint]:
    """NUD-10 in the database: a safety visit alone may be longer (NUD-9)."""
    lengths = {
        "postgresql": "ends_at - starts_at <= interval '120 minutes'",
        "sqlite": "(julianday(ends_at) - julianday(starts_at)) * 1440 < 120.01",
    }
    return [
        CheckConstraint(
            f"kind = 'CRISIS_CHECKIN' OR {length}", name="is_at_most_two_hours"
        ).ddl_if(dialect=dialect)
        for dialect, length in lengths.items()
    ]


class Room(Base):
    """Where a visit happens: a random name, a signaling node and its epoch."""

    __tablename__ = "rooms"

    id: Mapped[uuid.UUID] = identifier()
    clinic_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("clinics.id"), info=PLAIN)
    name: Mapped[str] = mapped_column(String(43), unique=True, info=A4)
    node: Mapped[str] = mapped_column(String(40), default="", info=PLAIN)
    epoch: Mapped[int] = mapped_column(default=1, info=PLAIN)


class Visit(Base):
    """One video visit. `version` rises with every change, for compare-and-set."""

    __tablename__ = "visits"
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="ends_after_it_starts"),
        *_at_most_two_hours(),
        Index(
            "one_current_visit_in_a_room",
            "room_id",
            unique=True,
            sqlite_where=text("state != 'CONVERTED_SAFETY'"),
            postgresql_where=text("state != 'CONVERTED_SAFETY'"),
        ),
        Index("ix_visits_clinic_id_starts_at", "clinic_id", "starts_at"),
    )

    id: Mapped[uuid.UUID] = identifier()
    clinic_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("clinics.id"), info=PLAIN)
    room_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("rooms.id"), info=PLAIN)
    patient_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("patients.id"), info=A2)
    clinician_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("accounts.id"), info=A2)
    kind: Mapped[VisitKind] = mapped_column(one_of(VisitKind, "kind"), info=A2)
    state: Mapped[VisitState] = mapped_column(one_of(VisitState, "state"), info=A2)
    starts_at: Mapped[datetime] = mapped_column(info=A2)
    ends_at: Mapped[datetime] = mapped_column(info=A2)
    #: NUD-5: nobody joins before this, except a safety visit; set by visits/holds.py
    not_before: Mapped[datetime | None] = mapped_column(info=A1)
    #: the IANA zone the time was made in
    timezone: Mapped[str] = mapped_column(String(40), info=A2)
    version: Mapped[int] = mapped_column(default=1, info=PLAIN)
    continues_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("visits.id"), info=PLAIN)
    created_at: Mapped[datetime] = mapped_column(info=PLAIN)
    policy_version: Mapped[str] = mapped_column(String(20), info=PLAIN)
    # what happened (TEL-10)
    began_at: Mapped[datetime | None] = mapped_column(info=A2)
    ended_at: Mapped[datetime | None] = mapped_column(info=A2)
    #: since when no host is in the room, for the `unattended` rule (NUD-10)
    hostless_since: Mapped[datetime | None] = mapped_column(info=A2)
    unattended: Mapped[bool] = mapped_column(default=False, info=PLAIN)
    # the start attestation of the clinician (NUD-8) and the licence used (TEL-11)
    attested_at: Mapped[datetime | None] = mapped_column(info=A1)
    attestation: Mapped[dict[str, Any] | None] = mapped_column(JSON, info=A1)
    licence_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("licences.id"), info=PLAIN)
    # how it closed
    outcome: Mapped[str] = mapped_column(String(40), default="", info=A1)
    technical_outcome: Mapped[str] = mapped_column(String(40), default="", info=A3)
    next_step: Mapped[str] = mapped_column(Text, default="", info=A1)
    next_words: Mapped[str] = mapped_column(Text, default="", info=A2)

    room: Mapped[Room] = relationship(lazy="joined")


class Participant(Base):
    """One person's seat in a room; one seat, however many tabs (C-18)."""

    __tablename__ = "participants"
    __tenancy__ = through("room_id")
    __table_args__ = (
        CheckConstraint(
            "(CASE WHEN account_id IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN patient_id IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN companion_id IS NULL THEN 0 ELSE 1 END) = 1",
            name="is_one_person",
        ),
    )

    id: Mapped[uuid.UUID] = identifier()
    room_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("rooms.id"), index=True, info=PLAIN)
    role: Mapped[Role] = mapped_column(one_of(Role, "role"), info=A2)
    account_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("accounts.id"), info=A2)
    patient_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("patients.id"), info=A2)
    companion_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("companions.id"), info=A2)
    #: what the others in the room call them
    name: Mapped[str] = mapped_column(String(60), info=A2)
    stage: Mapped[Stage] = mapped_column(one_of(Stage, "stage"), default=Stage.INVITED, info=A2)
    invited_at: Mapped[datetime] = mapped_column(info=PLAIN)
    waiting_since: Mapped[datetime | None] = mapped_column(info=A2)
    admitted_at: Mapped[datetime | None] = mapped_column(info=A2)
    left_at: Mapped[datetime | None] = mapped_column(info=A2)
    running_late_at: Mapped[datetime | None] = mapped_column(info=A2)
    #: admission belongs to (participant, session): the hash of the browser's session id
    admitted_session: Mapped[str | None] = mapped_column(String(64), info=A4)
    # the seat: which browser and tab hold it, and until when signaling last claimed presence
    seat: Mapped[int] = mapped_column(default=0, info=PLAIN)
    seat_session: Mapped[str | None] = mapped_column(String(64), info=A4)
    seat_tab: Mapped[str | None] = mapped_column(String(64), info=A4)
    page: Mapped[str | None] = mapped_column(String(64), info=A4)
    present_until: Mapped[datetime | None] = mapped_column(info=A2)
    connected: Mapped[bool] = mapped_column(default=False, info=A3)
    muted: Mapped[bool] = mapped_column(default=False, info=A3)
    camera: Mapped[bool] = mapped_column(default=True, info=A3)
    hidden: Mapped[bool] = mapped_column(default=False, info=A3)
    #: another browser opened the link after the first: staff see it as new
    new_browser_at: Mapped[datetime | None] = mapped_column(info=A2)
    safety_code: Mapped[str] = mapped_column(String(10), default="", info=A3)


class VisitLink(Base):
    """A personal link: 256 random bits, only the hash is kept (T-17, C-34)."""

    __tablename__ = "visit_links"
    __tenancy__ = through("participant_id")

    id: Mapped[uuid.UUID] = identifier()
    participant_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("participants.id"), index=True, info=PLAIN
    )
    token_hash: Mapped[str] = mapped_column(String(64), unique=True, info=A4)
    created_at: Mapped[datetime] = mapped_column(info=PLAIN)
    #: set by compare-and-set: exactly one browser is the first
    first_session: Mapped[str | None] = mapped_column(String(64), info=A4)
    not_me_at: Mapped[datetime | None] = mapped_column(info=A2)
    revoked_at: Mapped[datetime | None] = mapped_column(info=PLAIN)


class CheckIn(Base):
    """What the patient said before this visit (TEL-1...8, NUD-8); kept answer by answer."""

    __tablename__ = "check_ins"
    __tenancy__ = through("participant_id")

    id: Mapped[uuid.UUID] = identifier()
    participant_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("participants.id"), unique=True, info=PLAIN
    )
    started_at: Mapped[datetime] = mapped_column(info=PLAIN)
    saved_at: Mapped[datetime] = mapped_column(info=PLAIN)
    completed_at: Mapped[datetime | None] = mapped_column(info=PLAIN)
    # TEL-1
    identity_at: Mapped[datetime | None] = mapped_column(info=A2)
    # TEL-2; a moved patient overwrites it and the change is audited
    street: Mapped[str] = mapped_column(String(120), default="", info=A2)
    unit: Mapped[str] = mapped_column(String(40), default="", info=A2)
    city: Mapped[str] = mapped_column(String(80), default="", info=A2)
    state: Mapped[str] = mapped_column(String(2), default="", info=A2)
    country: Mapped[str] = mapped_column(String(2), default="US", info=A2)
    place_at: Mapped[datetime | None] = mapped_column(info=A2)
    #: the patient would rather not say, or could not: contact goes on, therapy does not
    place_withheld: Mapped[bool] = mapped_column(default=False, info=A2)
    # TEL-3, TEL-5
    phone: Mapped[str] = mapped_column(String(20), default="", info=A2)
    support_name: Mapped[str] = mapped_column(String(120), default="", info=A2)
    support_phone: Mapped[str] = mapped_column(String(20), default="", info=A2)
    support_reachable: Mapped[str] = mapped_column(String(10), default="", info=A1)
    contact_at: Mapped[datetime | None] = mapped_column(info=A2)
    # TEL-6: yes | no | tell-doctor
    private: Mapped[str] = mapped_column(String(12), default="", info=A1)
    with_whom: Mapped[str] = mapped_column(String(200), default="", info=A1)
    private_at: Mapped[datetime | None] = mapped_column(info=A2)
    # NUD-8 (c)-(f): "" | yes | no | tell-doctor
    driving: Mapped[str] = mapped_column(String(12), default="", info=A1)
    took_drug: Mapped[str] = mapped_column(String(12), default="", info=A1)
    alcohol: Mapped[str] = mapped_column(String(12), default="", info=A1)
    will_take: Mapped[str] = mapped_column(String(12), default="", info=A1)
    safety_at: Mapped[datetime | None] = mapped_column(info=A2)
    # TEL-7
    consent_version: Mapped[str] = mapped_column(String(20), default="", info=PLAIN)
    consent_at: Mapped[datetime | None] = mapped_column(info=A2)


class VisitMessage(Base):
    """A few words between the clinic and somebody waiting; the call's chat is never stored."""

    __tablename__ = "visit_messages"
    __tenancy__ = through("room_id")

    id: Mapped[uuid.UUID] = identifier()
    room_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("rooms.id"), index=True, info=PLAIN)
    #: to this participant, or from them when `from_clinic` is false
    participant_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("participants.id"), info=PLAIN)
    from_clinic: Mapped[bool] = mapped_column(info=PLAIN)
    author_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("accounts.id"), info=PLAIN)
    text: Mapped[str] = mapped_column(String(500), info=A1)
    at: Mapped[datetime] = mapped_column(info=PLAIN)


class SignalingNodeLife(Base):
    """The last thing each signaling node said: a new boot id means it was born again."""

    __tablename__ = "signaling_nodes"
    __tenancy__ = Shared("how a process of ours is, and nothing of anybody")

    node: Mapped[str] = mapped_column(String(40), primary_key=True, info=PLAIN)
    boot: Mapped[str] = mapped_column(String(64), info=PLAIN)
    seq: Mapped[int] = mapped_column(info=PLAIN)
    heard_at: Mapped[datetime] = mapped_column(info=PLAIN)
