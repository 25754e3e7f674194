"""Run every check, say how long each took, and say plainly what could not be proven here.

`python -m dev.everything unit types` runs only what is named.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from dev import engines

ROOT = Path(__file__).parents[1]
_UNPROVEN = re.compile(r"NOT PROVEN: ([a-z0-9-]+)")
_NOTHING_COLLECTED = 5


@dataclass(frozen=True)
class Check:
    """One thing we ask; `needs` names an engine without which it is not proven."""

    name: str
    command: tuple[str, ...]
    needs: str = ""
    folder: str = "."


@dataclass(frozen=True)
class Result:
    """How a check went."""

    check: Check
    passed: bool
    seconds: float
    unproven: frozenset[str]


def _python(module: str, *arguments: str) -> tuple[str, ...]:
    return (sys.executable, "-m", module, *arguments)


def _pytest(*arguments: str) -> tuple[str, ...]:
    return _python("pytest", "-q", "-rfEs", "--durations=8", "--durations-min=2", *arguments)


def _tool(name: str, *arguments: str) -> tuple[str, ...]:
    return (str(Path(sys.executable).with_name(name)), *arguments)


STILL = (
    Check("ruff", _tool("ruff", "check", ".")),
    Check("format", _tool("ruff", "format", "--check", ".")),
    Check("types", _tool("mypy")),
    Check("imports", _tool("lint-imports")),
    Check("forbidden", _python("dev.forbidden")),
    Check("tsc", (str(ROOT / "dev" / "npm"), "run", "--silent", "check")),
    Check("vitest", (str(ROOT / "dev" / "npm"), "run", "--silent", "test")),
)
MOVING = (
    Check("unit", _pytest("tests/unit", "-m", "not slow")),
    Check("on SQLite", _pytest("tests/integration", "-m", "not slow", "-k", "not postgres")),
    Check("on PostgreSQL", _pytest("tests/integration", "-m", "not slow", "-k", "postgres")),
    Check("browser", _pytest("tests/browser", "-m", "not slow"), "chromium"),
    Check("faults", _pytest("tests/faults", "-m", "not slow"), "chromium"),
)
LONG = (Check("long grids", _pytest("tests", "-m", "slow"), "chromium"),)


def main(arguments: list[str]) -> int:
    """Everything, or with --long the grids that take longer."""
    began = time.monotonic()
    missing = {
        name for name, find in (("chromium", engines.chromium), ("coturn", engines.coturn))
        if find() is None
    }  # fmt: skip
    still, moving = (LONG, ()) if "--long" in arguments else (STILL, MOVING)
    if named := {name for name in arguments if not name.startswith("-")}:
        still = tuple(check for check in still if check.name in named)
        moving = tuple(check for check in moving if check.name in named)
    # Two at a time, the longest first; what drives browsers and measures time runs alone.
    light = sorted((c for c in moving if not c.needs), key=lambda check: check.name)
    with ThreadPoolExecutor(2) as lanes:
        results = list(lanes.map(lambda check: _run(check, missing), (*light, *still)))
    results += [_run(check, missing) for check in moving if check.needs]
    return _verdict(results, missing, time.monotonic() - began)


def _run(check: Check, missing: set[str]) -> Result:
    began = time.monotonic()
    if check.needs in missing:
        return Result(check, True, 0.0, frozenset({check.needs}))
    done = subprocess.run(
        check.command,
        cwd=ROOT / check.folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    seconds = time.monotonic() - began
    passed = done.returncode in (0, _NOTHING_COLLECTED)
    print(f"\n== {check.name}: {'passed' if passed else 'FAILED'} in {seconds:.0f} s")
    print(done.stdout if not passed else "\n".join(done.stdout.splitlines()[-14:]), flush=True)
    return Result(check, passed, seconds, frozenset(_UNPROVEN.findall(done.stdout)))


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
    failed = any(not result.passed for result in results)
    return 1 if failed or unproven - forgiven else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
