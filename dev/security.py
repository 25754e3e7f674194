"""Run every test that proves a check of the threat model, and print the table: `make security`.

A test says what it proves with `@pytest.mark.check("C-06")`, and what it measured with
`record_property("figure", "closed after 0.8 s")`. A check that is due and has no test is as red
as one whose test fails. `--quick` leaves out the tests marked slow.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal

import pytest

State = Literal["pass", "FAIL", "NOT PROVEN", "MISSING", "later"]
_UNPROVEN = re.compile(r"NOT PROVEN: ([a-z0-9-]+)")

#: what must hold of what there is today
DUE = {
    "C-01": "Every route, role and clinic: only who may; refused alike, without a canary",
    "C-05": "Idle time ends a session and locks the chart; the call goes on, and opens no more",
    "C-06": "A disabled member of staff is out everywhere within five seconds",
    "C-07": "A guardian's answers are the same with and without confidential content",
    "C-08": "Coordinators reach no note, by no road",
    "C-09": "Another clinic's ids, filters and sort keys give nothing; RLS alone holds too",
    "C-10": "No column can be written by naming it",
    "C-12": "A waiting client hears the same bytes whatever goes on in the room",
    "C-13": "There is no way around the waiting room, also after a restart or a removal",
    "C-14": "Another site can neither act as somebody nor sign somebody in",
    "C-15": "Headers of every kind of answer; a foreign frame stays empty",
    "C-16": "A socket opens for our origin and a good ticket, and for nothing else",
    "C-17": "An Engine.IO id opens nothing",
    "C-18": "Nobody takes another's seat; a second page of one's own is asked first",
    "C-19": "A flood hurts only its sender",
    "C-20": "Size, bombs and malformed events hurt only their sender",
    "C-21": "Emergency access: reason, fresh sign-in, one patient, an hour, read-only, notice",
    "C-22": "Every change to the audit trail is found, with its number",
    "C-23": "No audit row, no read",
    "C-29": "The relay reaches no inner address, by any spelling of it",
    "C-30": "Relay credentials: after admission, of one participant, for a few minutes",
    "C-31": "No log holds what somebody said, nor what opens a door",
    "C-32": "No page asks anybody but us for anything",
    "C-33": "Transport: TLS floor, redirect, cookie flags",
    "C-34": "Visit links: looking changes nothing; one first browser, the others say who",
    "C-35": "Guessing stops, whatever cookies and addresses are invented",
    "C-37": "Forty hostile payloads in every field are shown as the text they are",
    "C-38": "A phone in the wrong hands: neutral words, nothing left behind",
    "C-47": "Fuzzed parsers and forms refuse, and never crash",
    "C-48": "Dependencies: hashes, floors, no look-alike; no forbidden construction",
}
#: what waits for something that does not exist yet
LATER = {
    "C-02": "second factor: with the accounts' own step",
    "C-11": "psychotherapy notes: with the chart",
    "C-24": "signed notes: with the chart; drafts cannot be signed yet",
    "C-25": "encryption at rest: with the key store",
    "C-26": "ciphertext binding: with the key store",
    "C-27": "rotation of keys: with the key store",
    "C-36": "sign-in by the clinic's own provider: not offered yet",
    "C-46": "backup and restore drill",
}


@dataclass
class Proof:
    """How one test function went, over all its parameters."""

    test: str
    passed: int = 0
    failed: int = 0
    unproven: set[str] = field(default_factory=set)
    figures: list[str] = field(default_factory=list)

    @property
    def state(self) -> State:
        """Red if any of it is red; unproven if none of it ran."""
        if self.failed:
            return "FAIL"
        return "pass" if self.passed else "NOT PROVEN"


class Witness:
    """A pytest plugin that notes which checks were proven, by what."""

    def __init__(self) -> None:
        self.checks: dict[str, dict[str, Proof]] = {}
        self._proves: dict[str, list[Proof]] = {}

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Remember what each test proves."""
        for item in items:
            test = item.nodeid.partition("[")[0]
            for mark in item.iter_markers("check"):
                for check in mark.args:
                    proof = self.checks.setdefault(check, {}).setdefault(test, Proof(test))
                    self._proves.setdefault(item.nodeid, []).append(proof)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Count what came of it; a broken set-up proves as little as a broken test."""
        for proof in self._proves.get(report.nodeid, ()):
            if report.failed:
                proof.failed += 1
            elif report.skipped:
                proof.unproven |= set(_UNPROVEN.findall(str(report.longrepr))) or {"skipped"}
            elif report.when == "call":
                proof.passed += 1
                proof.figures += [
                    str(value) for name, value in report.user_properties if name == "figure"
                ]


def state_of(check: str, proofs: Iterable[Proof]) -> State:
    """Its worst proof, or that there is none; a check that waits is not passed by a part."""
    states = {proof.state for proof in proofs}
    for state in ("FAIL", "NOT PROVEN"):
        if state in states:
            return state
    if check in LATER:
        return "later"
    return "pass" if states else "MISSING"


def table(checks: dict[str, dict[str, Proof]]) -> list[str]:
    """The table as lines: each check, and beneath it the tests that prove it."""
    lines = []
    for check in sorted({*DUE, *LATER, *checks}):
        proofs = list(checks.get(check, {}).values())
        what = DUE.get(check) or LATER.get(check) or "proven beyond what is due"
        lines.append(f"{check}  {state_of(check, proofs):<11} {what}")
        for proof in proofs:
            count = f"{proof.passed}/{proof.passed + proof.failed}"
            figures = f"  [{'; '.join(dict.fromkeys(proof.figures))}]" if proof.figures else ""
            lines.append(f"      {proof.state:<11} {count:>5}  {proof.test}{figures}")
    return lines


def is_red(checks: dict[str, dict[str, Proof]], forgiven: set[str]) -> bool:
    """Whether anything due is failed, missing, or unproven without leave."""
    for check in {*DUE, *checks}:
        proofs = checks.get(check, {}).values()
        state = state_of(check, proofs)
        unproven = set().union(*(proof.unproven for proof in proofs))
        if state in ("FAIL", "MISSING") or unproven - forgiven:
            return True
    return False


def main(arguments: Sequence[str]) -> int:
    """Run what proves something and say how it stands."""
    marked = "check and not slow" if "--quick" in arguments else "check"
    witness = Witness()
    outcome = pytest.main(["tests", "-q", "-m", marked, "-p", "no:cacheprovider"], [witness])
    forgiven = set(filter(None, os.environ.get("ALLOW_MISSING", "").split(",")))
    print(f"\nChecks of docs/threat-model.md, {datetime.now(UTC):%Y-%m-%d %H:%M} UTC\n")
    print("\n".join(table(witness.checks)))
    red = is_red(witness.checks, forgiven) or outcome not in (0, pytest.ExitCode.TESTS_FAILED)
    print(f"\n{'RED' if red else 'green'}: {len(witness.checks)} checks have tests")
    return 1 if red else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
