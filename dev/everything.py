"""Run every check, say how long each took, and say plainly what could not be proven here.

`python -m dev.everything unit types` runs only what is named; `--list` names what there is.
Whatever a check said is kept in `var/checks/`.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from dev import engines
from dev.scratch import in_memory

ROOT = Path(__file__).parents[1]
KEPT = ROOT / "var" / "checks"
_UNPROVEN = re.compile(r"NOT PROVEN: ([a-z0-9-]+)")
_FAILED = re.compile(r"^(?:FAILED|ERROR) .*", re.M)
#: of a check that failed, so much of its end stands in the log of the run
_LAST_LINES = 150


@dataclass(frozen=True)
class Check:
    """One thing we ask; `needs` names an engine without which it is not proven.

    `whole`: in the Chromium that people use, not in the one without a window.
    """

    name: str
    command: tuple[str, ...]
    needs: str = ""
    whole: bool = False


@dataclass(frozen=True)
class Stage:
    """Checks that bear being run beside each other, the longest first."""

    lanes: int
    checks: tuple[Check, ...]


@dataclass(frozen=True)
class Result:
    """How a check went."""

    check: Check
    passed: bool
    seconds: float
    said: str

    @property
    def unproven(self) -> frozenset[str]:
        """What it could not ask on this machine."""
        return frozenset(_UNPROVEN.findall(self.said))

    @property
    def failures(self) -> Sequence[str]:
        """One line for each test that failed; the last words where it was no test."""
        if self.passed:
            return ()
        return _FAILED.findall(self.said) or self.said.strip().splitlines()[-8:]


def _python(module: str, *arguments: str) -> tuple[str, ...]:
    return (sys.executable, "-m", module, *arguments)


def _pytest(*arguments: str) -> tuple[str, ...]:
    shown = ("-q", "-rfEs", "--tb=short", "--durations=8", "--durations-min=2")
    return _python("pytest", *shown, *arguments)


def _tool(name: str, *arguments: str) -> tuple[str, ...]:
    return (str(Path(sys.executable).with_name(name)), *arguments)


def _npm(script: str) -> tuple[str, ...]:
    return (str(ROOT / "dev" / "npm"), "run", "--silent", script)


#: no long grid; among what runs in browsers and processes, no stop-watch either
_SHORT = ("-m", "not slow")
_ANY = "not slow and not alone"
_STAYING = f"{_ANY} and not walked"
_TIMED = ("-m", "alone and not slow")
_LIVING = ("tests/browser", "tests/faults")
# Three stages on two cores: what computes, what lives in browsers and processes (a third lane
# would gain nothing and starve the calls), and what takes the time of something, alone.
STAGES = (
    Stage(
        2,
        (
            Check("postgresql", _pytest("tests/integration", *_SHORT, "-k", "postgres")),
            Check("sqlite", _pytest("tests/integration", *_SHORT, "-k", "not postgres")),
            Check("unit", _pytest("tests/unit", *_SHORT)),
            Check("types", _tool("mypy")),
            Check("vitest", _npm("test")),
            Check("ruff", _tool("ruff", "check", ".")),
            Check("format", _tool("ruff", "format", "--check", ".")),
            Check("imports", _tool("lint-imports")),
            Check("tsc", _npm("check")),
        ),
    ),
    Stage(
        2,
        (
            Check("visits", _pytest("tests/browser", "-m", _STAYING), "chromium"),
            Check("pages", _pytest("tests/browser", "-m", f"{_ANY} and walked"), "chromium"),
            Check("faults", _pytest("tests/faults", "-m", _ANY), "chromium"),
        ),
    ),
    Stage(
        1,
        (Check("by the clock", _pytest(*_LIVING, *_TIMED), "chromium", whole=True),),
    ),
)
LONG = (
    Stage(
        1,
        (
            Check("long rules", _pytest("tests/unit", "tests/integration", "-m", "slow")),
            Check("long pages", _pytest("tests/browser", "-m", "slow"), "chromium", whole=True),
            Check("long faults", _pytest("tests/faults", "-m", "slow"), "chromium", whole=True),
        ),
    ),
)


def main(arguments: list[str]) -> int:
    """Everything, or with --long the grids that take longer."""
    began = time.monotonic()
    stages = LONG if "--long" in arguments else STAGES
    if "--list" in arguments:
        print(*(check.name for stage in stages for check in stage.checks), sep="\n")
        return 0
    if named := [name for name in arguments if not name.startswith("-")]:
        stages = _only(stages, named)
    KEPT.mkdir(parents=True, exist_ok=True)
    results: list[Result] = []
    with in_memory(), ThreadPoolExecutor(1) as errand:
        missing = errand.submit(engines.missing)
        for stage in stages:
            with ThreadPoolExecutor(stage.lanes) as lanes:
                results += lanes.map(lambda check: _run(check, missing), stage.checks)
    return _verdict(results, missing.result(), time.monotonic() - began)


def _only(stages: Iterable[Stage], named: Sequence[str]) -> tuple[Stage, ...]:
    stages = tuple(stages)
    known = {check.name for stage in stages for check in stage.checks}
    if unknown := set(named) - known:
        sys.exit(f"No such check: {', '.join(sorted(unknown))}. There are: {sorted(known)}")
    return tuple(
        replace(stage, checks=tuple(check for check in stage.checks if check.name in named))
        for stage in stages
    )


def _run(check: Check, missing: Future[set[str]]) -> Result:
    """What it needs is still being installed while others run that need nothing."""
    if check.needs and check.needs in missing.result():
        return Result(check, True, 0.0, f"NOT PROVEN: {check.needs}")
    began = time.monotonic()
    whole = {"CHROMIUM": engines.whole_chromium() or ""} if check.whole else {}
    done = subprocess.run(
        check.command,
        cwd=ROOT,
        env={**os.environ, **whole},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )
    passed = done.returncode == 0
    result = Result(check, passed, time.monotonic() - began, done.stdout)
    _kept(check).write_text(done.stdout)
    lines = done.stdout.splitlines()[-(14 if passed else _LAST_LINES) :]
    how = f"{'passed' if passed else 'FAILED'} in {result.seconds:.0f} s"
    print("\n".join(["", f"== {check.name}: {how}", *lines]), flush=True)
    return result


def _kept(check: Check) -> Path:
    return KEPT / f"{check.name.replace(' ', '-')}.txt"


def _verdict(results: list[Result], missing: set[str], seconds: float) -> int:
    forgiven = set(filter(None, os.environ.get("ALLOW_MISSING", "").split(",")))
    unproven = missing.union(*(result.unproven for result in results))
    print("\n" + "-" * 40)
    for result in results:
        word = "ok" if result.passed else "FAILED"
        print(f"{result.check.name:<14}{word:<8}{result.seconds:>6.0f} s")
    print(f"{'together':<22}{seconds:>6.0f} s")
    for name in sorted(unproven):
        print(f"NOT PROVEN: {name}" + (" (allowed)" if name in forgiven else ""))
    failed = [result for result in results if not result.passed]
    for result in failed:
        print(
            f"\n{result.check.name} FAILED; all of it: {_kept(result.check).relative_to(ROOT)}"
        )
        print("\n".join(f"  {line}" for line in result.failures))
    return 1 if failed or unproven - forgiven else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
