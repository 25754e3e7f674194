"""Times on the reader's clock, also on the two days a year when a clock jumps."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from server.desk import booking_form, clock

DENVER = "America/Denver"


@pytest.mark.parametrize(
    ("day", "hours"), [("2026-11-24", 24), ("2026-11-01", 25), ("2026-03-08", 23)]
)
def test_a_day_is_as_long_as_its_clocks_say(day, hours):
    noon = datetime.fromisoformat(f"{day}T19:00+00:00")
    start, end = clock.span_of_day(noon, DENVER)
    assert end.astimezone(UTC) - start.astimezone(UTC) == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("day", "time", "utc"),
    [
        ("2026-11-24", "10:30", "2026-11-24T17:30+00:00"),
        ("2026-07-01", "10:30", "2026-07-01T16:30+00:00"),
        ("2026-11-01", "01:30", "2026-11-01T07:30+00:00"),
    ],
)
def test_what_is_typed_is_a_time_of_the_clinic(day, time, utc):
    assert clock.typed(day, time, DENVER) == datetime.fromisoformat(utc)


@pytest.mark.parametrize(
    ("day", "time"),
    [
        ("2026-03-08", "02:30"),  # the hour that summer time leaves out
        ("2026-02-30", "10:00"),
        ("", ""),
        ("tomorrow", "10:00"),
        ("2026-11-24", "10:00+02:00"),
    ],
)
def test_what_is_no_time_is_none(day, time):
    assert clock.typed(day, time, DENVER) is None


def test_the_zone_is_named_by_place_and_letters():
    winter = datetime(2026, 11, 24, 17, tzinfo=UTC)
    assert clock.zone_words(winter, DENVER) == "Denver, MST"
    assert clock.zone_words(winter, "America/New_York") == "New York, EST"


@pytest.mark.parametrize("field", ["patient", "clinician", "kind", "when"])
def test_each_missing_field_has_its_sentence(field):
    some = "5f0b9f0e-9f54-4c8e-9d6c-3c1f5b0a7d11"
    typed = {"patient": some, "clinician": some, "kind": "FOLLOW_UP", "when": "now"}
    assert booking_form.missing(typed) == {}
    assert list(booking_form.missing({**typed, field: ""})) == [field]
