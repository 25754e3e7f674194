"""A guardian cannot tell whether a minor has said anything at all (C-07, T-03)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from config.policy import policy
from server.chart.models import DraftNote
from server.messages.models import Letter
from server.signals import service as signals
from server.visits import conversion, quietly, words
from server.visits.kinds import Stage, Verdict, VisitState
from server.visits.measurements import DeviceTest
from server.visits.models import CheckIn, Participant, Visit, VisitMessage
from tests.actors import browser, staff
from tests.integration.walls.conftest import STILL
from tests.people import CASEY, DR_RIVERA, LINH

pytestmark = [
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
    pytest.mark.check("C-07"),
]
CANARY = "canary"
MINUTE = timedelta(minutes=1)


def nothing(_session) -> None:
    """The minor has said nothing to anybody."""


@pytest.fixture
def visit(a_visit, clock, transaction):
    """Casey's visit; the mother has answered her own two questions."""
    opened = a_visit(patient=CASEY, also=(LINH,))
    with transaction() as session:
        session.add(
            CheckIn(
                participant_id=opened.participant(LINH), started_at=STILL, saved_at=STILL,
                completed_at=STILL, identity_at=STILL, private="yes", private_at=STILL,
            )
        )  # fmt: skip
    return opened


@pytest.fixture
def mother(as_patient, visit):
    browser = as_patient(visit.link(LINH))
    assert browser.post("/visit/ticket", {"page": "p", "tab": "t"}).status_code == 200
    return browser


@pytest.fixture
def ids(visit):
    return {
        "visit_id": [visit.id],
        "participant_id": [visit.participant(CASEY), visit.participant(LINH)],
        "patient_id": [CASEY.id],
        "step": ["identity", "place", "private", "driving", "consent"],
    }


SAY = (
    ("/visit/ticket", {"page": "p", "tab": "t"}),
    ("/visit/echo-ticket", {}),
    ("/visit/message", {"text": "We are here."}),
    ("/visit/quality", {"page": "p", "samples": []}),
    ("/visit/who-looked", {}),
)


def everything(visit):
    """All a minor can say to the clinic, and all the clinic can write down about it."""

    def hidden(session) -> None:
        rivera, casey = staff(DR_RIVERA), browser(visit, CASEY)
        signals.agree(session, rivera, CASEY.id, f"{CANARY} bird", shortest=4, now=STILL)
        session.add_all(
            [
                CheckIn(
                    participant_id=visit.participant(CASEY), started_at=STILL, saved_at=STILL,
                    completed_at=STILL, private="no", with_whom=CANARY, private_at=STILL,
                    driving="tell-doctor", took_drug="yes", alcohol="yes", will_take="yes",
                    safety_at=STILL, city="Boulder", state="CO", street=CANARY, place_at=STILL,
                    support_name=CANARY, support_reachable="no", contact_at=STILL,
                ),
                DeviceTest(
                    participant_id=visit.participant(CASEY), at=STILL, verdict=Verdict.OK,
                    words=CANARY,
                ),
                DraftNote(
                    visit_id=visit.id, author_id=DR_RIVERA.id, text=CANARY, saved_at=STILL,
                    revision=1,
                ),
                VisitMessage(
                    room_id=visit.room_id, participant_id=visit.participant(CASEY),
                    from_clinic=True, author_id=DR_RIVERA.id, text=CANARY, at=STILL,
                ),
            ]
        )  # fmt: skip
        session.flush()
        words.to_clinic(session, casey, f"I am afraid. {CANARY} bird", policy(), now=STILL)
        quietly.not_alone(session, casey, policy(), now=STILL)
        row = session.get_one(Visit, visit.id)
        row.next_step = row.next_words = CANARY

    return hidden


def and_a_safety_visit(visit):
    """What Casey answered has turned it into a safety visit since (NUD-8, NUD-9)."""

    def hidden(session) -> None:
        everything(visit)(session)
        casey = browser(visit, CASEY)
        conversion.to_safety_visit(
            session, casey, visit.id, "NUD-8d", policy(), base_url="https://x", now=STILL
        )

    return hidden


@pytest.mark.parametrize("minutes", [0, -40])
def test_who_waits_beside_a_minor_cannot_tell(tell_apart, mother, visit, ids, clock, minutes):
    """At the time of the visit, and once it should be over."""
    clock.shift(-minutes * MINUTE)
    hidden = and_a_safety_visit(visit)
    found, told = tell_apart(mother, nothing, hidden, ids, SAY, masks=["ticket"])
    assert found == []
    assert CANARY not in str(told)


def test_who_is_early_beside_a_minor_cannot_tell(
    tell_apart, a_visit, as_patient, clock, transaction
):
    """A safety visit opens at once; the guardian's page still says: you are early."""
    early = a_visit(patient=CASEY, also=(LINH,), starts_in=50 * MINUTE)
    linh = as_patient(early.link(LINH))
    hidden = and_a_safety_visit(early)
    ids = {"visit_id": [early.id], "step": ["identity", "private"]}
    say = (("/visit/ticket", {"page": "p", "tab": "t"}),)
    found, _told = tell_apart(linh, nothing, hidden, ids, say)
    assert found == []


def test_who_sits_in_the_room_with_a_minor_cannot_tell(
    tell_apart, mother, visit, ids, transaction
):
    """The clinician has let her in; what the minor wrote before stays between those two."""
    with transaction() as session:
        seat = session.get_one(Participant, visit.participant(LINH))
        seat.stage, seat.admitted_session = Stage.ADMITTED, seat.seat_session
    found, _told = tell_apart(mother, nothing, everything(visit), ids, SAY, masks=["ticket"])
    assert found == []


def test_the_words_at_the_end_are_the_minors_own(tell_apart, mother, visit, ids, transaction):
    """By the clinic's rule for minors; a guardian hears from the clinician what is next."""
    with transaction() as session:
        session.get_one(Visit, visit.id).state = VisitState.ENDED
    found, _told = tell_apart(mother, nothing, everything_written_down(visit), ids)
    assert found == []


def everything_written_down(visit):
    def hidden(session) -> None:
        row = session.get_one(Visit, visit.id)
        row.next_words, row.next_step, row.outcome = CANARY, CANARY, "partly"
        session.add(
            DraftNote(
                visit_id=visit.id, author_id=DR_RIVERA.id, text=CANARY, saved_at=STILL,
                revision=1,
            )
        )  # fmt: skip

    return hidden


def test_the_two_worlds_can_be_told_apart_by_who_may(tell_apart, as_staff, visit, ids):
    """The harness is no blindfold: the treating clinician sees all of it."""
    doctor = as_staff(DR_RIVERA)
    found, _told = tell_apart(doctor, nothing, everything(visit), ids, under="/visits")
    assert any("chart" in difference for difference in found)


def test_letters_to_a_guardian_say_when_and_never_what(visit, transaction, reading):
    """Nothing a minor says makes a letter to somebody else."""
    with transaction() as session:
        and_a_safety_visit(visit)(session)

    with reading() as session:
        sent_to = set(session.scalars(select(Letter.to)))
    assert sent_to.isdisjoint({LINH.email, LINH.phone})
