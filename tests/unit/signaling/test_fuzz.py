"""What comes over the wire, bent every way: refused, and nothing worse (C-47)."""

from __future__ import annotations

import pytest

from dev.fuzz import wires
from dev.fuzz.target import Target, fuzz
from signaling.protocol import MalformedMessage

NAMES = (
    "descriptions", "candidates", "messages", "packets", "tickets", "signed tickets", "orders",
    "offers",
)  # fmt: skip


@pytest.fixture(scope="module")
def targets() -> dict[str, Target]:
    return {target.name: target for target in wires.everything()}


def test_every_target_is_asked_here(targets):
    assert targets.keys() == set(NAMES)


@pytest.mark.check("C-47")
@pytest.mark.parametrize("seconds", [2, pytest.param(60, marks=pytest.mark.slow)])
@pytest.mark.parametrize("name", NAMES)
def test_it_refuses_and_does_not_break(targets, name, seconds, record_property):
    count = fuzz(targets[name], seconds)
    record_property("figure", f"{name}: {count} in {seconds} s")


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("descriptions", "signaling.candidates.Sieve._passes"),
        ("candidates", "signaling.candidates.Sieve._permitted"),
    ],
)
def test_it_would_notice_a_sieve_with_a_hole(targets, name, what, monkeypatch):
    monkeypatch.setattr(what, lambda _self, _line: True)
    with pytest.raises(AssertionError):
        fuzz(targets[name], 20)


def test_it_would_notice_a_parser_that_breaks(targets, monkeypatch):
    monkeypatch.setattr("dev.fuzz.wires.MalformedMessage", ZeroDivisionError)
    with pytest.raises(MalformedMessage) as broken:
        fuzz(targets["messages"], 20)
    assert "seed 0" in str(broken.value.__notes__)
