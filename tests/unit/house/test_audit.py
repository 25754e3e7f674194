"""`make audit` tells apart what is known, what is clean and what nobody answered (C-48)."""

from __future__ import annotations

import json
import sys

import pytest

from dev import audit

CLEAN = {"dependencies": [{"name": "flask", "version": "3.1.3", "vulns": []}], "fixes": []}
HOLE = {"id": "PYSEC-2026-1", "fix_versions": ["3.1.4"], "aliases": [], "description": "x"}
HOLED = {"dependencies": [{"name": "flask", "version": "3.1.3", "vulns": [HOLE]}]}
SKIPPED = {"dependencies": [{"name": "flask", "skip_reason": "not on PyPI"}]}
SCRIPT = {
    "name": "vite", "severity": "high", "range": "<8", "via": [{"title": "Reads any file"}],
}  # fmt: skip
NPM_CLEAN = {"auditReportVersion": 2, "vulnerabilities": {}, "metadata": {}}
NPM_HOLED = {**NPM_CLEAN, "vulnerabilities": {"vite": SCRIPT}}
NPM_LOW = {**NPM_CLEAN, "vulnerabilities": {"vite": {**SCRIPT, "severity": "low"}}}
NPM_AWAY = {"message": "request to the registry failed", "error": {"code": "ECONNREFUSED"}}


@pytest.mark.parametrize(
    ("told", "holes", "unknown"),
    [
        (CLEAN, [], []),
        (HOLED, ["flask 3.1.3: PYSEC-2026-1, mended in 3.1.4"], []),
        (SKIPPED, [], ["flask"]),
        (NPM_CLEAN, [], []),
        (NPM_HOLED, ["vite <8: high, Reads any file"], []),
        (NPM_LOW, [], []),
        (NPM_AWAY, [], ["request to the registry failed"]),
        ([], [], ["its last words"]),
    ],
)
def test_what_an_answer_says(told, holes, unknown):
    answer = audit.read(json.dumps(told), "its last words")
    assert (answer.holes, answer.unknown) == (holes, unknown)


@pytest.mark.parametrize("told", ["", "ERROR: no route to host", "{"])
def test_what_is_no_answer_is_not_clean(told):
    assert audit.read(told, "no route to host").outcome == audit.UNANSWERED


def saying(told: object) -> list[str]:
    """A command that prints this, and complains beside it."""
    code = f"import sys; print({json.dumps(told)!r}); sys.exit('no route to host')"
    return [sys.executable, "-c", code]


@pytest.mark.parametrize(
    ("answers", "outcome", "words"),
    [
        ([CLEAN, NPM_CLEAN], 0, "nothing known"),
        (["", CLEAN], audit.UNANSWERED, "no answer: no route to host"),
        ([SKIPPED, CLEAN], audit.UNANSWERED, "no answer: flask"),
        ([HOLED, NPM_AWAY], audit.FOUND, "mended in 3.1.4"),
    ],
)
def test_how_it_ends(monkeypatch, capsys, answers, outcome, words):
    asked = [(f"lock-{number}", saying(told)) for number, told in enumerate(answers)]
    monkeypatch.setattr(audit, "questions", lambda: asked)
    assert audit.main() == outcome
    assert words in capsys.readouterr().out


def test_a_tool_that_is_not_there_is_no_clean_answer():
    answer = audit.ask(["/no/such/tool"])
    assert answer.outcome == audit.UNANSWERED
    assert "/no/such/tool" in answer.unknown[0]
