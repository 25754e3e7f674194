"""A person's browser, as far as HTTP goes: cookies, form tokens, origin."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from markupsafe import Markup
from werkzeug.test import TestResponse

from server.assets import BASE, DIST, Assets
from server.demo.cast import DEMO_PASSWORD, Staff

BASE_URL = "https://mooring.test"
_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
_IS_BUILT = (DIST / ".vite" / "manifest.json").exists()
needs_front_end = pytest.mark.skipif(
    not _IS_BUILT, reason="NOT PROVEN: built-front-end (the front end has not been built)"
)


class NoAssets(Assets):
    """Pages without scripts and styles, where the front end has not been built."""

    def tags(self, entry: str) -> Markup:
        """Nothing to link."""
        return Markup("")

    def url(self, name: str) -> str:
        """Where it would be."""
        return BASE + name


def assets() -> Assets:
    """The built front end, or none."""
    return Assets() if _IS_BUILT else NoAssets()


class Visitor:
    """One browser with its own cookies; `headers` go with every request."""

    def __init__(self, app: Flask, **headers: str) -> None:
        self._client = app.test_client()
        self._headers = headers

    def get(self, path: str, **how: object) -> TestResponse:
        """Look at a page."""
        return self._send("GET", path, {}, **how)

    def submit(self, path: str, fields: dict | None = None, *, page: str = "") -> TestResponse:
        """Send the form that `page` (or the path itself) shows, with its hidden token."""
        shown = self.get(page or path)
        token = _TOKEN.search(shown.text)
        hidden = {"csrf_token": token[1]} if token else {}
        return self._send("POST", path, _SAME_SITE, data={**hidden, **(fields or {})})

    def post(self, path: str, json: object | None = None, **headers: str) -> TestResponse:
        """What our script posts: JSON, with the header only we can set."""
        how = {**_SAME_SITE, "X-Mooring": "1", **headers}
        return self._send("POST", path, how, json={} if json is None else json)

    def put(self, path: str, json: object) -> TestResponse:
        """As `post`, for a draft."""
        return self._send("PUT", path, {**_SAME_SITE, "X-Mooring": "1"}, json=json)

    def raw(self, method: str, path: str, **how: object) -> TestResponse:
        """A request with nothing added: what a stranger's script would send."""
        return self._client.open(path, method=method, base_url=BASE_URL, **how)

    def hold(self, cookie: str, secret: str) -> None:
        """Put a session into this browser."""
        self._client.set_cookie(cookie, secret, domain="mooring.test", secure=True)

    def sign_in(self, person: Staff, password: str = DEMO_PASSWORD) -> TestResponse:
        """By the sign-in page, as anybody would."""
        answer = self.submit("/sign-in", {"email": person.email, "password": password})
        assert answer.status_code in (302, 303), answer.text[:500]
        return answer

    def open_link(self, token: str) -> TestResponse:
        """Open a personal link and press its button."""
        answer = self.submit(f"/v/{token}")
        assert answer.status_code in (302, 303), answer.text[:500]
        return answer

    def cookie(self, name: str) -> str | None:
        """The value this browser holds, if any."""
        held = self._client.get_cookie(name, domain="mooring.test")
        return held.value if held else None

    def _send(self, method: str, path: str, headers: dict, **how: object) -> TestResponse:
        told = {**self._headers, **headers}
        return self._client.open(path, method=method, base_url=BASE_URL, headers=told, **how)


_SAME_SITE = {"Origin": BASE_URL, "Sec-Fetch-Site": "same-origin"}
