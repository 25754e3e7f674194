"""Ask the registries whether anything we are locked to has a known hole: `make audit`.

It needs the network, so it is no part of `make test`; run it daily and before a release. It
ends with 1 when a hole was found, with 2 when somebody did not answer: then nothing is known.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
PIP_AUDIT = "pip-audit==2.10.1"
LOCKS = ("requirements.txt", "requirements-dev.txt", "requirements-node.txt")
SCRIPTS = "web/package-lock.json"
SERIOUS = ("moderate", "high", "critical")
FOUND, UNANSWERED = 1, 2
SAID = {0: "nothing known", FOUND: "FOUND", UNANSWERED: "NO ANSWER"}
PATIENCE_SECONDS = 300
LONGEST_LINE = 160


def questions() -> Iterator[tuple[str, list[str]]]:
    """One command for each lock file; hashes stay asked for, nothing is installed."""
    uv = os.environ.get("UV", "uv")
    for lock in LOCKS:
        how = ["--require-hashes", "--disable-pip", "--progress-spinner", "off", "-f", "json"]
        yield lock, [uv, "tool", "run", PIP_AUDIT, *how, "-r", lock]
    yield SCRIPTS, [str(ROOT / "dev" / "npm"), "audit", "--json"]


@dataclass(frozen=True)
class Answer:
    """What is known of one lock file: its holes, and what nobody could say."""

    holes: list[str]
    unknown: list[str]

    @property
    def outcome(self) -> int:
        """What is known and bad comes before what is not known."""
        return FOUND if self.holes else UNANSWERED if self.unknown else 0


def read(told: str, last_words: str) -> Answer:
    """The answer of a tool; where it is none, its last words say why."""
    try:
        answer = json.loads(told)
    except ValueError:
        return Answer([], [last_words])
    match answer:
        case {"dependencies": list(locked)}:
            seen = [each for each in locked if "skip_reason" not in each]
            skipped = [each["name"] for each in locked if each not in seen]
            return Answer([hole for each in seen for hole in _of_python(each)], skipped)
        case {"vulnerabilities": dict(named)}:
            bad = [each for each in named.values() if each["severity"] in SERIOUS]
            return Answer([_of_script(each) for each in bad], [])
        case {"message": str(why)}:
            return Answer([], [why])
    return Answer([], [last_words])


def _of_python(package: Mapping[str, Any]) -> Iterator[str]:
    for hole in package["vulns"]:
        mended = ", ".join(hole["fix_versions"]) or "no version yet"
        yield f"{package['name']} {package['version']}: {hole['id']}, mended in {mended}"


def _of_script(package: Mapping[str, Any]) -> str:
    via = [each["title"] for each in package["via"] if isinstance(each, dict)]
    return f"{package['name']} {package['range']}: {package['severity']}" + "".join(
        f", {title}" for title in via
    )


def ask(command: list[str]) -> Answer:
    """Ask one registry by its own tool."""
    try:
        told = subprocess.run(
            command, cwd=ROOT, check=False, capture_output=True, text=True,
            timeout=PATIENCE_SECONDS,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as trouble:
        return Answer([], [str(trouble)])
    last_words = (told.stderr.strip() or "it said nothing").splitlines()[-1]
    return read(told.stdout, last_words)


def main() -> int:
    """Ask about each, also when one has found something or does not answer."""
    outcomes = set()
    for lock, command in questions():
        answer = ask(command)
        outcomes.add(answer.outcome)
        print(f"{lock:<24} {SAID[answer.outcome]}", flush=True)
        for line in (*answer.holes, *(f"no answer: {each}" for each in answer.unknown)):
            print(f"    {line[:LONGEST_LINE]}")
    if UNANSWERED in outcomes:
        print("\nWhere nobody answered nothing is known. It needs the network: ask again.")
    return FOUND if FOUND in outcomes else max(outcomes)


if __name__ == "__main__":
    sys.exit(main())
