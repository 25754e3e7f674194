"""Morgan's visits as rows: who asks for a ticket, who is let in, and by whom."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from config.policy import policy
from server.visits import admission, tickets
from server.visits.models import CheckIn, Visit
from tests.actors import staff
from tests.people import DR_RIVERA, LINH, MORGAN, SAM_WHITFIELD


@pytest.fixture
def now():
    return datetime.now(UTC)


@pytest.fixture
def checked_in(transaction, a_visit, now):
    """A visit whose patient and guardian have answered everything."""

    def one(**changes):
        visit = a_visit(**{"also": (LINH,), **changes})
        with transaction() as session:
            for person in (MORGAN, LINH):
                session.add(
                    CheckIn(
                        participant_id=visit.participant(person),
                        started_at=now,
                        saved_at=now,
                        completed_at=now,
                        city="Boulder",
                        state="CO",
                    )
                )
        return visit

    return one


@pytest.fixture
def visit(checked_in):
    """Morgan and her mother have checked in; Dr. Rivera and Sam Whitfield are the hosts."""
    return checked_in(also=(LINH, SAM_WHITFIELD))


@pytest.fixture
def ask(transaction, now):
    """Ask for a ticket as somebody."""

    def ticket(actor, page="p1", tab="t1", *, move=False, at=None, visit=None):
        with transaction() as session:
            issued, _seat, _visit = tickets.ticket_for(
                session,
                actor,
                tickets.Asked(page=page, tab=tab, move=move),
                policy(),
                ("n1",),
                now=at or now,
                visit_id=visit.id if visit else None,
            )
            return issued

    return ticket


@pytest.fixture
def admit(transaction, now):
    """Dr. Rivera lets somebody in."""

    def let_in(visit, person=MORGAN, by=DR_RIVERA, *, at=None, shown=None):
        with transaction() as session:
            admission.admit(
                session,
                staff(by),
                visit.id,
                visit.participant(person),
                policy(),
                [],
                now=at or now,
                shown=shown,
            )

    return let_in


@pytest.fixture
def said(reading):
    """What somebody answered at check-in."""

    def of(visit, person=MORGAN):
        with reading() as session:
            whose = CheckIn.participant_id == visit.participant(person)
            return session.scalars(select(CheckIn).where(whose)).one_or_none()

    return of


@pytest.fixture
def row(reading):
    """A visit as it is kept."""

    def of(visit):
        with reading() as session:
            return session.get(Visit, visit.id)

    return of
