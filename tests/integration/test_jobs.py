"""What the worker does by the clock: each piece on its own (NUD-10, T-03)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, text, update

from server.guardians import service as guardians
from server.guardians.models import Guardianship
from server.messages.models import Channel, Letter
from server.people.models import Companion, CompanionKind, Patient
from server.visits.kinds import Stage, VisitState
from server.visits.models import Participant, SignalingNodeLife, Visit
from server.worker import Jobs
from tests.people import ALEX, CASEY, HARBOR, LINH, MORGAN

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def jobs(settings, database):
    jobs = Jobs(settings)
    yield jobs
    jobs.database.engine.dispose()


@pytest.fixture
def refuse(database):
    """From here on the database takes no change of this row."""

    def refuse(table: str, column: str, key) -> None:
        with database.engine.begin() as connection:
            connection.execute(
                text(
                    f"CREATE TRIGGER refused BEFORE UPDATE ON {table} "
                    f"WHEN NEW.{column} = '{key.hex}' BEGIN SELECT RAISE(ABORT, 'no'); END"
                )
            )

    return refuse


def test_a_room_that_cannot_be_closed_holds_no_other_open(
    jobs, a_visit, transaction, reading, refuse
):
    now = datetime.now(UTC)
    opened = [
        a_visit(patient=person, state=VisitState.IN_PROGRESS) for person in (MORGAN, ALEX)
    ]
    first, second = sorted(visit.id for visit in opened)
    with transaction() as session:
        session.execute(update(Visit).values(hostless_since=now - timedelta(hours=1)))
        session.execute(text("UPDATE rooms SET node = 'n1'"))
        session.add(SignalingNodeLife(node="n1", boot="b", seq=1, heard_at=now))
    refuse("visits", "id", first)
    jobs.unattended()
    with reading() as session:
        states = {visit.id: visit.state for visit in session.scalars(select(Visit))}
    assert states == {first: VisitState.IN_PROGRESS, second: VisitState.ENDED}


def test_a_guardian_whose_access_cannot_be_closed_keeps_no_other_in(
    jobs, a_visit, transaction, reading, refuse
):
    visit = a_visit(patient=CASEY, also=(LINH,))
    with transaction() as session:
        kim = Companion(
            id=UUID(int=1), clinic_id=HARBOR.id, patient_id=CASEY.id, name="Kim",
            kind=CompanionKind.GUARDIAN, email="kim@mail.example", phone="+13035550199",
        )  # fmt: skip
        session.add(kim)
        session.flush()
        patient = session.get_one(Patient, CASEY.id)
        guardians.relate(session, kim, patient, of_age_at=18, now=datetime.now(UTC))
        session.execute(update(Guardianship).values(ends_on=date(2020, 1, 1)))
    refuse("guardianships", "companion_id", UUID(int=1))
    jobs.of_age()
    with reading() as session:
        assert session.get_one(Participant, visit.participant(LINH)).stage is Stage.REMOVED


def test_old_letters_are_forgotten_and_those_that_wait_are_not(jobs, transaction, reading):
    now = datetime.now(UTC)
    ages = {"sent": 31, "dropped": 31, "failed": 31, "due": 31, "new": 29}
    with transaction() as session:
        for name, days in ages.items():
            session.add(
                Letter(
                    clinic_id=HARBOR.id, kind="visit-link", about="x", channel=Channel.EMAIL,
                    to=MORGAN.email, body="", due_at=now - timedelta(days=days),
                    dedupe_key=name, status="sent" if name == "new" else name,
                )
            )  # fmt: skip
    jobs.sweep()
    with reading() as session:
        assert set(session.scalars(select(Letter.dedupe_key))) == {"due", "new"}
