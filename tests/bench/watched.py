"""A page whose frames, clicks and states are noted on a clock that every page shares."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page

from tests.two_people import Side

SCRIPT = (Path(__file__).with_name("frames.js")).read_text()
STILL_MS = 250
"""A picture that stood for so long has stopped; fifteen frames come in a second."""

DECODED = """() => ({
  at: performance.timeOrigin + performance.now(),
  frames: [...document.querySelectorAll("video[data-remote]")]
    .reduce((sum, video) => sum + video.getVideoPlaybackQuality().totalVideoFrames, 0),
})"""
FETCH_BEGAN = """() => performance.timeOrigin
  + performance.getEntriesByType("navigation")[0].fetchStart"""


@dataclass(frozen=True)
class Decoded:
    """A count of frames at a moment."""

    at: float
    frames: int

    def rate_since(self, earlier: Decoded) -> float:
        """Frames a second from an earlier count to this one."""
        return (self.frames - earlier.frames) * 1000 / (self.at - earlier.at)


class Watched:
    """One side, watched from the next page it opens; moments are milliseconds of the epoch."""

    def __init__(self, side: Side) -> None:
        self.side = side
        self.page: Page = side.page
        side.context.add_init_script(SCRIPT)

    def clicked(self, action: str) -> float:
        """When this button was last pressed."""
        clicks = self.page.evaluate("() => window.__seen.clicks")
        return max(click["at"] for click in clicks if click["action"] == action)

    def first_frame_after(self, moment: float) -> float:
        """When the first frame of the other side came, after this moment."""
        first = self.page.wait_for_function(
            "(moment) => window.__seen.frames.find((at) => at > moment)", arg=moment
        )
        return float(first.json_value())

    def first_frame_after_standstill(self, moment: float, still: int = STILL_MS) -> float:
        """When the picture moved again after it stood still, having been cut at this moment."""
        first = self.page.wait_for_function(
            """([moment, still]) => {
              const { frames } = window.__seen;
              const stood = (at, i) => at > moment && at - frames[i - 1] > still;
              const late = frames.findIndex(stood);
              return late > 0 && frames[late];
            }""",
            arg=[moment, still],
        )
        return float(first.json_value())

    def first_frame_of_another_stream(self, moment: float) -> float:
        """When the first frame came of the stream that replaced the one cut at this moment."""
        first = self.page.wait_for_function(
            """(moment) => {
              const { frames, loaded } = window.__seen;
              const since = loaded.find((at) => at > moment);
              return since && frames.find((at) => at >= since);
            }""",
            arg=moment,
        )
        return float(first.json_value())

    def started(self) -> float:
        """When the page that is shown began to load."""
        return float(self.page.evaluate("() => performance.timeOrigin"))

    def fetch_began(self) -> float:
        """When the browser began to fetch the page that is shown.

        Before that a leave guard asks; a robot has answered it in 55 ms, people take seconds.
        """
        return float(self.page.evaluate(FETCH_BEGAN))

    def decoded(self) -> Decoded:
        """How many frames of the other side this page has decoded by now, and when now is."""
        return Decoded(**self.page.evaluate(DECODED))

    def states_since(self, moment: float) -> list[str]:
        """What `data-call` became after this moment, in order."""
        return list(self._changes("call", moment))

    def signaling_up_after(self, moment: float) -> float:
        """When the page was attached to signaling again, after this moment."""
        up = self.page.wait_for_function(
            """(moment) => window.__seen.states.find(({ name, value, at }) =>
              name === "signaling" && value === "up" && at > moment)?.at""",
            arg=moment,
        )
        return float(up.json_value())

    def _changes(self, name: str, moment: float) -> list[str]:
        return [
            state["value"]
            for state in self.page.evaluate("() => window.__seen.states")
            if state["name"] == name and state["at"] > moment
        ]
