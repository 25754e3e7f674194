"""Several browsers and the desk at one link in the same moment (T-17, C-06)."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest

from config.policy import policy
from server.access.actor import Actor, ActorKind
from server.errors import NotFound
from server.identity import cookies
from server.identity.secret_ids import hash_of
from server.visits import browsers, invitations, links
from server.visits.identifiers import Said
from server.visits.models import Participant
from tests.actors import staff
from tests.people import DR_RIVERA, HARBOR, MORGAN


def test_of_several_links_opened_at_once_one_browser_is_trusted(
    anybody, a_visit, transaction, now
):
    """A link sent again is a further way in, not a second person."""
    visit = a_visit()
    with transaction() as session:
        seat = session.get_one(Participant, visit.participant(MORGAN))
        ways = [invitations.new_link(session, seat, now=now) for _ in range(6)]
    phones = [anybody() for _ in ways]
    for phone, way in zip(phones, ways, strict=True):
        phone.get(f"/v/{way}")
    with ThreadPoolExecutor(len(ways)) as crowd:
        answers = list(crowd.map(lambda phone, way: phone.open_link(way), phones, ways))
    led = Counter(answer.headers["Location"] for answer in answers)
    assert led == {"/visit": 1, "/visit/confirm": 5}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_who_is_signed_out_while_they_say_who_they_are_gets_no_new_session(
    anybody, as_patient, a_visit, transaction, now
):
    """The right answers, sent in the moment in which the desk closes this browser."""
    visit = a_visit()
    as_patient(visit.link(MORGAN))
    laptop = anybody()
    laptop.open_link(visit.link(MORGAN))
    held = laptop.cookie(cookies.VISIT)
    seat = visit.participant(MORGAN)
    asker = Actor(
        ActorKind.UNCONFIRMED,
        session=hash_of(held),
        clinic_id=HARBOR.id,
        participant_id=seat,
    )
    with transaction() as session:
        browsers.sign_out(session, staff(DR_RIVERA), visit.id, seat, now=now)
    with pytest.raises(NotFound), transaction() as session:
        links.confirm(session, asker, held, Said(date(1985, 3, 14), "0142"), policy(), now=now)
