"""Whoever comes along is told of the visit they were invited to, also when it changed since."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from config.policy import policy
from server.access.actor import SYSTEM, Actor, ActorKind
from server.messages.models import Letter
from server.visits import company, conversion, invitations, tickets
from server.visits.kinds import Role
from server.visits.models import CheckIn, Visit
from tests.actors import staff
from tests.people import ANA, CASEY, DR_RIVERA, HARBOR, LINH, MORGAN

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
BASE = "https://mooring.test"
RIVERA = staff(DR_RIVERA)


@pytest.fixture
def convert(transaction):
    """What the patient answered turns the visit into a safety visit at this moment."""

    def to_safety(visit, at):
        with transaction() as session:
            conversion.to_safety_visit(
                session, SYSTEM, visit.id, "NUD-8d", policy(), base_url=BASE, now=at
            )

    return to_safety


def test_a_link_sent_again_to_a_guardian_says_the_time_she_was_invited_for(
    a_visit, convert, transaction, reading, now
):
    """T-03: a letter that says "now" would tell her that something happened."""
    visit = a_visit(patient=CASEY, also=(LINH,), starts_in=timedelta(hours=3))
    convert(visit, now + timedelta(minutes=1))
    with transaction() as session:
        first = session.get_one(Visit, visit.id)
        when = invitations.when_words(first.starts_at, first.timezone)
        seat = visit.participant(LINH)
        later = now + timedelta(minutes=2)
        company.resend(session, RIVERA, visit.id, seat, later, base_url=BASE)
    with reading() as session:
        letter = session.scalars(select(Letter).where(Letter.to == LINH.email)).one()
    assert when in letter.body


@pytest.mark.parametrize("minutes", [70, 90])
def test_her_link_closes_when_the_visit_she_knows_of_is_over(
    a_visit, as_patient, anybody, convert, transaction, now, minutes
):
    """C-07: one that went on opening would tell her that this is another visit."""
    as_it_was = a_visit(patient=CASEY, also=(LINH,), starts_in=-timedelta(minutes=minutes))
    changed = a_visit(patient=CASEY, also=(LINH,), starts_in=-timedelta(minutes=minutes))
    knocks = []
    for visit in (as_it_was, changed):
        if visit is changed:
            convert(visit, now + timedelta(seconds=1))
        answer = anybody().submit(f"/v/{visit.link(LINH)}")
        knocks.append((answer.status_code, "Set-Cookie" in answer.headers))
    assert knocks[0] == knocks[1]
    assert knocks[0][0] == (303 if minutes == 70 else 410)


def test_an_interpreter_asked_in_after_it_changed_may_come_at_once(
    a_visit, convert, transaction, now
):
    """NUD-9: nobody in danger goes without being understood until tomorrow's hour."""
    visit = a_visit(patient=MORGAN, starts_in=timedelta(hours=20))
    convert(visit, now)
    later = now + timedelta(minutes=1)
    with transaction() as session:
        seat, _token = company.add_participant(
            session, RIVERA, visit.id, Role.INTERPRETER, ANA.id, later, base_url=BASE
        )
        session.add(CheckIn(participant_id=seat.id, started_at=later, saved_at=later))
    ana = Actor(ActorKind.LINK, "interpreter", clinic_id=HARBOR.id, participant_id=seat.id)
    with transaction() as session:
        issued, _seat, _visit = tickets.ticket_for(
            session, ana, tickets.Asked("p", "t"), policy(), ("n1",), now=later
        )
    assert issued.stage == "waiting"
