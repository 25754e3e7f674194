"""What an auditor reads of an act is words, whatever a code is called in the source."""

from __future__ import annotations

import ast
from pathlib import Path

from server.oversight import words

SERVER = Path(__file__).parents[3] / "server"
RECORDING = {"record", "record_read", "record_refusal"}


def recorded() -> set[str]:
    """Every act that a use case writes down under a name of its own."""
    calls = (
        node
        for path in SERVER.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in RECORDING
    )
    return {
        each.value
        for call in calls
        for each in call.args[2:3]
        if isinstance(each, ast.Constant) and ":" in str(each.value)
    }


def test_every_act_has_words_and_a_place_in_the_search():
    acts = recorded()
    assert len(acts) > 40
    as_it_is = {act: act.replace(":", ", ").replace("-", " ") for act in acts}
    assert {act for act in acts if words.action(act) == as_it_is[act]} == set()
    begins = tuple(tag for _heading, tags in words.FAMILIES.values() for tag in tags)
    assert {act for act in acts if not act.startswith(begins)} == set()
