"""When a person may come in, and what they are then (visits/policy.py)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.policy import policy as clinical_policy
from server.visits import policy
from server.visits.kinds import HOSTS, OPEN_STATES, Role, Stage, VisitKind, VisitState

TIMES = clinical_policy()
NINE = datetime(2026, 11, 24, 9, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Appointment:
    state: VisitState = VisitState.CONFIRMED
    kind: VisitKind = VisitKind.INTEGRATION
    starts_at: datetime = NINE
    ends_at: datetime = NINE + 60 * MINUTE
    began_at: datetime | None = None
    not_before: datetime | None = None


@dataclass(frozen=True)
class Seat:
    role: Role = Role.PATIENT
    stage: Stage = Stage.WAITING
    admitted_session: str | None = None
    present_until: datetime | None = None


@pytest.mark.parametrize(
    ("minutes", "reason"),
    [
        (-16, "not-open-yet"),
        (-15, None),
        (0, None),
        (60, None),
        (90, None),
        (91, "visit-over"),
    ],
)
def test_doors_open_a_quarter_before_and_close_half_an_hour_after(minutes, reason):
    now = NINE + minutes * MINUTE
    assert policy.reason_not_to_join(Appointment(), TIMES, now=now) == reason


@pytest.mark.parametrize(
    ("length", "began", "last"), [(60, 0, 120), (60, 10, 130), (20, 0, 120), (120, 5, 150)]
)
def test_a_visit_that_runs_over_may_be_come_back_to_until_two_hours_after_it_began(
    length, began, last
):
    """NUD-10: not longer; and never shorter than any other visit."""
    visit = Appointment(
        state=VisitState.IN_PROGRESS,
        ends_at=NINE + length * MINUTE,
        began_at=NINE + began * MINUTE,
    )
    for minutes, reason in ((last, None), (last + 1, "visit-over")):
        now = NINE + minutes * MINUTE
        assert policy.reason_not_to_join(visit, TIMES, now=now) == reason
        assert policy.link_works(visit, TIMES, now=now) is (reason is None)
    waiting = replace(visit, state=VisitState.WAITING)
    late = NINE + (length + 31) * MINUTE
    assert policy.reason_not_to_join(waiting, TIMES, now=late) == "visit-over"


@pytest.mark.parametrize("kind", list(VisitKind))
@pytest.mark.parametrize(("minutes", "held"), [(-1, True), (0, False), (1, False)])
def test_nobody_joins_before_a_hold_is_over_but_a_safety_visit_is_never_held(
    kind, minutes, held
):
    """NUD-5 (visit side): `join_allowed_at`, a minute before, exactly, a minute after."""
    until = NINE + 20 * MINUTE
    visit = Appointment(kind=kind, not_before=until)
    reason = policy.reason_not_to_join(visit, TIMES, now=until + minutes * MINUTE)
    is_safety = kind is VisitKind.CRISIS_CHECKIN
    assert reason == ("on-hold" if held and not is_safety else None)


@given(st.integers(-100_000, 100_000))
def test_an_open_safety_visit_has_no_window(minutes):
    visit = Appointment(kind=VisitKind.CRISIS_CHECKIN, state=VisitState.WAITING)
    assert policy.reason_not_to_join(visit, TIMES, now=NINE + minutes * MINUTE) is None
    assert policy.link_works(visit, TIMES, now=NINE + minutes * MINUTE)


@pytest.mark.parametrize("state", sorted(set(VisitState) - OPEN_STATES))
@pytest.mark.parametrize("kind", list(VisitKind))
def test_a_closed_visit_lets_nobody_in(state, kind):
    visit = Appointment(state=state, kind=kind)
    assert policy.reason_not_to_join(visit, TIMES, now=NINE) in (
        "visit-ended",
        "visit-cancelled",
    )


@pytest.mark.parametrize(("minutes", "works"), [(-9999, True), (90, True), (91, False)])
def test_the_link_works_from_booking_to_half_an_hour_after_the_end(minutes, works):
    assert policy.link_works(Appointment(), TIMES, now=NINE + minutes * MINUTE) is works


@given(st.sampled_from(sorted(Role)), st.sampled_from(sorted(Stage)), st.text(max_size=4))
def test_an_admission_is_good_for_the_browser_it_was_given_to_and_no_other(
    role, stage, session
):
    seat = Seat(role, stage, admitted_session="first")
    now = policy.stage_now(seat, session)
    if stage is Stage.REMOVED:
        assert now is Stage.REMOVED
    elif role in HOSTS:
        assert now is Stage.ADMITTED
    else:
        admitted = stage is Stage.ADMITTED and session == "first"
        assert now is (Stage.ADMITTED if admitted else Stage.WAITING)


@pytest.mark.parametrize(
    ("until", "here"), [(None, False), (-MINUTE, False), (0 * MINUTE, False), (MINUTE, True)]
)
def test_somebody_is_here_until_the_lease_of_their_seat_is_over(until, here):
    seat = Seat(present_until=None if until is None else NINE + until)
    assert policy.is_here(seat, now=NINE) is here


PATIENT = Seat(stage=Stage.ADMITTED, present_until=NINE + MINUTE)
DOCTOR = Seat(Role.PSYCHIATRIST, Stage.INVITED, present_until=NINE + MINUTE)


@pytest.mark.parametrize(
    ("state", "seats", "begun"),
    [
        (VisitState.CONFIRMED, [], False),
        (VisitState.IN_PROGRESS, [], True),
        (VisitState.WAITING, [PATIENT, DOCTOR], True),
        (VisitState.WAITING, [PATIENT], False),
        (VisitState.WAITING, [DOCTOR], False),
        (VisitState.WAITING, [replace(PATIENT, stage=Stage.WAITING), DOCTOR], False),
        (VisitState.WAITING, [replace(PATIENT, present_until=NINE), DOCTOR], False),
        (VisitState.WAITING, [replace(PATIENT, role=Role.INTERPRETER), DOCTOR], False),
    ],
)
def test_a_visit_has_begun_when_patient_and_clinician_talk(state, seats, begun):
    """TEL-2: also where therapy may not begin."""
    assert policy.has_begun(Appointment(state), seats, now=NINE) is begun


@pytest.mark.parametrize(
    ("state", "licensed", "reason"),
    [
        ("", {"CO"}, "E_LOCATION_MISSING"),
        ("TX", {"CO"}, "E_LICENCE_STATE"),
        ("CO", {"CO"}, None),
    ],
)
def test_therapy_needs_a_place_and_a_licence_for_it(state, licensed, reason):
    found = policy.reason_not_to_start_therapy(
        Appointment(), state=state, licensed_states=frozenset(licensed)
    )
    assert found == reason
    safety = replace(Appointment(), kind=VisitKind.CRISIS_CHECKIN)
    assert (
        policy.reason_not_to_start_therapy(
            safety, state=state, licensed_states=frozenset(licensed)
        )
        is None
    )


@pytest.mark.parametrize(("minutes", "closes"), [(0, False), (9.9, False), (10, True)])
def test_a_room_without_a_clinician_closes_after_ten_minutes(minutes, closes):
    visit = Appointment(state=VisitState.IN_PROGRESS)
    now = NINE + minutes * MINUTE
    assert policy.is_unattended(visit, TIMES, hostless_since=NINE, now=now) is closes
    assert not policy.is_unattended(visit, TIMES, hostless_since=None, now=now)
    safety = replace(visit, kind=VisitKind.CRISIS_CHECKIN)
    assert not policy.is_unattended(safety, TIMES, hostless_since=NINE, now=now)


@pytest.mark.parametrize(
    ("state", "minutes", "may"),
    [
        (VisitState.ENDED, 30, True),
        (VisitState.ENDED, 90, True),
        (VisitState.ENDED, 91, False),
        (VisitState.CANCELLED_PT, 30, False),
        (VisitState.DOCUMENTED, 30, False),
    ],
)
def test_a_visit_may_be_taken_up_again_inside_its_appointment(state, minutes, may):
    now = NINE + minutes * MINUTE
    assert policy.may_reopen(Appointment(state=state), TIMES, now=now) is may


@given(st.integers(-600, 600))
def test_lateness_is_told_in_steps_of_five_and_never_too_small(seconds):
    told = policy.minutes_late(NINE, TIMES, now=NINE + timedelta(seconds=seconds))
    assert told % 5 == 0
    assert told * 60 >= seconds
    assert told * 60 < max(seconds, 0) + 300
