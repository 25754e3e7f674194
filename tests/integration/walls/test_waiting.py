"""Whoever waits is told the same, whatever goes on in the room or next door (C-12, T-33).

The frames on the socket are compared in tests/faults/signaling/test_waiting_room.py, under the
same masks; what is told on purpose, how long it may take, is held still here.
"""

from __future__ import annotations

from datetime import timedelta

import pytest

from server.visits.kinds import Stage
from server.visits.models import CheckIn, Participant, VisitMessage
from tests.integration.walls.conftest import STILL
from tests.people import ALEX, CASEY, DR_RIVERA, LINH, MORGAN, SAM_WHITFIELD

pytestmark = [
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
    pytest.mark.check("C-12"),
]
CANARY = "canary"


@pytest.fixture
def visits(a_visit, clock, transaction):
    """Casey waits; Alex has a visit with the same clinician."""
    mine = a_visit(patient=CASEY, also=(LINH, SAM_WHITFIELD))
    theirs = a_visit(patient=ALEX, starts_in=timedelta(hours=1))
    with transaction() as session:
        for visit, person in ((mine, CASEY), (mine, LINH), (theirs, ALEX)):
            session.add(
                CheckIn(
                    participant_id=visit.participant(person), started_at=STILL, saved_at=STILL,
                    completed_at=STILL, identity_at=STILL, place_at=STILL, city="Boulder",
                    state="CO", contact_at=STILL, private="yes", private_at=STILL,
                    driving="no", took_drug="no", alcohol="no", will_take="no",
                    safety_at=STILL, consent_at=STILL, consent_version="2026-11",
                )
            )  # fmt: skip
    return mine, theirs


def the_room_is_empty(_mine, _theirs):
    def hidden(_session) -> None:
        """Nobody has come yet."""

    return hidden


def a_call_is_running(mine, _theirs):
    def hidden(session) -> None:
        for person in (DR_RIVERA, SAM_WHITFIELD, LINH):
            seat = session.get_one(Participant, mine.participant(person))
            seat.stage, seat.admitted_at, seat.admitted_session = Stage.ADMITTED, STILL, "x"
            seat.present_until = STILL + timedelta(minutes=1)
            seat.connected = seat.muted = True
            seat.name = f"{CANARY} {person.name}"[:60]
        session.add(
            VisitMessage(
                room_id=mine.room_id, participant_id=mine.participant(LINH), from_clinic=True,
                author_id=DR_RIVERA.id, text=CANARY, at=STILL,
            )
        )  # fmt: skip

    return hidden


def somebody_else_waits(mine, theirs):
    def hidden(session) -> None:
        for visit, person in ((theirs, ALEX), (mine, LINH)):
            seat = session.get_one(Participant, visit.participant(person))
            seat.stage, seat.seat_session, seat.waiting_since = Stage.WAITING, "x", STILL
            seat.present_until = STILL + timedelta(minutes=1)
            seat.name = CANARY

    return hidden


@pytest.mark.parametrize("going_on", [a_call_is_running, somebody_else_waits])
def test_whoever_waits_is_told_the_same(tell_apart, as_patient, visits, going_on):
    mine, theirs = visits
    patient = as_patient(mine.link(CASEY))
    assert patient.post("/visit/ticket", {"page": "p", "tab": "t"}).json["stage"] == "waiting"
    ids = {
        "visit_id": [mine.id],
        "participant_id": [theirs.participant(ALEX)],
        "patient_id": [ALEX.id],
        "step": ["identity", "place", "contact", "private", "driving", "consent"],
    }
    say = (
        ("/visit/ticket", {"page": "p", "tab": "t"}),
        ("/visit/echo-ticket", {}),
        ("/visit/message", {"text": "I am here."}),
        (f"/visits/{mine.id}/ticket", {"page": "p", "tab": "t"}),
        (f"/visits/{mine.id}/participants/{mine.participant(CASEY)}/admit", {}),
        ("/visit/running-late", {"form": "/visit/cannot-come"}),
    )
    empty, busy = the_room_is_empty(mine, theirs), going_on(mine, theirs)
    found, told = tell_apart(patient, empty, busy, ids, say, masks=["ticket"])
    assert found == []
    everything = str(told)
    # Three letters alone stand in many a ticket by chance.
    for word in (CANARY, "turn:", "candidate", '"sdp"', "Alex ", MORGAN.short_name):
        assert word not in everything
