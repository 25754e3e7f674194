"""Open visits of the cast, with a fresh personal link for everybody who comes by one."""

from __future__ import annotations

import secrets
import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from server.demo import cast
from server.identity.secret_ids import hash_of, new_secret
from server.visits.kinds import Role, VisitKind, VisitState
from server.visits.models import Participant, Room, Visit, VisitLink

Anybody = cast.Staff | cast.Person | cast.Companion


@dataclass(frozen=True)
class OpenVisit:
    """A visit and how each person gets into it: participant ids, and link tokens by name."""

    id: uuid.UUID
    room_id: uuid.UUID
    room: str
    participants: dict[str, uuid.UUID] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)

    def participant(self, person: Anybody) -> uuid.UUID:
        """This person's participant id."""
        return self.participants[person.name]

    def link(self, person: Anybody) -> str:
        """The token of this person's personal link."""
        return self.links[person.name]


def open_visit(
    session: Session,
    *,
    now: datetime,
    patient: cast.Person = cast.MORGAN,
    clinician: cast.Staff = cast.DR_RIVERA,
    also: tuple[cast.Staff | cast.Companion, ...] = (),
    kind: VisitKind = VisitKind.FOLLOW_UP,
    state: VisitState = VisitState.CONFIRMED,
    starts_in: timedelta = timedelta(),
    length: timedelta = timedelta(minutes=50),
) -> OpenVisit:
    """One visit of the cast, with whoever else comes along."""
    room = Room(id=uuid.uuid4(), clinic_id=patient.house.id, name=secrets.token_urlsafe(32))
    session.add(room)
    session.flush()
    visit = Visit(
        id=uuid.uuid4(),
        clinic_id=patient.house.id,
        room_id=room.id,
        patient_id=patient.id,
        clinician_id=clinician.id,
        kind=kind,
        state=state,
        starts_at=now + starts_in,
        ends_at=now + starts_in + length,
        timezone=patient.house.timezone,
        created_at=now,
        policy_version="demo",
    )
    session.add(visit)
    opened = OpenVisit(visit.id, room.id, room.name)
    for person in (patient, clinician, *also):
        _invite(session, opened, person, now)
    session.flush()
    return opened


def _invite(session: Session, visit: OpenVisit, person: Anybody, now: datetime) -> None:
    participant = Participant(
        id=uuid.uuid4(), room_id=visit.room_id, invited_at=now, **_who(person)
    )
    session.add(participant)
    session.flush()
    visit.participants[person.name] = participant.id
    if isinstance(person, cast.Staff):
        return  # staff sign in
    token = new_secret()
    session.add(
        VisitLink(
            participant_id=participant.id,
            token_hash=hash_of(token),
            created_at=now,
        )
    )
    visit.links[person.name] = token


def _who(person: Anybody) -> dict[str, object]:
    match person:
        case cast.Staff():
            name = person.short_name or person.name
            return {"account_id": person.id, "role": Role(person.role.value), "name": name}
        case cast.Person():
            return {"patient_id": person.id, "role": Role.PATIENT, "name": person.short_name}
        case cast.Companion():
            role = Role(person.kind.value)
            return {"companion_id": person.id, "role": role, "name": person.name}
