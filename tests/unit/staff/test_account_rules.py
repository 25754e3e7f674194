"""Who may end whose access, and which password will do."""

from __future__ import annotations

import uuid

import pytest

from server.staff.policy import Target, reason_not_this_password, reason_not_to_touch

NOOR, OTHER = uuid.uuid4(), uuid.uuid4()


@pytest.mark.parametrize(
    ("target", "by", "other_admins", "code"),
    [
        (Target(OTHER, is_admin=False), NOOR, 0, None),
        (Target(OTHER, is_admin=True), NOOR, 1, None),
        (Target(OTHER, is_admin=True), NOOR, 0, "last-admin"),
        (Target(NOOR, is_admin=True), NOOR, 5, "own-account"),
        (Target(NOOR, is_admin=False), NOOR, 5, "own-account"),
        (Target(NOOR, is_admin=True), None, 0, None),  # whoever keeps the house
    ],
)
def test_nobody_ends_themselves_or_the_last_administrator(target, by, other_admins, code):
    assert reason_not_to_touch(target, by=by, other_admins=other_admins) == code


@pytest.mark.parametrize(
    ("password", "will_do"),
    [
        ("four words will do", True),
        ("fifteen letters", True),
        ("fourteen lett", False),
        ("abababababababababab", False),
        ("aaaaaaaaaaaaaaaaaaaa", False),
        ("Rivera likes long walks", False),
        ("the harbor is quiet now", False),
        ("mooring is what I use", False),
        ("elena at the seaside now", False),
        ("Ünïcödé is welcome here", True),
    ],
)
def test_a_password_is_long_and_not_ones_own_name(password, will_do):
    about = ("Dr. Elena Rivera", "elena.rivera@harbor.example", "Harbor Clinic", "mooring")
    reason = reason_not_this_password(password, shortest=15, about=about)
    assert (reason is None) == will_do
