"""Every role there is, around three visits with canaries in them.

Morgan's is the visit of everybody who has one; Alex's is a colleague's in the same clinic,
Robin's is another clinic's. Nobody of Morgan's visit has anything to do with the other two.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime

from flask import Flask
from sqlalchemy import String, Text, update
from sqlalchemy.orm import Session
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from server.chart.models import DraftNote
from server.db import Base
from server.demo.cast import Companion, Staff
from server.doors import door_of
from server.identity.models import Account, StaffRole
from server.people.models import Companion as CompanionRow
from server.people.models import CompanionKind, TreatmentRelation
from server.visits.kinds import Stage
from server.visits.models import CheckIn, Participant, Visit, VisitMessage
from tests.browsing import BASE_URL, Visitor
from tests.people import (
    ALEX,
    ANA,
    DR_LIND,
    DR_OSEI,
    DR_RIVERA,
    HARBOR,
    JORDAN_LEE,
    LINH,
    MORGAN,
    ROBIN,
    SAM_TAYLOR,
    SAM_WHITFIELD,
    OpenVisit,
)

PATIENT, GUARDIAN, INTERPRETER = "patient", "guardian", "interpreter"
SUPPORT, OBSERVER = "support person", "observer"
FURTHER = "further browser"  # holds the patient's link and has not said who it is
HOST, COLLEAGUE, THERAPIST = "psychiatrist", "colleague", "therapist of the visit"
TRAINEE, NURSE, PRESCRIBER = "trainee", "site nurse", "site prescriber"
ADMIN, AUDITOR = "clinic admin", "auditor"
DESK, ELSEWHERE, GRANT, STRANGER = "coordinator", "other clinic", "call grant", "nobody"
LINKS = {PATIENT, GUARDIAN, INTERPRETER, SUPPORT, OBSERVER}
TREATING = {HOST, THERAPIST}
CLINICIANS = {HOST, THERAPIST, TRAINEE, COLLEAGUE, ELSEWHERE}
SIGNING = CLINICIANS - {TRAINEE}
STAFF = CLINICIANS | {DESK, NURSE, PRESCRIBER, ADMIN, AUDITOR}
ALL = LINKS | STAFF | {FURTHER, GRANT, STRANGER}

ON_SITE = {
    TRAINEE: Staff("Tess Arden", StaffRole.TRAINEE, HARBOR),
    NURSE: Staff("Nia Brooks", StaffRole.SITE_NURSE, HARBOR),
    PRESCRIBER: Staff("Dr. Paul Crane", StaffRole.SITE_PRESCRIBER, HARBOR),
    ADMIN: Staff("Ada Dunn", StaffRole.CLINIC_ADMIN, HARBOR),
    AUDITOR: Staff("Amir Engel", StaffRole.AUDITOR, HARBOR),
}
OLA = Companion("Ola Frost", CompanionKind.OBSERVER, HARBOR, "+13035550177", date(1990, 1, 1))
COMES_ALONG = {GUARDIAN: LINH, INTERPRETER: ANA, SUPPORT: SAM_TAYLOR, OBSERVER: OLA}

CANARY = "canary"
FROM_ABROAD = "canary-of-another-clinic"
#: what no refused answer may say: planted words, and who the patients are
SECRETS = [CANARY] + [
    told for person in (MORGAN, ALEX, ROBIN) for told in (person.name, person.short_name)
]  # fmt: skip
_CHANGING = re.compile(
    rb'(name="csrf_token" value=")[^"]+|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}'
)


@dataclass(frozen=True)
class Target:
    """One visit and whatever else of it an address can name."""

    visit_id: uuid.UUID
    participant_id: uuid.UUID
    patient_id: uuid.UUID
    account_id: uuid.UUID

    @classmethod
    def of(cls, visit: OpenVisit, patient, doctor) -> Target:
        return cls(visit.id, visit.participant(patient), patient.id, doctor.id)

    @classmethod
    def nowhere(cls) -> Target:
        """What nobody has."""
        return cls(*(uuid.uuid4() for _ in range(4)))


@dataclass(frozen=True)
class Visits:
    """Whose they are: everybody's here, a colleague's, another clinic's."""

    own: OpenVisit
    neighbour: OpenVisit
    abroad: OpenVisit

    def targets(self) -> dict[str, Target]:
        """What an address is filled with."""
        return {
            "own": Target.of(self.own, MORGAN, DR_RIVERA),
            "neighbour": Target.of(self.neighbour, ALEX, DR_OSEI),
            "abroad": Target.of(self.abroad, ROBIN, DR_LIND),
            "nowhere": Target.nowhere(),
        }


def bring_in(session: Session, now: datetime) -> None:
    """The roles of §7 that are not in the cast; from now on a colleague alone treats Alex."""
    session.execute(
        update(TreatmentRelation)
        .where(TreatmentRelation.patient_id == ALEX.id)
        .values(account_id=DR_OSEI.id)
    )
    for person in ON_SITE.values():
        session.add(
            Account(
                id=person.id, clinic_id=HARBOR.id, email=person.email, name=person.name,
                role=person.role, password_hash="", created_at=now,
            )
        )  # fmt: skip
    session.add(
        CompanionRow(
            id=OLA.id, clinic_id=HARBOR.id, patient_id=None, kind=OLA.kind, name=OLA.name,
            phone=OLA.phone, email=OLA.email, born_on=OLA.born_on,
        )
    )  # fmt: skip
    session.flush()


def live_in(session: Session, visits: Visits, now: datetime) -> None:
    """Somebody waits in each visit, has answered and written; a note is begun."""
    for visit, patient, doctor in (
        (visits.own, MORGAN, DR_RIVERA),
        (visits.neighbour, ALEX, DR_OSEI),
        (visits.abroad, ROBIN, DR_LIND),
    ):
        seat = session.get_one(Participant, visit.participant(patient))
        seat.stage, seat.seat_session, seat.waiting_since = Stage.WAITING, "phone", now
        session.add_all(
            [
                CheckIn(
                    participant_id=seat.id, started_at=now, saved_at=now, completed_at=now
                ),
                VisitMessage(
                    room_id=visit.room_id, participant_id=seat.id, from_clinic=False,
                    text="", at=now,
                ),
                DraftNote(visit_id=visit.id, author_id=doctor.id, saved_at=now, revision=1),
            ]
        )  # fmt: skip
    session.flush()
    plant(session)
    abroad = VisitMessage.room_id == visits.abroad.room_id
    session.execute(update(VisitMessage).where(abroad).values(text=FROM_ABROAD))


def plant(session: Session) -> None:
    """A canary in every free column that holds something somebody wrote (A0, A1)."""
    closed = {Visit.__table__.c.timezone}
    for table in Base.metadata.sorted_tables:
        values = {
            column.name: f"{CANARY}-{column.name}"[: column.type.length or 60]
            for column in table.columns
            if column.info.get("holds") in ("A0", "A1")
            and type(column.type) in (String, Text)
            and column not in closed
            and (column.type.length or 60) >= len(CANARY)
        }
        if values and table.name != "tasks":
            session.execute(update(table).values(**values))


def ask(
    app: Flask, browser: Visitor, rule: Rule, method: str, target: Target, body: dict
) -> TestResponse:
    """The request as a page of ours would send it, so that only the right to it is in doubt."""
    path = address(rule, target)
    if method == "GET":
        return browser.get(path)
    if method == "PUT":
        return browser.put(path, body)
    if door_of(app.view_functions[rule.endpoint]).api:
        return browser.post(path, body)
    form = {**body, "csrf_token": browser.form_token}
    return browser.raw("POST", path, data=form, headers={"Origin": BASE_URL})


def names_a_target(rule: Rule) -> bool:
    """Whether the address says whose it is."""
    return bool(rule.arguments & {each.name for each in fields(Target)})


def address(rule: Rule, target: Target) -> str:
    """A rule with its blanks filled."""
    path = rule.rule
    for name in rule.arguments:
        path = path.replace(f"<uuid:{name}>", str(getattr(target, name, uuid.uuid4())))
    path = path.replace("<token>", "x").replace("<step>", "identity")
    return re.sub(r"<any\((\w+)[^>]*>", r"\1", path)


def seen(answer: TestResponse) -> tuple[int, bytes, bytes]:
    """What somebody is told, without what differs each time."""
    headers = {k: v for k, v in answer.headers if k not in ("Set-Cookie", "Content-Length")}
    told = str(sorted(headers.items())).encode()
    return answer.status_code, _CHANGING.sub(rb"\1", answer.data), _CHANGING.sub(rb"\1", told)


def tells(answer: tuple[int, bytes, bytes]) -> list[str]:
    """The secrets in what somebody was told."""
    _status, body, headers = answer
    return [secret for secret in SECRETS if secret.encode() in body + headers]


def routes(app: Flask) -> Iterator[tuple[Rule, str]]:
    """Each rule with each method it has."""
    for rule in app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield rule, method


def now() -> datetime:
    """The time, aware."""
    return datetime.now(UTC)


STAFF_OF = {
    HOST: DR_RIVERA, THERAPIST: SAM_WHITFIELD, COLLEAGUE: DR_OSEI, DESK: JORDAN_LEE,
    ELSEWHERE: DR_LIND, **ON_SITE,
}  # fmt: skip
