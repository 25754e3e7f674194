"""Who walks, and where they stop."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page

from server.demo.cast import Staff
from tests.house import Stack
from tests.people import MORGAN, open_visit
from tests.two_people import DESK, PHONE, Side
from tests.walk.hands import submit


class Whose(StrEnum):
    """For whom a page is: patients get larger targets, and nothing that gives them away."""

    PATIENT = "patient"
    STAFF = "staff"


@dataclass(frozen=True)
class Stop:
    """One page in one state."""

    name: str
    page: Page
    whose: Whose


class Witness(Side):
    """One person at a browser who also notes where every request goes."""

    def __init__(self, browser: Browser, whose: Whose) -> None:
        size = DESK if whose is Whose.STAFF else PHONE
        super().__init__(browser, size, reduced_motion="reduce")
        self.whose = whose
        self.asked: set[str] = set()
        self.refused_pages: set[str] = set()
        self.context.on("request", lambda request: self.asked.add(origin(request.url)))
        self.context.on("response", self._note_refusal)
        self.page.on("websocket", lambda socket: self.asked.add(origin(socket.url)))

    def _note_refusal(self, response: object) -> None:
        if response.status >= 400 and response.request.is_navigation_request():
            self.refused_pages.add(response.url)

    def _hear(self, message: object) -> None:
        """A page that says no is meant to; anything else in the console is a fault."""
        if message.location.get("url") not in self.refused_pages:
            super()._hear(message)


def origin(url: str) -> str:
    """Where a request goes: scheme, host and port; sockets count as what they upgrade."""
    parts = urlsplit(url)
    scheme = {"ws": "http", "wss": "https"}.get(parts.scheme, parts.scheme)
    return f"{scheme}://{parts.netloc}"


class Walk:
    """One house, and the people who walk through it; each opens a browser and closes it."""

    def __init__(self, browser: Browser, stack: Stack) -> None:
        self._browser = browser
        self.stack = stack
        self.witnesses: list[Witness] = []

    @contextmanager
    def person(self, whose: Whose) -> Iterator[Witness]:
        """Somebody comes, and goes when the block ends."""
        person = Witness(self._browser, whose)
        self.witnesses.append(person)
        try:
            yield person
        finally:
            person.close()

    def at(self, name: str, side: Witness, page: Page | None = None) -> Stop:
        """Here one may look."""
        return Stop(name, page or side.page, side.whose)

    def to(self, name: str, side: Witness, path: str) -> Stop:
        """Go to this page of ours, and look."""
        side.page.goto(self.stack.url + path)
        return self.at(name, side)

    def refused(self, name: str, side: Witness) -> Stop:
        """Send the form as it stands, and look where it says what is missing."""
        submit(side.page)
        side.page.wait_for_selector("[data-errors]")
        return self.at(name, side)

    def link(self, **changes: object) -> str:
        """A personal link of Morgan's."""
        with self.stack.database.transaction() as session:
            visit = open_visit(session, now=datetime.now(UTC), **changes)
        return f"{self.stack.url}/v/{visit.link(MORGAN)}"

    def signed_in(self, who: Staff, pages: dict[str, str]) -> Iterator[Stop]:
        """One page after the other, as this member of staff."""
        with self.person(Whose.STAFF) as staff:
            staff.page.goto(self.stack.sign_in_link(who))
            for name, path in pages.items():
                yield self.to(name, staff, path)

    def layers(self, side: Witness, where: str, *names: str) -> Iterator[Stop]:
        """Layers that their own action opens."""
        for name in names:
            side.act(name)
            yield from self._layer(side, where, name)

    def opened(self, side: Witness, where: str, *names: str) -> Iterator[Stop]:
        """Layers that a button names."""
        for name in names:
            side.page.locator(f'[data-dialog-open="{name}"]:visible').first.click()
            yield from self._layer(side, where, name)

    def _layer(self, side: Witness, where: str, name: str) -> Iterator[Stop]:
        side.page.wait_for_selector(f'dialog[data-dialog="{name}"][open]')
        yield self.at(f"{where}, {name} open", side)
        side.page.keyboard.press("Escape")
