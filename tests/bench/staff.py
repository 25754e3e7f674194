"""Forty staff at once on SQLite: day list, chart page and note, each read on record."""

from __future__ import annotations

import asyncio
import random
import re
import uuid
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from time import perf_counter

import aiohttp
from sqlalchemy import text

from config.policy import policy
from server.demo.build import add_patient, add_staff
from server.demo.cast import HARBOR, Person, Staff
from server.demo.check_in import check_in
from server.identity import cookies
from server.identity.models import StaffRole
from server.identity.service import open_staff_session
from server.spans import AUDIT, AUTHORIZATION, COMMIT, LOCK, TOTAL
from server.tenancy import EVERY_CLINIC
from tests.bench.figures import percentile
from tests.house import Stack
from tests.people import open_visit

PEOPLE = 40
VISITS = 8
THINKS = (1.0, 3.0)
"""Seconds between two things one person does; a note saves itself two seconds after a key."""
DAY, CHART, NOTE = "day list", "chart page", "note, saved by itself"
TURN = (DAY, CHART, NOTE, NOTE, NOTE)
SHARES = (AUTHORIZATION, LOCK, AUDIT, COMMIT)
_SPAN = re.compile(r"(\w+);dur=([\d.]+)")


@dataclass
class Kind:
    """One kind of request: how long each took for who asked, and where the server spent it."""

    name: str
    taken: list[float] = field(default_factory=list)
    spent: dict[str, float] = field(default_factory=dict)

    def at(self, share: float) -> float:
        """A percentile, in milliseconds."""
        return percentile(self.taken, share)

    def share(self, span: str) -> float:
        """How much of the server's time went there, in percent."""
        return 100 * self.spent.get(span, 0.0) / self.spent[TOTAL]


@dataclass
class StaffLoad:
    """What one run found."""

    people: int
    seconds: float
    kinds: list[Kind]
    refused: int = 0
    rows: int = 0


@dataclass
class Desk:
    """One clinician at work: their session, the visit they are in, the text they write."""

    secret: str
    visit_id: uuid.UUID
    revision: int = 0


def forty_at_once(folder: Path, *, seconds: float) -> StaffLoad:
    """A house of its own, forty clinicians with a day of visits each, all at work."""
    stack = Stack(folder / "forty")
    try:
        stack.start()
        desks = _desks(stack)
        before = _rows(stack)
        found = asyncio.run(_work(stack.url, desks, seconds))
        found.rows = _rows(stack) - before
        return found
    finally:
        stack.stop()


def _desks(stack: Stack) -> list[Desk]:
    now = datetime.now(UTC)
    desks = []
    with stack.database.transaction(EVERY_CLINIC) as session:
        for number in range(PEOPLE):
            doctor = _doctor(number)
            add_staff(session, doctor, now)
            visits = []
            for place in range(VISITS):
                patient = _patient(number, place, doctor)
                add_patient(session, patient, now)
                starts_in = timedelta(minutes=place)
                visit = open_visit(
                    session, now=now, patient=patient, clinician=doctor, starts_in=starts_in
                )
                check_in(session, visit.participant(patient), policy(), now=now)
                visits.append(visit.id)
            desks.append(Desk(open_staff_session(session, doctor.id, now=now), visits[0]))
    return desks


def _doctor(number: int) -> Staff:
    name = f"Dr. Ada Number{number}"
    return Staff(name, StaffRole.PSYCHIATRIST, HARBOR, f"Dr. {number}", "MD", ("CO",))


def _patient(number: int, place: int, doctor: Staff) -> Person:
    return Person(
        f"Patient{number} Of{place}",
        HARBOR,
        date(1980, 1, 1),
        f"+1303555{number:02}{place:02}",
        "America/Denver",
        street="1 Pearl Street",
        city="Boulder",
        state="CO",
        treated_by=(doctor,),
    )


def _rows(stack: Stack) -> int:
    with stack.database.reading(EVERY_CLINIC) as session:
        return session.execute(text("SELECT count(*) FROM audit_rows")).scalar_one()


async def _work(url: str, desks: list[Desk], seconds: float) -> StaffLoad:
    kinds = {name: Kind(name) for name in (DAY, CHART, NOTE)}
    await _warm_up(url, desks)
    found = StaffLoad(len(desks), seconds, list(kinds.values()))
    until = perf_counter() + seconds
    connector = aiohttp.TCPConnector(limit=len(desks))
    async with aiohttp.ClientSession(url, connector=connector) as browser:
        await asyncio.gather(*(_one(browser, desk, kinds, found, until) for desk in desks))
    return found


async def _warm_up(url: str, desks: list[Desk]) -> None:
    """A house that has been open for a minute: pages compiled, statements known."""
    spare = StaffLoad(0, 0, [])
    async with aiohttp.ClientSession(url) as browser:
        for desk in desks[:4]:
            for name in (DAY, CHART, NOTE):
                await _ask(browser, desk, Kind(name), spare)


async def _one(
    browser: aiohttp.ClientSession,
    desk: Desk,
    kinds: dict[str, Kind],
    found: StaffLoad,
    until: float,
) -> None:
    await asyncio.sleep(random.uniform(0, THINKS[1]))
    turn = random.randrange(len(TURN))
    while perf_counter() < until:
        await _ask(browser, desk, kinds[TURN[turn % len(TURN)]], found)
        turn += 1
        await asyncio.sleep(random.uniform(*THINKS))


async def _ask(
    browser: aiohttp.ClientSession, desk: Desk, kind: Kind, found: StaffLoad
) -> None:
    headers = {"Cookie": f"{cookies.STAFF}={desk.secret}", "X-Mooring-Spans": "1"}
    method, path, body = "GET", "/today/live", None
    if kind.name == CHART:
        path = f"/visits/{desk.visit_id}/chart"
    if kind.name == NOTE:
        method, path = "PUT", f"/visits/{desk.visit_id}/note"
        headers |= {"X-Mooring": "1", "Sec-Fetch-Site": "same-origin"}
        words = "Oriented, slept seven hours. " * (desk.revision % 60 + 1)
        body = {"text": words, "revision": desk.revision, "key": uuid.uuid4().hex}
    began = perf_counter()
    async with browser.request(method, path, headers=headers, json=body) as answer:
        await answer.read()
        kind.taken.append((perf_counter() - began) * 1000)
        if answer.status != 200:
            found.refused += 1
        elif kind.name == NOTE:
            desk.revision += 1
    for name, milliseconds in _SPAN.findall(answer.headers.get("Server-Timing", "")):
        kind.spent[name] = kind.spent.get(name, 0.0) + float(milliseconds)
