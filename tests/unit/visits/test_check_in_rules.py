"""What is asked, when again, and what each answer leads to (TEL-1...7, NUD-8, NUD-9)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest

from server.visits import check_in_answers as shapes
from server.visits import check_in_policy as rules
from server.visits.check_in_policy import Asking, Step
from server.visits.kinds import Role, VisitKind

NINE = datetime(2026, 11, 24, 16, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
COMPANIONS = [r for r in Role if r is not Role.PATIENT]
THERAPY = [k for k in VisitKind if k is not VisitKind.CRISIS_CHECKIN]


@dataclass(frozen=True)
class Said:
    """What Morgan has answered so far."""

    identity_at: datetime | None = None
    place_at: datetime | None = None
    place_withheld: bool = False
    state: str = ""
    contact_at: datetime | None = None
    support_reachable: str = ""
    private_at: datetime | None = None
    driving: str = ""
    took_drug: str = ""
    alcohol: str = ""
    will_take: str = ""
    safety_at: datetime | None = None
    consent_at: datetime | None = None
    consent_version: str = ""


EVERYTHING = Said(
    identity_at=NINE,
    place_at=NINE,
    state="CO",
    contact_at=NINE,
    support_reachable="yes",
    private_at=NINE,
    driving="no",
    took_drug="no",
    alcohol="no",
    will_take="no",
    safety_at=NINE,
    consent_at=NINE,
    consent_version="2026-11",
)


def asking(role=Role.PATIENT, kind=VisitKind.FOLLOW_UP, **changes) -> Asking:
    return Asking(role, kind, NINE, HOUR, "2026-11", **changes)


def test_on_the_day_everything_is_asked_in_order():
    assert rules.due(asking(), None, now=NINE) == tuple(Step)


def test_days_ahead_only_what_stays_true_is_asked():
    ahead = rules.due(asking(), None, now=NINE - timedelta(days=3))
    assert ahead == (Step.IDENTITY, Step.CONTACT, Step.CONSENT)


@pytest.mark.parametrize(("before", "asked"), [(61, False), (60, True), (0, True), (-40, True)])
def test_where_are_you_now_is_asked_from_an_hour_before(before, asked):
    due = rules.due(asking(), None, now=NINE - before * MINUTE)
    assert (Step.PLACE in due) is asked


def test_when_all_is_answered_nothing_is_due():
    assert rules.due(asking(), EVERYTHING, now=NINE) == ()
    assert rules.is_complete(asking(), EVERYTHING, now=NINE)


def test_what_was_answered_days_ahead_is_not_complete_before_the_day():
    early = replace(EVERYTHING, place_at=None, safety_at=None, private_at=None)
    assert not rules.is_complete(asking(), early, now=NINE - timedelta(days=2))


@pytest.mark.parametrize(
    ("stale", "step"),
    [
        ({"place_at": NINE - 61 * MINUTE}, Step.PLACE),
        ({"private_at": NINE - 61 * MINUTE}, Step.PRIVATE),
        ({"safety_at": NINE - 61 * MINUTE}, Step.DRIVING),
        ({"consent_version": "2025-01"}, Step.CONSENT),
        ({"driving": "yes"}, Step.DRIVING),
        ({"identity_at": None}, Step.IDENTITY),
        ({"contact_at": None}, Step.CONTACT),
    ],
)
def test_what_is_no_longer_true_is_asked_again(stale, step):
    assert step in rules.due(asking(), replace(EVERYTHING, **stale), now=NINE)


def test_the_middle_of_a_long_visit_asks_nothing_again():
    assert rules.due(asking(), EVERYTHING, now=NINE + 2 * HOUR) == ()


def test_somebody_we_know_differently_goes_on_and_the_doctor_asks():
    nameless = replace(EVERYTHING, identity_at=None)
    assert rules.due(asking(unsure_who=True), nameless, now=NINE) == ()


@pytest.mark.parametrize("role", COMPANIONS)
def test_whoever_comes_along_says_who_they_are_and_that_nobody_listens(role):
    assert rules.steps_for(role, VisitKind.FOLLOW_UP) == (Step.IDENTITY, Step.PRIVATE)


def test_a_safety_visit_asks_where_to_send_help_and_signs_nothing():
    assert rules.steps_for(Role.PATIENT, VisitKind.CRISIS_CHECKIN) == (Step.PLACE,)
    hours_ago = Said(place_at=NINE - 9 * HOUR)
    assert rules.due(asking(kind=VisitKind.CRISIS_CHECKIN), hours_ago, now=NINE) == ()


@pytest.mark.parametrize("kind", THERAPY)
def test_every_other_kind_attests_before_it(kind):
    assert set(rules.SAFETY) <= set(rules.steps_for(Role.PATIENT, kind))


@pytest.mark.parametrize(
    ("step", "answer", "rule"),
    [
        (Step.DRIVING, "yes", None),  # (c): parks first
        (Step.DRIVING, "tell-doctor", None),
        (Step.KETAMINE, "yes", "NUD-8d"),
        (Step.KETAMINE, "no", None),
        (Step.KETAMINE, "tell-doctor", None),
        (Step.SUBSTANCES, "yes", "NUD-8e"),
        (Step.SUBSTANCES, "no", None),
        (Step.SUBSTANCES, "tell-doctor", None),
        (Step.DURING, "yes", "NUD-8f"),
        (Step.DURING, "no", None),
        (Step.DURING, "tell-doctor", None),
        (Step.PRIVATE, "yes", None),
    ],
)
def test_each_answer_has_its_route(step, answer, rule):
    assert rules.reason_to_convert(step, answer) == rule


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({}, None),
        ({"state": ""}, "E_LOCATION_MISSING"),
        ({"place_withheld": True, "state": ""}, "E_LOCATION_MISSING"),
        ({"driving": "yes"}, "E_DRIVING"),
        ({"support_reachable": "no"}, "E_EMERGENCY_PLAN"),
        ({"support_reachable": "tell-doctor"}, None),
        ({"driving": "tell-doctor"}, None),
        ({"took_drug": "tell-doctor"}, None),
    ],
)
def test_what_stops_therapy_and_what_is_the_doctors_to_judge(changes, code):
    assert rules.reason_not_therapy(replace(EVERYTHING, **changes)) == code


def test_who_said_nothing_is_nowhere():
    assert rules.reason_not_therapy(None) == "E_LOCATION_MISSING"


@pytest.mark.parametrize(
    ("step", "form", "missing"),
    [
        (Step.IDENTITY, {}, {"full_name", "birth_date"}),
        (Step.IDENTITY, {"full_name": "Morgan Taylor"}, {"birth_date"}),
        (Step.PLACE, {}, {"place"}),
        (Step.PLACE, {"place": "doctor"}, set()),
        (Step.PLACE, {"place": "same"}, set()),
        (Step.PLACE, {"place": "other"}, {"street", "city", "state"}),
        (
            Step.PLACE,
            {"place": "other", "street": "1 A St", "city": "B", "state": "XX"},
            {"state"},
        ),
        (Step.CONTACT, {"phone": "123"}, {"phone", "support_reachable"}),
        (
            Step.CONTACT,
            {"phone": "303 555 0142", "support_reachable": "yes"},
            {"support_name", "support_phone"},
        ),
        (Step.CONTACT, {"phone": "303 555 0142", "support_reachable": "doctor"}, set()),
        (Step.CONTACT, {"phone": "303 555 0142", "support_reachable": "no"}, set()),
        (Step.PRIVATE, {}, {"private"}),
        (Step.KETAMINE, {}, {"ketamine"}),
        (Step.KETAMINE, {"during": "no"}, {"ketamine"}),
        (Step.DURING, {"during": "perhaps"}, {"during"}),
        (Step.CONSENT, {"consent_version": "2026-11"}, {"consent"}),
        (Step.PRIVATE, {"private": "yes", "who_else": "x" * 300}, {"who_else"}),
        (Step.PRIVATE, {"private": "yes", "role": "psychiatrist"}, {"role"}),  # T-05
    ],
)
def test_what_is_missing_is_named_by_field(step, form, missing):
    answer, problems = shapes.read(step, form)
    assert set(problems) == missing
    assert (answer is None) == bool(missing)
    assert all(sentence.endswith((".", "2.")) for sentence in problems.values())
