"""Photograph every page, at three widths, light and dark: `make screenshots`.

Writes var/screenshots/<width>-<scheme>/<page>.png; a few go to docs/pictures/ for the README.
"""

from __future__ import annotations

import re
import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Error, sync_playwright

from server.visits.check_in_policy import Step
from tests.house import Stack
from tests.people import DR_RIVERA, JORDAN_LEE
from tests.pictures import AT_HOME, AT_THE_CLINIC, write_camera
from tests.two_people import Side, launch
from tests.walk import Stop, Walk, along

ROOT = Path(__file__).parents[1]
ALBUM = ROOT / "var" / "screenshots"
SIZES = {390: 844, 768: 1024, 1280: 800}
PUBLIC = {
    "home": "/",
    "help": "/help",
    "breathe": "/breathe",
    "sign-in": "/sign-in",
    "link-needed": "/link-needed",
    "unknown-link": "/v/nobody-has-this-one",
    "not-found": "/nothing-here",
    "mailbox": "/dev/mailbox",
}
#: what the README shows: page, width, scheme
SHOWN = {
    ("patient-waiting", 390, "light"),
    ("patient-in-call", 390, "light"),
    ("workspace-in-call", 1280, "light"),
    ("board", 1280, "light"),
    ("today", 1280, "light"),
}


class Album:
    """One width and one scheme of everything."""

    def __init__(self, stack: Stack, width: int, scheme: str) -> None:
        self._stack = stack
        self._width = width
        self._scheme = scheme
        self._folder = ALBUM / f"{width}-{scheme}"
        self._folder.mkdir(parents=True, exist_ok=True)

    def person(self, browser: Browser) -> Side:
        """A window of this width and scheme; motion held, so that pictures are still."""
        size = {"width": self._width, "height": SIZES[self._width]}
        return Side(browser, size, color_scheme=self._scheme, reduced_motion="reduce")

    def take(self, side: Side | Stop, page: str) -> None:
        """One picture of what this person sees."""
        side.page.evaluate("document.fonts.ready")
        file = self._folder / f"{page}.png"
        whole = "call" not in page and "workspace" not in page
        side.page.screenshot(path=file, full_page=whole, animations="disabled")
        if (page, self._width, self._scheme) in SHOWN:
            shown = ROOT / "docs" / "pictures"
            shown.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, shown / file.name)

    def public_pages(self, browser: Browser) -> None:
        """What anybody may see."""
        anybody = self.person(browser)
        for name, path in PUBLIC.items():
            anybody.page.goto(self._stack.url + path)
            self.take(anybody, name)
        anybody.close()

    def check_in(self, browser: Browser) -> None:
        """The link, and each question behind it."""
        patient = self.person(browser)
        patient.page.goto(self._stack.visit(ready=False)["patient_url"])
        self.take(patient, "link")
        patient.act("open")
        for step in Step:
            patient.page.goto(f"{self._stack.url}/visit/check-in/{step.value}")
            self.take(patient, f"check-in-{step.value}")
        for name in ("cannot-come", "park", "not-private", "test"):
            patient.page.goto(f"{self._stack.url}/visit/{name}")
            self.take(patient, f"visit-{name}")
        patient.close()

    def desk(self, browser: Browser) -> None:
        """The board, and how a visit is opened."""
        desk = self.person(browser)
        desk.page.goto(self._stack.sign_in_link(JORDAN_LEE, "/board"))
        self.take(desk, "board")
        desk.page.goto(f"{self._stack.url}/board/new")
        self.take(desk, "board-new")
        desk.close()

    def walls(self, browser: Browser) -> None:
        """Emergencies, who looked, accounts: at each stop of the walk past them."""
        walk = Walk(browser, self._stack)
        size = {"width": self._width, "height": SIZES[self._width]}
        for part in ("emergency", "accounts"):
            for stop in along(part, walk):
                own = stop.page.viewport_size
                stop.page.set_viewport_size(size)
                stop.page.emulate_media(color_scheme=self._scheme)
                self.take(stop, re.sub(r"\W+", "-", stop.name))
                stop.page.set_viewport_size(own)

    def visit(self, at_home: Browser, at_the_clinic: Browser) -> None:
        """One visit on both sides, from the camera test to the goodbye."""
        patient, clinician = self.person(at_home), self.person(at_the_clinic)
        try:
            self._visit(patient, clinician)
        finally:
            patient.close()
            clinician.close()

    def _visit(self, patient: Side, clinician: Side) -> None:
        visit = self._stack.visit(ready=True)
        patient.open_link(visit["patient_url"])
        patient.expect_call("idle")
        self.take(patient, "patient-idle")
        patient.act("turn-on")
        patient.expect_call("testing")
        self.take(patient, "patient-testing")
        patient.act("join")
        patient.expect_call("waiting")
        self.take(patient, "patient-waiting")
        clinician.page.goto(self._stack.sign_in_link(DR_RIVERA, "/today"))
        self.take(clinician, "today")
        clinician.page.goto(f"{self._stack.url}/set-up")
        self.take(clinician, "set-up")
        clinician.page.goto(visit["clinician_url"])
        self.take(clinician, "workspace-idle")
        clinician.go_into_the_room()
        clinician.expect_call("connecting")
        self.take(clinician, "workspace-waiting")
        clinician.act("admit")
        for side, name in ((patient, "patient"), (clinician, "workspace")):
            side.expect_call("connected")
            side.expect_moving_picture()
            self.take(side, f"{name}-in-call")
        clinician.act("end")
        clinician.page.fill("[name=next_step]", "The front desk arranges the next visit")
        self.take(clinician, "workspace-ending")
        clinician.act("end-now")
        patient.expect_call("ended")
        self.take(patient, "patient-ended")
        clinician.expect_call("ended")
        self.take(clinician, "workspace-ended")


def main() -> int:
    """Every size and scheme; a page that cannot be reached is named, the rest goes on."""
    failures = []
    with tempfile.TemporaryDirectory(prefix="mooring-") as scratch:
        folder = Path(scratch)
        stack = Stack(folder / "house").start()
        try:
            with sync_playwright() as playwright:
                at_home = launch(playwright, write_camera(folder / "home.mjpeg", AT_HOME))
                clinic = write_camera(folder / "clinic.mjpeg", AT_THE_CLINIC)
                at_the_clinic = launch(playwright, clinic)
                for width, scheme in _wanted(sys.argv[1:]):
                    failures += _fill(Album(stack, width, scheme), at_home, at_the_clinic)
        finally:
            stack.stop()
    for failure in failures:
        print(failure, file=sys.stderr)
    print(f"Pictures are in {ALBUM.relative_to(ROOT)}/")
    return 1 if failures else 0


def _wanted(named: list[str]) -> list[tuple[int, str]]:
    """All six, or those named, such as `390-light`."""
    every = [(width, scheme) for width in SIZES for scheme in ("light", "dark")]
    return [(w, s) for w, s in every if not named or f"{w}-{s}" in named]


def _fill(album: Album, at_home: Browser, at_the_clinic: Browser) -> list[str]:
    failures = []
    for take, people in (
        (album.public_pages, (at_home,)),
        (album.check_in, (at_home,)),
        (album.desk, (at_home,)),
        (album.walls, (at_home,)),
        (album.visit, (at_home, at_the_clinic)),
    ):
        try:
            take(*people)
        except (Error, AssertionError) as missed:
            failures.append(f"{take.__name__}: {str(missed).splitlines()[0]}")
    return failures


if __name__ == "__main__":
    sys.exit(main())
