"""What staff read about a visit, at each edge of the clinic's patience."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from config.policy import policy
from server.desk import readiness, words
from server.desk.words import Facts
from server.visits.kinds import Verdict, VisitKind, VisitState

NINE = datetime(2026, 11, 24, 16, 0, tzinfo=UTC)
RULES = policy()


def facts(**changes: object) -> Facts:
    plain = {"kind": VisitKind.FOLLOW_UP, "state": VisitState.CONFIRMED, "starts_at": NINE}
    return Facts(**{**plain, **changes})


def waiting(minutes: float, **changes: object) -> Facts:
    since = NINE - timedelta(minutes=minutes)
    return facts(state=VisitState.WAITING, waiting_since=since, here=True, **changes)


@pytest.mark.parametrize(
    ("minutes", "tone", "after"),
    [
        (0, "live", ""),
        (4.99, "live", ""),
        (5, "care", "getting long"),
        (9.99, "care", "getting long"),
        (10, "alarm", "too long"),
    ],
)
def test_waiting_turns_amber_at_five_and_red_at_ten_in_words_too(minutes, tone, after):
    chip = words.state_chip(waiting(minutes), RULES, now=NINE)
    assert (chip.words, chip.tone, chip.after) == ("Waiting", tone, after)


@pytest.mark.parametrize(
    ("minutes", "said"),
    [(-10, "Scheduled"), (0, "Scheduled"), (5, "Not arrived"), (10, "Not arrived, call now")],
)
def test_who_has_not_come_is_called_after_ten_minutes(minutes, said):
    now = NINE + timedelta(minutes=minutes)
    assert words.state_chip(facts(), RULES, now=now).words == said


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"running_late": True}, "Running late"),
        ({"checking_in": True}, "Checking in"),
        ({"checked_in": True}, "Testing devices"),
        ({"checked_in": True, "verdict": Verdict.OK}, "Ready, not here yet"),
        ({"admitted": True, "here": True}, "In the room, not begun"),
        ({"admitted": True, "here": True, "began_at": NINE}, "In visit"),
        ({"admitted": True, "here": False, "began_at": NINE}, "Line lost"),
        ({"state": VisitState.ENDED}, "Ended, outcome open"),
        ({"state": VisitState.ENDED, "outcome": "completed"}, "Ended"),
        ({"state": VisitState.ENDED, "unattended": True}, "Closed without a clinician"),
        ({"state": VisitState.NO_SHOW}, "No-show"),
        ({"state": VisitState.DOCUMENTED}, "Signed"),
    ],
)
def test_each_state_has_its_words(changes, said):
    assert words.state_chip(facts(**changes), RULES, now=NINE).words == said


@pytest.mark.parametrize("state", list(VisitState))
def test_no_state_is_without_words(state):
    assert words.state_chip(facts(state=state), RULES, now=NINE).words


@pytest.mark.parametrize(
    ("verdict", "leg", "said"),
    [
        (None, "", "Devices not tested"),
        (Verdict.OK, "", "Devices and line good"),
        (Verdict.WEAK, "", "Weak connection"),
        (Verdict.AUDIO_ONLY, "", "Sound only"),
        (Verdict.FAILED, "microphone", "No microphone"),
        (Verdict.FAILED, "", "Device test failed"),
    ],
)
def test_the_device_test_is_told_in_words(verdict, leg, said):
    chips = readiness.readiness(facts(verdict=verdict, failed_leg=leg))
    assert chips[0].words == said


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"checked_in": True, "state_code": ""}, "Place missing"),
        ({"checked_in": True, "state_code": "UT", "licensed": False}, "No licence in UT"),
        ({"new_browser": True}, "New browser"),
        ({"private": "no"}, "Not alone or not private"),
        ({"private": "tell-doctor"}, "Wants to tell the doctor"),
        ({"answers": ("no", "tell-doctor", "no", "no")}, "Wants to tell the doctor"),
        ({"answers": ("yes", "no", "no", "no")}, "Says: driving"),
        ({"answers": ("no", "yes", "no", "no")}, "Says: took ketamine, 24 h"),
    ],
)
def test_what_needs_a_look_is_said(changes, said):
    assert said in [chip.words for chip in readiness.readiness(facts(**changes))]


def test_the_front_desk_reads_no_answer():
    """ROLE-4."""
    worried = facts(checked_in=True, answers=("yes",) * 4, private="tell-doctor")
    neutral = " ".join(chip.words for chip in readiness.neutral_readiness(worried))
    assert "Says" not in neutral
    assert "tell" not in neutral
    assert words.kind_words(VisitKind.CRISIS_CHECKIN, clinical=False) == "Urgent visit"


def test_safety_visits_come_first_then_who_waits():
    safety = facts(kind=VisitKind.CRISIS_CHECKIN)
    over = facts(state=VisitState.ENDED)
    order = [over, facts(), waiting(3), safety]
    order.sort(key=lambda each: words.urgency(each, RULES, now=NINE))
    assert order == [safety, waiting(3), facts(), over]


@pytest.mark.parametrize(
    ("seconds", "shown"), [(-5, "00:00"), (0, "00:00"), (252, "04:12"), (3852, "1:04:12")]
)
def test_a_clock_reads_like_a_clock(seconds, shown):
    assert words.clock(NINE, NINE + timedelta(seconds=seconds)) == shown


@pytest.mark.parametrize(
    ("today", "years"),
    [(date(2026, 3, 13), 40), (date(2026, 3, 14), 41), (date(2026, 3, 15), 41)],
)
def test_an_age_turns_on_the_birthday(today, years):
    assert words.age(date(1985, 3, 14), today) == years
