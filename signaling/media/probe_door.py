"""The probe's way in: the same links, pages and cookies as a person's."""

import json
import secrets
from dataclasses import dataclass, field
from html.parser import HTMLParser
from types import TracebackType
from typing import Any, Self

import aiohttp
from yarl import URL

STEPS = 4
"""Links and one-button pages between the link and the call page."""


class ProbeFailed(Exception):
    """The synthetic call did not come about; the message says at which step."""


@dataclass
class Page(HTMLParser):
    """What the probe reads of a page: its one form, and what script#page tells."""

    action: str | None = None
    fields: dict[str, str] = field(default_factory=dict)
    told: str = ""

    def __post_init__(self) -> None:
        super().__init__()
        self._in_form = self._in_script = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the first form that posts, its hidden fields, and script#page."""
        has = {name: value or "" for name, value in attrs}
        if tag == "form" and self.action is None and has.get("method", "").lower() == "post":
            self.action, self._in_form = has.get("action", ""), True
        if tag == "input" and self._in_form and has.get("type") == "hidden":
            self.fields[has.get("name", "")] = has.get("value", "")
        self._in_script = tag == "script" and has.get("id") == "page"

    def handle_endtag(self, tag: str) -> None:
        """A form or the script ends."""
        if tag == "form":
            self._in_form = False
        if tag == "script":
            self._in_script = False

    def handle_data(self, data: str) -> None:
        """The JSON of script#page."""
        if self._in_script:
            self.told += data


class Door:
    """One side's browser session: cookies, the page's own addresses, JSON requests."""

    def __init__(self, link: str) -> None:
        self._link = URL(link)
        self.origin = str(self._link.origin())
        # Cookies named __Host- are Secure; browsers send them to localhost over plain HTTP too.
        jar = aiohttp.CookieJar(unsafe=True, treat_as_secure_origin=self.origin)
        self._http = aiohttp.ClientSession(
            cookie_jar=jar, timeout=aiohttp.ClientTimeout(total=10)
        )
        self._page = secrets.token_hex(8)
        self._tab = secrets.token_hex(8)
        self.urls: dict[str, str] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._http.close()

    async def enter(self) -> None:
        """Open the link and press the one button of each page, up to the call page."""
        response = await self._http.get(self._link)
        for _ in range(STEPS):
            if response.status != 200:
                raise ProbeFailed(f"{_without_secrets(response.url)} said {response.status}")
            page = Page()
            page.feed(await response.text())
            if page.told:
                self.urls = json.loads(page.told)["urls"]
                return
            if page.action is None:
                break
            response = await self._http.post(
                response.url.join(URL(page.action)),
                data=page.fields,
                headers={"Origin": self.origin, "Sec-Fetch-Site": "same-origin"},
            )
        raise ProbeFailed(f"no call page behind {_without_secrets(response.url)}")

    async def ticket(self) -> dict[str, Any]:
        """A fresh ticket for this page."""
        return await self.post(self.urls["ticket"], {"page": self._page, "tab": self._tab})

    async def leave(self) -> None:
        """Say that this page goes away."""
        await self.post(self.urls["leave"], {"page": self._page})

    async def admit(self, peer: str) -> None:
        """Let the other side in; the clinician's side only."""
        base = self.urls["ticket"].removesuffix("/ticket")
        await self.post(f"{base}/participants/{peer}/admit", {})

    async def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """One JSON request of the page's own; a refusal names its code."""
        response = await self._http.post(
            URL(self.origin).join(URL(path)),
            json=body,
            headers={
                "X-Mooring": "1",
                "Origin": self.origin,
                "Sec-Fetch-Site": "same-origin",
            },
        )
        answer: dict[str, Any] = {}
        if response.content_type == "application/json":
            answer = await response.json()
        if response.status >= 400:
            code = answer.get("error", {}).get("code", response.status)
            raise ProbeFailed(f"{path.rpartition('/')[2]} was refused: {code}")
        return answer


def _without_secrets(url: URL) -> str:
    """The kind of page only: a link's path opens a visit."""
    return str(url.origin() / url.path.strip("/").partition("/")[0])
