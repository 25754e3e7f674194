"""A link that was sent again is a further way in for the same person (T-17)."""

from __future__ import annotations

import pytest

from server.identity import cookies
from server.visits import invitations
from server.visits.models import Participant
from tests.people import MORGAN

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def sent_again(transaction):
    """A fresh link for the patient, as the desk sends or copies it."""

    def fresh(visit, now):
        with transaction() as session:
            seat = session.get_one(Participant, visit.participant(MORGAN))
            return invitations.new_link(session, seat, now=now)

    return fresh


def test_whoever_opens_it_elsewhere_says_who_they_are_and_is_shown_as_new(
    as_patient, anybody, a_visit, sent_again, reading, now
):
    visit = a_visit()
    as_patient(visit.link(MORGAN))
    opened = anybody().open_link(sent_again(visit, now))
    assert opened.headers["Location"] == "/visit/confirm"
    with reading() as session:
        assert session.get_one(Participant, visit.participant(MORGAN)).new_browser_at


def test_the_browser_that_is_in_goes_on_as_it_was(as_patient, a_visit, sent_again, now):
    """Tapping the new link in mid-call must not cost the admission."""
    visit = a_visit()
    phone = as_patient(visit.link(MORGAN))
    before = phone.cookie(cookies.VISIT)
    assert phone.open_link(sent_again(visit, now)).headers["Location"] == "/visit"
    assert phone.cookie(cookies.VISIT) == before


def test_it_helps_where_the_first_was_never_opened(anybody, a_visit, sent_again, now):
    visit = a_visit()
    assert anybody().open_link(sent_again(visit, now)).headers["Location"] == "/visit"
