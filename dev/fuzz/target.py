"""One thing to fuzz, and for how long: rounds of examples until the time is up."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.strategies import SearchStrategy

ROUND = 40


@dataclass(frozen=True)
class Target:
    """What is asked, and of whom; `ask` raises whatever must not happen."""

    name: str
    inputs: SearchStrategy[Any]
    ask: Callable[[Any], object]
    #: before each round, for what remembers
    begin: Callable[[], None] = lambda: None


def fuzz(target: Target, seconds: float, *, first_seed: int = 0) -> int:
    """Ask until the time is up; how often. The seed of a round that fails is in the error."""
    asked = 0

    def ask(example: Any) -> None:
        nonlocal asked
        asked += 1
        target.ask(example)

    end = time.monotonic() + seconds
    number = first_seed
    while time.monotonic() < end:
        target.begin()
        one_round = settings(
            max_examples=ROUND,
            deadline=None,
            database=None,
            phases=(Phase.generate, Phase.shrink),
            suppress_health_check=tuple(HealthCheck),
        )(seed(number)(given(target.inputs)(ask)))
        try:
            one_round()
        except Exception as broken:
            broken.add_note(f"target {target.name}, seed {number}")
            raise
        number += 1
    return asked
