"""Two identifiers: a name as people write it, a number as they dial it."""

from __future__ import annotations

import pytest

from server.visits import identity_policy as identity


@pytest.mark.parametrize(
    ("said", "same"),
    [
        ("Morgan Taylor", True),
        ("  morgan   TAYLOR ", True),
        ("Taylor, Morgan", True),
        ("Morgan A. Taylor", True),
        ("Mörgan Taylor", True),
        ("Morgan", False),
        ("Taylor", False),
        ("Sam Taylor", False),
        ("", False),
        ("Morgantaylor", False),
    ],
)
def test_a_name_may_be_written_in_more_than_one_way(said, same):
    assert identity.same_name(said, "Morgan Taylor") is same


def test_nobody_without_a_name_is_anybody():
    assert not identity.same_name("", "")


@pytest.mark.parametrize(
    ("typed", "same"),
    [
        ("0142", True),
        ("303 555 0142", True),
        ("+1 (303) 555-0142", True),
        ("142", False),
        ("0148", False),
        ("", False),
    ],
)
def test_the_last_four_digits_are_enough(typed, same):
    assert identity.same_phone_end(typed, "+13035550142") is same


def test_no_number_with_us_matches_no_number():
    assert not identity.same_phone_end("0142", "")
