"""T-10: the agreed word is found however it is written, and only when it is meant."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from server.signals import policy
from server.signals.contact import Wishes, advice
from server.signals.policy import Hours


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("blue heron", ""),
        ("I saw a Blue Heron today.", "I saw a today."),
        ("BLUEHERON", ""),
        ("blue\nheron, please call", "please call"),
        ("the blue-heron", "the"),
        ("Blue   heron! Blue heron!", ""),
    ],
)
def test_case_and_spaces_do_not_count_and_the_word_is_taken_out(text, shown):
    assert policy.says("Blue heron", text)
    assert policy.without("Blue heron", text) == shown


@pytest.mark.parametrize("text", ["", "blue", "heron blue", "blue herons", "skyblue heron"])
def test_a_part_of_it_or_a_longer_word_is_no_signal(text):
    assert not policy.says("Blue heron", text)
    assert policy.without("Blue heron", text) == text


def test_accents_do_not_count():
    assert policy.says("café rose", "Cafe Rose")
    assert policy.without("cafe rose", "Ein CAFÉ rosé?") == "Ein?"


def test_without_a_word_nothing_is_ever_found():
    assert not policy.says("", "anything at all")


@pytest.mark.parametrize(
    ("words", "fits"),
    [("owl", False), ("Help", False), ("thank you", False), ("heron", True), ("o w l s", True)],
)
def test_a_code_word_is_rare_and_of_four_letters(words, fits):
    assert (policy.reason_not_to_agree(words, 4) is None) is fits


DENVER = "America/Denver"  # UTC-7 in November


@pytest.mark.parametrize(
    ("hour", "begins", "ends", "waits_for"),
    [
        (16, 9, 17, 0),  # 9:00 there: now
        (15, 9, 17, 1),  # 8:00 there: in an hour
        (0, 9, 17, 16),  # 17:00 there: tomorrow at nine
        (3, 0, 24, 0),
    ],
)
def test_a_letter_waits_for_the_hours_in_which_it_may_come(hour, begins, ends, waits_for):
    now = datetime(2026, 11, 24, hour, tzinfo=UTC)
    due = policy.next_moment(Hours(begins, ends, DENVER), now=now)
    assert (due - now).total_seconds() == waits_for * 3600


def test_hours_that_summer_time_leaves_out_or_repeats_are_no_hindrance():
    now = datetime(2026, 3, 8, 8, 30, tzinfo=UTC)  # 1:30, half an hour before the change
    assert policy.next_moment(Hours(2, 5, DENVER), now=now) >= now


def test_who_calls_is_told_what_was_asked_for_and_nothing_else():
    assert advice(Wishes()) == []
    assert advice(Wishes(by_phone=False)) == ["Do not call"]
    told = advice(Wishes(from_hour=9, until_hour=17, note="the library"))
    assert told == ["No voicemail", "9:00 to 17:00, their time"]
