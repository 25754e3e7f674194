"""Real browsers for the two sides of a visit, and what one can see of a call from outside."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Page,
    Playwright,
    expect,
    sync_playwright,
)

from dev import engines
from tests.house import Stack
from tests.pictures import write_camera

FLAGS = (
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-dev-shm-usage",
    "--autoplay-policy=no-user-gesture-required",
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
)
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 800}
#: generous, because CI shares two cores between browsers, servers and encoders
PATIENCE = 30_000


def launch(playwright: Playwright, camera: Path, *more_flags: str) -> Browser:
    """A Chromium whose camera shows this film, or a skip that says it is not proven."""
    program = engines.chromium()
    if program is None:
        pytest.skip("NOT PROVEN: chromium (none here, and none could be installed)")
    return playwright.chromium.launch(
        executable_path=program,
        args=[*FLAGS, f"--use-file-for-fake-video-capture={camera}", *more_flags],
    )


@contextmanager
def a_chromium(
    scratch: Path, *more_flags: str, film: Callable[[Path], Path] = write_camera
) -> Iterator[Browser]:
    """One Chromium with a moving camera, for as long as it is needed."""
    camera = scratch / ("camera.mjpeg" if film is write_camera else "camera.y4m")
    if not camera.exists():
        film(camera)
    with sync_playwright() as playwright:
        browser = launch(playwright, camera, *more_flags)
        yield browser
        browser.close()


class Side:
    """One person at one browser: own cookies, own page, and what the console said."""

    def __init__(self, browser: Browser, viewport: dict[str, int], **options: object) -> None:
        self.context: BrowserContext = browser.new_context(viewport=viewport, **options)
        self.context.set_default_timeout(PATIENCE)
        self.page: Page = self.context.new_page()
        self.complaints: list[str] = []
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", self._hear)

    def _hear(self, message: object) -> None:
        if message.type == "error":
            self.complaints.append(message.text)

    def close(self) -> None:
        """Close this browser window and forget its cookies."""
        self.context.close()

    def act(self, action: str) -> None:
        """Press the visible button for an action."""
        self.page.locator(f'[data-action="{action}"]:visible').first.click()

    def expect_call(self, state: str) -> None:
        """Wait until the page says it is in this state."""
        expect(self.page.locator(f'html[data-call="{state}"]')).to_be_attached(timeout=PATIENCE)

    def open_link(self, url: str) -> None:
        """Open a personal link and press its button."""
        self.page.goto(url)
        self.act("open")

    def go_to_the_waiting_room(self) -> None:
        """From the first sight of the visit page to its waiting room."""
        self.expect_call("idle")
        self.act("turn-on")
        self.expect_call("testing")
        self.act("join")
        self.expect_call("waiting")

    def go_into_the_room(self) -> None:
        """The clinician's way in: camera on, and in the room."""
        self.expect_call("idle")
        self.act("turn-on")
        self.expect_call("testing")
        self.act("join")
        expect(self.page.locator('html[data-signaling="up"]')).to_be_attached(timeout=PATIENCE)

    def frames(self) -> int:
        """How many frames of others this side has decoded, over all its remote videos."""
        return int(self.page.evaluate(_DECODED))

    def expect_moving_picture(self, *, more: int = 15) -> None:
        """Wait until the other side is to be seen, and this many more frames are decoded."""
        self.page.wait_for_selector("video[data-remote]", state="visible")
        self.page.wait_for_function(f"() => ({_DECODED})() >= {self.frames() + more}")

    def expect_sound(self) -> None:
        """Wait until sound of the other side is arriving as a live track."""
        self.page.wait_for_function(_HEARS)


_DECODED = """() => [...document.querySelectorAll("video[data-remote]")]
  .reduce((sum, video) => sum + (video.getVideoPlaybackQuality?.().totalVideoFrames ?? 0), 0)"""
_HEARS = """() => [...document.querySelectorAll("video[data-remote], audio[data-remote]")]
  .some(({ srcObject }) => srcObject?.getAudioTracks()
    .some(track => track.readyState === "live" && !track.muted))"""


class TwoPeople:
    """A patient on a phone and a clinician at a desk, with one visit between them."""

    def __init__(self, browser: Browser, stack: Stack) -> None:
        self.stack = stack
        self.visit = stack.visit(ready=True)
        self.patient = Side(browser, PHONE)
        self.clinician = Side(browser, DESK)

    def in_a_call(self) -> TwoPeople:
        """Both decode each other's picture."""
        self.patient.open_link(self.visit["patient_url"])
        self.patient.go_to_the_waiting_room()
        self.clinician.page.goto(self.visit["clinician_url"])
        self.clinician.go_into_the_room()
        self.clinician.act("admit")
        return self.see_each_other()

    def see_each_other(self) -> TwoPeople:
        """Both pages say so, and both pictures move."""
        for side in (self.patient, self.clinician):
            side.expect_call("connected")
            side.expect_moving_picture()
        return self

    def close(self) -> None:
        """Both go home."""
        self.patient.close()
        self.clinician.close()
