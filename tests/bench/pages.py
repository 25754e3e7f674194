"""Two real browsers: from a click to the first frame, ours and the reference in turn."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser

from tests.bench.figures import Compared
from tests.bench.processes import free_ports, running
from tests.bench.watched import Watched
from tests.house import Stack
from tests.two_people import DESK, PHONE, Side, TwoPeople

SETTLED_MS = 1_500
"""Both pages are still before the clock runs: the echo test is over, nothing is loading."""
UNSEEN_MS = 2_000
"""While the clock runs nobody asks a page anything: a question from outside costs it time."""


@dataclass(frozen=True)
class Moments:
    """Milliseconds of one call, both sides having decoded a frame."""

    admitted: float
    reloaded: float


def compare(
    browser: Browser,
    stack: Stack,
    reference: str,
    *,
    pairs: int,
    tell: Callable[[str], None],
) -> tuple[Compared, Compared]:
    """Admit → first frame on both sides, and reload → media; ours and the reference in turn."""
    ours, theirs = [], []
    for turn in range(pairs):
        for is_ours in (True, False) if turn % 2 == 0 else (False, True):
            if is_ours:
                ours.append(_our_call(browser, stack))
            else:
                theirs.append(_reference_call(browser, f"{reference}/?room=pair-{turn}"))
        tell(f"pair {turn + 1}: {ours[-1]} {theirs[-1]}")
    return tuple(
        Compared(
            tuple(getattr(each, name) for each in ours),
            tuple(getattr(each, name) for each in theirs),
        )
        for name in ("admitted", "reloaded")
    )


def _our_call(browser: Browser, stack: Stack) -> Moments:
    with closing(TwoPeople(browser, stack)) as people:
        patient, clinician = Watched(people.patient), Watched(people.clinician)
        people.patient.open_link(people.visit["patient_url"])
        people.patient.go_to_the_waiting_room()
        people.clinician.page.goto(people.visit["clinician_url"])
        people.clinician.go_into_the_room()
        return _moments(patient, clinician, lambda: people.clinician.act("admit"))


def _reference_call(browser: Browser, url: str) -> Moments:
    with closing(Side(browser, PHONE)) as patient, closing(Side(browser, DESK)) as clinician:
        sides = Watched(patient), Watched(clinician)
        for side, role in ((patient, "patient"), (clinician, "clinician")):
            side.page.goto(f"{url}&role={role}")
            side.expect_call("waiting")
        return _moments(*sides, lambda: clinician.act("admit"))


def _moments(patient: Watched, clinician: Watched, admit: Callable[[], None]) -> Moments:
    patient.page.wait_for_timeout(SETTLED_MS)
    admit()
    patient.page.wait_for_timeout(UNSEEN_MS)
    clicked = clinician.clicked("admit")
    both = max(side.first_frame_after(clicked) for side in (patient, clinician))
    patient.page.reload(wait_until="commit")
    patient.page.wait_for_timeout(UNSEEN_MS)
    began = patient.fetch_began()
    back = max(patient.first_frame_after(began), clinician.first_frame_of_another_stream(began))
    return Moments(admitted=both - clicked, reloaded=back - began)


def cold_links(browser: Browser, stack: Stack, *, times: int) -> list[float]:
    """From a tap on the link in an empty browser to the first frame of the clinician.

    The clinician is in the room and admits as soon as it can be done; nobody stops to read.
    """
    return [_cold_link(browser, stack) for _ in range(times)]


def _cold_link(browser: Browser, stack: Stack) -> float:
    with closing(TwoPeople(browser, stack)) as people:
        patient, clinician = Watched(people.patient), people.clinician
        clinician.page.goto(people.visit["clinician_url"])
        clinician.go_into_the_room()
        clinician.page.wait_for_timeout(SETTLED_MS)
        with people.patient.page.expect_navigation(wait_until="commit"):
            people.patient.page.evaluate(
                "(url) => { location.href = url; }", people.visit["patient_url"]
            )
        tapped = patient.started()
        people.patient.act("open")
        people.patient.go_to_the_waiting_room()
        clinician.act("admit")
        return patient.first_frame_after(tapped) - tapped


def relayed_messages(browser: Browser, stack: Stack, *, calls: int) -> list[int]:
    """Descriptions and batches of candidates that signaling relays until both have pictures."""
    return [_relayed_messages(browser, stack) for _ in range(calls)]


def _relayed_messages(browser: Browser, stack: Stack) -> int:
    with closing(TwoPeople(browser, stack)) as people:
        relayed: list[str] = []
        for side in (people.patient, people.clinician):
            side.page.on("websocket", lambda socket: _count(socket, relayed))
        people.in_a_call()
        people.patient.page.wait_for_timeout(2 * SETTLED_MS)
        return len(relayed)


def _count(socket: object, relayed: list[str]) -> None:
    def hear(frame: str | bytes) -> None:
        if isinstance(frame, str) and frame.startswith('42["signal"'):
            message = json.loads(frame[2:])[1]
            if message["type"] == "relayed":
                relayed.append(message["message"]["type"])

    socket.on("framereceived", hear)  # type: ignore[attr-defined]  # playwright's WebSocket


@contextmanager
def reference(folder: Path) -> Iterator[str]:
    """The reference page and its relay, at this address."""
    (port,) = free_ports(1)
    url = f"http://localhost:{port}"
    command = [sys.executable, "-m", "tests.bench.relay", str(port)]
    with running(command, f"{url}/", {}, folder / "relay.log"):
        yield url
