"""Telephone numbers as people write them and as they are dialled (people/phones.py)."""

from __future__ import annotations

import pytest

from server.people import phones


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("303 555 0142", "+13035550142"),
        ("(303) 555-0142", "+13035550142"),
        ("+1 303 555 0142", "+13035550142"),
        ("+44 20 7946 0958", "+442079460958"),
        ("555 0142", None),
        ("911", None),
        ("call me", None),
        ("", None),
        ("3035550142303555014230355501423035550142", None),
    ],
)
def test_numbers_are_kept_as_they_are_dialled_from_anywhere(typed, kept):
    assert phones.number(typed) == kept


def test_a_number_is_shown_as_its_owner_writes_it():
    assert phones.shown("+13035550142") == "(303) 555-0142"
    assert phones.shown("+442079460958") == "+44 20 7946 0958"
    assert phones.shown("") == ""
