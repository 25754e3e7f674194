"""Each test is asked by one check of `make test` or `make faults`, and by no other."""

from __future__ import annotations

import re
from argparse import ArgumentParser
from itertools import product
from pathlib import Path

import pytest
from _pytest.mark.expression import Expression

from dev.everything import LONG, STAGES

TESTS = Path(__file__).parents[2]
FOLDERS = sorted({each.relative_to(TESTS).parts[0] for each in TESTS.rglob("test_*.py")})
CHECKS = {
    check.name: check.command[check.command.index("pytest") + 1 :]
    for stage in (*STAGES, *LONG)
    for check in stage.checks
    if "pytest" in check.command
}


def selection(command: tuple[str, ...]) -> tuple[list[str], list[str]]:
    """Where a check looks, and by what words it chooses there."""
    parser = ArgumentParser()
    parser.add_argument("-m", action="append", dest="chosen", default=[])
    parser.add_argument("-k", action="append", dest="chosen")
    asked, rest = parser.parse_known_args(command)
    return [each for each in rest if not each.startswith("-")], asked.chosen


def words() -> list[str]:
    """Every mark and name that any check chooses by."""
    said = " ".join(each for command in CHECKS.values() for each in selection(command)[1])
    return sorted(set(re.findall(r"\w+", said)) - {"and", "or", "not"})


def asks(name: str, folder: str, has: set[str]) -> bool:
    """Whether this check runs a test of this folder that has these marks and names."""
    places, chosen = selection(CHECKS[name])
    return bool({"tests", f"tests/{folder}"} & {*places}) and all(
        Expression.compile(each).evaluate(lambda word, **_: word in has) for each in chosen
    )


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_test_with_any_marks_is_asked_by_exactly_one_check(folder):
    for lot in product((False, True), repeat=len(words())):
        has = {word for word, here in zip(words(), lot, strict=True) if here}
        asked_by = [name for name in CHECKS if asks(name, folder, has)]
        assert len(asked_by) == 1, f"{sorted(has)} in tests/{folder}: {asked_by}"


def test_the_checks_choose_by_marks_that_are_there(pytestconfig):
    declared = {re.split(r"[:(]", line)[0] for line in pytestconfig.getini("markers")}
    assert {*words()} - declared == {"postgres"}
