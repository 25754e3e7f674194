"""Constructions that are not in this house, because each has been somebody else's hole (C-48).

ruff knows some of them; these are the ones it does not know, or knows less strictly. A file may
be excepted from one rule, with the reason here; an exception nobody needs any more is an error.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
PYTHON = ("config", "server", "signaling", "dev")
PAGES = {"web/templates": "*.html", "web/src": "*.ts"}

EXCEPTIONS: dict[tuple[str, str], str] = {
    ("server/assets.py", "markup"): "joins tags of our own, each value escaped by format()",
    ("server/audit/append_only.py", "sql"): "triggers, from constants of that module",
    ("server/db.py", "sql"): "pragmas, from constants of that module",
    ("server/tenancy.py", "sql"): "row-level security, from the tables of our own schema",
    ("server/migrations/versions/0006_row_level_security.py", "sql"): "the same, as a step",
    ("signaling/rooms.py", "socket-target"): "looked up among the admitted of the room (T-25)",
}


class Found(NamedTuple):
    """One place where a rule is broken."""

    path: str
    line: int
    rule: str


_SERIALIZERS = {"pickle", "cPickle", "cloudpickle", "dill", "jsonpickle", "marshal", "shelve"}
_ABANDONED = {
    "bleach", "clamd", "eventlet", "flask_login", "flask_session", "flask_talisman",
    "geventwebsocket", "jose", "passlib", "pysqlcipher3", "sqlalchemy_utils",
}  # fmt: skip
_SQL = {"text", "DDL", "exec_driver_sql", "executescript", "literal_column"}
_TARGETED = {
    "call", "close_room", "disconnect", "emit", "enter_room", "join_room", "leave_room",
    "order", "send",
}  # fmt: skip
_TARGETS = {"to", "room", "rooms", "peer", "namespace", "skip_sid"}
_FROM_OUTSIDE = {"request", "form", "asked", "message", "raw", "data", "event"}


def _imports(node: ast.AST, names: set[str]) -> bool:
    if isinstance(node, ast.Import):
        return any(alias.name.partition(".")[0] in names for alias in node.names)
    if isinstance(node, ast.ImportFrom) and node.module and not node.level:
        return node.module.partition(".")[0] in names
    return False


def _called(node: ast.AST) -> str:
    """The last part of what is called, or nothing."""
    if not isinstance(node, ast.Call):
        return ""
    match node.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def _owner(node: ast.AST) -> str:
    """What a called attribute belongs to, when it is a plain name."""
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Name(id=name))):
            return name
    return ""


def _keyword(node: ast.AST, name: str, value: object) -> bool:
    return isinstance(node, ast.Call) and any(
        each.arg == name and isinstance(each.value, ast.Constant) and each.value.value is value
        for each in node.keywords
    )


def _constant(node: ast.AST) -> bool:
    """A string as it stands in the file, also one of several parts."""
    if isinstance(node, ast.JoinedStr):
        return not any(isinstance(part, ast.FormattedValue) for part in node.values)
    return isinstance(node, ast.Constant)


def _assembled(node: ast.AST) -> bool:
    """A string put together while the program runs."""
    match node:
        case ast.JoinedStr():
            return not _constant(node)
        case ast.BinOp(left=left, op=ast.Add() | ast.Mod(), right=right):
            return any(
                isinstance(side, ast.Constant | ast.JoinedStr) or _assembled(side)
                for side in (left, right)
            )
    return _called(node) in ("format", "join") and isinstance(node, ast.Call)


def _names(node: ast.AST) -> set[str]:
    return {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}


def _pickle(node: ast.AST) -> bool:
    return _imports(node, _SERIALIZERS)


def _abandoned(node: ast.AST) -> bool:
    return _imports(node, _ABANDONED)


def _yaml(node: ast.AST) -> bool:
    return (
        _owner(node) == "yaml"
        and "load" in _called(node)
        and not _called(node).startswith("safe")
    )


def _eval(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and (
        node.func.id in ("eval", "exec", "__import__")
    )  # fmt: skip


def _shell(node: ast.AST) -> bool:
    by_os = _owner(node) == "os" and _called(node) in ("system", "popen")
    return by_os or _keyword(node, "shell", True)


def _unverified(node: ast.AST) -> bool:
    if isinstance(node, ast.Attribute) and node.attr in (
        "CERT_NONE", "_create_unverified_context",
    ):  # fmt: skip
        return True
    return _keyword(node, "verify", False) or _keyword(node, "check_hostname", False)


def _markup(node: ast.AST) -> bool:
    if _called(node) == "render_template_string":
        return True
    if _called(node) == "join" and isinstance(node, ast.Call):
        return isinstance(node.func, ast.Attribute) and _called(node.func.value) == "Markup"
    return (
        _called(node) == "Markup"
        and isinstance(node, ast.Call)
        and not all(map(_constant, node.args))
    )


def _sql(node: ast.AST) -> bool:
    if not isinstance(node, ast.Call) or not node.args:
        return False
    name, statement = _called(node), node.args[0]
    if name == "text" and _owner(node) not in ("", "sa", "sqlalchemy"):
        return False  # the text of an answer, not of a statement
    if name in _SQL:
        return not _constant(statement)
    return name in ("execute", "executemany", "scalar", "scalars") and _assembled(statement)


def _socket_target(node: ast.AST) -> bool:
    match node:
        case ast.Attribute(value=ast.Name(id=owner), attr="to") if owner in _FROM_OUTSIDE:
            return True
        case ast.Subscript(value=ast.Name(id=owner), slice=ast.Constant(value="to")):
            return owner in _FROM_OUTSIDE
    return _called(node) in _TARGETED and isinstance(node, ast.Call) and any(
        each.arg in _TARGETS and _names(each.value) & _FROM_OUTSIDE for each in node.keywords
    )  # fmt: skip


#: rule -> whether this node breaks it
IN_PYTHON: dict[str, Callable[[ast.AST], bool]] = {
    "pickle": _pickle,
    "abandoned": _abandoned,
    "yaml-load": _yaml,
    "eval": _eval,
    "shell": _shell,
    "unverified": _unverified,
    "markup": _markup,
    "sql": _sql,
    "socket-target": _socket_target,
}
IN_PAGES: dict[str, re.Pattern[str]] = {
    "safe-filter": re.compile(r"\|\s*safe\b|autoescape\s+false|\bMarkup\b"),
    "inline": re.compile(
        r"<script(?![^>]*(?:\bsrc=|application/json))|<style\b|\s(?:on[a-z]+|style|srcdoc)=[\"'{]|javascript:",
        re.I,
    ),
}
IN_SCRIPTS: dict[str, re.Pattern[str]] = {
    "html-from-string": re.compile(
        r"\.(?:inner|outer)HTML\b|insertAdjacentHTML|DOMParser|document\.write"
        r"|createContextualFragment|setHTMLUnsafe|parseHTMLUnsafe|\bsrcdoc\b"
    ),
    "eval": re.compile(r"\beval\(|new Function\(|set(?:Timeout|Interval)\(\s*[\"'`]"),
    "policy": re.compile(r"trustedTypes\s*\.\s*createPolicy"),
}


def in_python(path: str, source: str) -> Iterator[Found]:
    """The rules a Python file breaks, without asking for exceptions."""
    for node in ast.walk(ast.parse(source)):
        for rule, breaks in IN_PYTHON.items():
            if breaks(node):
                yield Found(path, getattr(node, "lineno", 0), rule)


def in_text(path: str, source: str) -> Iterator[Found]:
    """The rules a template or a script breaks."""
    rules = IN_PAGES if path.endswith(".html") else IN_SCRIPTS
    for number, line in enumerate(source.splitlines(), 1):
        for rule, pattern in rules.items():
            if pattern.search(line):
                yield Found(path, number, rule)


def everywhere(root: Path = ROOT) -> Iterator[Found]:
    """Whatever is broken in the house."""
    for folder in PYTHON:
        for file in sorted((root / folder).rglob("*.py")):
            yield from in_python(str(file.relative_to(root)), file.read_text())
    for folder, pattern in PAGES.items():
        for file in sorted((root / folder).rglob(pattern)):
            yield from in_text(str(file.relative_to(root)), file.read_text())


def main(root: Path = ROOT) -> int:
    """Say each place, and each exception that is no longer needed."""
    found = list(everywhere(root))
    needed = {(each.path, each.rule) for each in found}
    broken = [each for each in found if (each.path, each.rule) not in EXCEPTIONS]
    for each in broken:
        print(f"{each.path}:{each.line}: {each.rule}")
    idle = [key for key in EXCEPTIONS if key not in needed]
    for path, rule in idle:
        print(f"dev/forbidden.py: nobody needs the exception {rule} for {path} any more")
    return 1 if broken or idle else 0


if __name__ == "__main__":
    sys.exit(main())
