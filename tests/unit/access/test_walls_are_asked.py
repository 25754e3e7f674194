"""A use case that is told an id by somebody never loads by that id alone (T-01, T-02)."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

SERVER = Path(__file__).parents[3] / "server"
LOADERS = {"get", "get_one"}


def loads_by_a_told_id(source: str) -> Iterator[tuple[str, int]]:
    """Functions with an actor that hand a parameter of theirs to `session.get`."""
    for function in ast.walk(ast.parse(source)):
        if not isinstance(function, ast.FunctionDef):
            continue
        told = {each.arg for each in (*function.args.args, *function.args.kwonlyargs)}
        if "actor" not in told:
            continue
        for call in ast.walk(function):
            if (
                isinstance(call, ast.Call)
                and isinstance(call.func, ast.Attribute)
                and call.func.attr in LOADERS
                and isinstance(call.func.value, ast.Name)
                and call.func.value.id == "session"
                and any(
                    isinstance(key, ast.Name) and key.id in told
                    for argument in call.args[1:]
                    for key in (argument, *getattr(argument, "elts", ()))
                )
            ):
                yield function.name, call.lineno


def test_clinic_and_tie_are_asked_by_the_query_that_loads():
    found = [
        f"{path.relative_to(SERVER)}:{line} in {name}"
        for path in sorted(SERVER.rglob("*.py"))
        for name, line in loads_by_a_told_id(path.read_text())
    ]
    assert found == [], "ask with a scope or a wall (server/walls.py) instead"


def test_the_rule_sees_what_it_is_for():
    forgotten = "def show(session, actor, visit_id):\n    return session.get(Visit, visit_id)\n"
    assert list(loads_by_a_told_id(forgotten)) == [("show", 2)]
    own = "def show(session, actor):\n    return session.get(Account, actor.account_id)\n"
    assert list(loads_by_a_told_id(own)) == []
