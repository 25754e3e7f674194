"""`make security` is red for a failure, for a due check without a test, and for a gap."""

from __future__ import annotations

import pytest

from dev import security
from dev.security import DUE, LATER, Proof


def all_proven() -> dict[str, dict[str, Proof]]:
    return {check: {"test": Proof("test", passed=2)} for check in DUE}


def test_it_is_green_when_everything_due_is_proven():
    assert not security.is_red(all_proven(), set())


@pytest.mark.parametrize(
    ("proof", "state"),
    [
        (Proof("t", passed=3), "pass"),
        (Proof("t", passed=3, failed=1), "FAIL"),
        (Proof("t", unproven={"coturn"}), "NOT PROVEN"),
    ],
)
def test_a_check_is_as_good_as_its_worst_test(proof, state):
    assert security.state_of("C-14", [Proof("fine", passed=1), proof]) == state


def test_a_due_check_without_a_test_is_missing_and_a_later_one_is_said_to_be():
    assert security.state_of("C-14", []) == "MISSING"
    assert security.state_of("C-24", []) == "later"
    assert security.state_of("C-24", [Proof("a part of it", passed=1)]) == "later"
    without = {check: tests for check, tests in all_proven().items() if check != "C-14"}
    assert security.is_red(without, set())


def test_what_could_not_be_proven_needs_leave():
    gap = {**all_proven(), "C-50": {"t": Proof("t", unproven={"coturn"})}}
    assert security.is_red(gap, set())
    assert not security.is_red(gap, {"coturn"})


def test_a_red_check_beyond_what_is_due_is_red():
    assert security.is_red({**all_proven(), "C-50": {"t": Proof("t", failed=1)}}, set())


def test_the_table_names_each_check_its_tests_and_figures():
    figure = Proof("tests/x.py::test_y", passed=1, figures=["closed after 0.8 s"])
    lines = "\n".join(security.table({**all_proven(), "C-06": {"y": figure}}))
    assert all(check in lines for check in (*DUE, *LATER))
    assert "tests/x.py::test_y  [closed after 0.8 s]" in lines


def test_no_check_is_both_due_and_for_later():
    assert DUE.keys() & LATER.keys() == set()
