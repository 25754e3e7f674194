"""Everything one browser can be told: each page and JSON there is an address for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import product

from flask import Flask
from werkzeug.exceptions import HTTPException
from werkzeug.test import TestResponse

from tests.browsing import BASE_URL, Visitor
from tests.masks import Veil

_LINK = re.compile(r'(?:href|src|action|data-url|data-post)="(/[^"#]*)')
_PLACE = re.compile(r"<[^>]*?(\w+)>")
_CHOICE = re.compile(r"<any\(([^)]*)\):\w+>")
Said = Sequence[tuple[str, object]]


class Crawl:
    """One browser in one world; `ids` are tried wherever an address has room for one."""

    def __init__(
        self,
        app: Flask,
        browser: Visitor,
        ids: Mapping[str, Sequence[object]],
        veil: Veil,
        under: str = "/",
    ) -> None:
        self._rules = app.url_map.bind("mooring.test")
        self._under = under
        self._paths = sorted(path for path in _paths(app, ids) if path.startswith(under))
        self._browser = browser
        self._veil = veil
        self.told: dict[str, str] = {}

    def everything(self, say: Said) -> dict[str, str]:
        """Say this and that, then look everywhere."""
        for number, (path, body) in enumerate(say):
            answer = self._say(path, body)
            self.told[f"{number} POST {path}"] = self._seen(answer)
        self._look()
        return self.told

    def _say(self, path: str, body: object) -> TestResponse:
        if isinstance(body, dict) and body.get("form"):
            fields = {k: v for k, v in body.items() if k != "form"}
            return self._browser.submit(path, fields, page=str(body["form"]))
        return self._browser.post(path, body)

    def _look(self) -> None:
        todo, seen = [*self._paths], set(self._paths)
        while todo:
            path = todo.pop(0)
            answer = self._browser.get(path)
            self.told[f"GET {path}"] = self._seen(answer)
            for link in _LINK.findall(answer.text):
                link = link.replace("&amp;", "&")
                if link not in seen and self._is_ours(link):
                    seen.add(link)
                    todo.append(link)

    def _is_ours(self, link: str) -> bool:
        if not link.startswith(self._under):
            return False
        try:
            self._rules.match(link.partition("?")[0], method="GET")
        except HTTPException:
            return False
        return True

    def _seen(self, answer: TestResponse) -> str:
        headers = "\n".join(f"{name}: {value}" for name, value in sorted(answer.headers))
        return self._veil.over(f"{answer.status_code}\n{headers}\n\n{answer.text}")


def differences(one: Mapping[str, str], other: Mapping[str, str]) -> list[str]:
    """Where the two worlds can be told apart, and by which line."""
    found = [f"only in one world: {key}" for key in sorted(one.keys() ^ other.keys())]
    for key in one.keys() & other.keys():
        for left, right in zip(
            [*one[key].splitlines(), ""], [*other[key].splitlines(), ""], strict=False
        ):
            if left != right:
                found.append(f"{key}: {left.strip()[:160]!r} / {right.strip()[:160]!r}")
                break
        else:
            if one[key] != other[key]:
                found.append(f"{key}: {len(one[key])} / {len(other[key])} letters")
    return found


def hold_alike(app: Flask, like: Visitor, names: Iterable[str]) -> Visitor:
    """The same browser in another world: the same cookies."""
    copy = Visitor(app)
    for name in names:
        if secret := like.cookie(name):
            copy.hold(name, secret)
    return copy


def _paths(app: Flask, ids: Mapping[str, Sequence[object]]) -> set[str]:
    paths = set()
    for rule in app.url_map.iter_rules():
        if "GET" not in rule.methods:
            continue
        names = _PLACE.findall(_CHOICE.sub("", rule.rule))
        for values in product(*(ids.get(name, ["nothing"]) for name in names)):
            path = _CHOICE.sub(lambda found: found[1].split(",")[0].strip("' "), rule.rule)
            for name, value in zip(names, values, strict=True):
                path = re.sub(rf"<[^>]*?{name}>", str(value), path, count=1)
            paths.add(path)
    return {path for path in paths if not path.startswith(("/static", BASE_URL))}
