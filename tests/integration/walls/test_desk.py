"""A coordinator reads who must be called and when, and never why (C-08, ROLE-4, T-04)."""

from __future__ import annotations

import uuid

import pytest
from sqlalchemy import update

from config.policy import policy
from server.chart.models import DraftNote
from server.signals import service as signals
from server.signals.models import SignalKind
from server.tasks.models import Task
from server.visits import quietly, words
from server.visits.attest import STATEMENTS
from server.visits.kinds import Stage
from server.visits.models import CheckIn, Participant, Visit
from tests.actors import browser, staff
from tests.integration.walls.conftest import STILL
from tests.people import DR_RIVERA, JORDAN_LEE, MORGAN, SAM_WHITFIELD

pytestmark = [
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
    pytest.mark.check("C-08"),
]
CANARY = "canary"
#: the desk is told that somebody must be called: here it is the same task in both worlds
THE_CALL = uuid.UUID(int=7)


@pytest.fixture
def visit(a_visit, clock, transaction):
    """Morgan waits, with one answer that a clinician must look at and one message."""
    opened = a_visit(also=(SAM_WHITFIELD,))
    with transaction() as session:
        seat = session.get_one(Participant, opened.participant(MORGAN))
        seat.stage, seat.seat_session, seat.waiting_since = Stage.WAITING, "phone", STILL
        session.add(
            CheckIn(
                participant_id=seat.id, started_at=STILL, saved_at=STILL, completed_at=STILL,
                state="CO", city="Boulder", phone=MORGAN.phone, consent_at=STILL,
                consent_version="2026-11",
            )
        )  # fmt: skip
    return opened


@pytest.fixture
def desk(as_staff, visit):
    browser = as_staff(JORDAN_LEE)
    browser.get("/board/new")
    return browser


@pytest.fixture
def ids(visit):
    return {
        "visit_id": [visit.id],
        "participant_id": [visit.participant(MORGAN)],
        "patient_id": [MORGAN.id],
        "task_id": [THE_CALL],
        "account_id": [DR_RIVERA.id],
    }


def as_said(visit, answers, text, note, how):
    """The same facts for the desk; what lies behind them differs."""

    def hidden(session) -> None:
        said = update(CheckIn).where(CheckIn.participant_id == visit.participant(MORGAN))
        session.execute(said.values(**answers))
        session.add(
            DraftNote(
                visit_id=visit.id, author_id=DR_RIVERA.id, text=note, saved_at=STILL, revision=1
            )
        )
        row = session.get_one(Visit, visit.id)
        row.attestation = {"answers": dict.fromkeys(STATEMENTS, note)}
        row.attested_at, row.next_step, row.next_words = STILL, note, text
        if how is SignalKind.CODE_WORD:
            signals.agree(session, staff(DR_RIVERA), MORGAN.id, "heron", shortest=4, now=STILL)
        words.to_clinic(session, browser(visit), text, policy(), now=STILL)
        if how is SignalKind.NOT_ALONE:
            quietly.not_alone(session, browser(visit), policy(), now=STILL)
        session.flush()
        call = update(Task).where(Task.kind == "call-back")
        assert session.execute(call.values(id=THE_CALL).returning(Task.id)).all()

    return hidden


def test_the_desk_cannot_tell_why(tell_apart, desk, visit, ids):
    """Notes, answers, messages, attestation, code word: the same flags, the same page."""
    one = as_said(
        visit,
        {"driving": "tell-doctor", "with_whom": f"{CANARY} one", "private": "yes"},
        f"{CANARY} heron sits here",
        f"{CANARY} note",
        SignalKind.CODE_WORD,
    )
    other = as_said(
        visit,
        {"alcohol": "yes", "support_reachable": "no", "with_whom": ""},
        "My camera is broken",
        "Calm today.",
        SignalKind.NOT_ALONE,
    )
    board = f"/board/visits/{visit.id}"
    seat = {"participant": str(visit.participant(MORGAN)), "form": board}
    say = (
        ("/staff/board-ticket", {"page": "p"}),
        (f"/visits/{visit.id}/message", {"text": "5 more minutes"}),
        (f"/visits/{visit.id}/ticket", {"page": "p", "tab": "t"}),
        (f"{board}/copy", seat),
    )
    found, told = tell_apart(desk, one, other, ids, say, masks=["ticket", "link"])
    assert found == []
    everything = str(told)
    assert "Call the patient back as arranged" in everything
    assert "Clinician must look" in everything
    for word in (CANARY, "heron", "broken", "Not alone", "code word"):
        assert word not in everything


def test_a_message_is_a_flag_and_nothing_to_read(tell_apart, desk, visit, ids):
    """The page of the desk is the same, whatever was written."""

    def written(text):
        def hidden(session) -> None:
            words.to_clinic(session, browser(visit), text, policy(), now=STILL)

        return hidden

    found, told = tell_apart(desk, written("I took too much"), written("On my way"), ids)
    assert found == []
    assert "Clinician must look" in str(told)


def test_the_two_worlds_can_be_told_apart_by_who_treats(tell_apart, as_staff, visit, ids):
    """The harness is no blindfold."""
    one = as_said(visit, {"driving": "yes"}, "heron", "one", SignalKind.CODE_WORD)
    other = as_said(visit, {"driving": "no"}, "hello", "other", SignalKind.NOT_ALONE)
    found, _told = tell_apart(as_staff(DR_RIVERA), one, other, ids, under="/visits")
    assert any("chart" in difference for difference in found)
