"""Somebody who has a keyboard and nothing else; each step of Tab must be seen."""

from __future__ import annotations

from playwright.sync_api import BrowserContext, Page, expect

#: a page with more stops than this on the way to its one act is a maze
FAR = 90


class Keyboard:
    """Drives one page by keys alone, and looks where the focus is after every Tab."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def press(self, *keys: str) -> None:
        """One key after the other, wherever the focus is."""
        for key in keys:
            self.page.keyboard.press(key)

    def to(self, selector: str) -> None:
        """Tab forward until this element has the focus, and see it."""
        way: list[str] = []
        there = self.page.evaluate(_HAS_FOCUS, selector)
        while not there:
            assert len(way) < FAR, f"no way to {selector} by Tab at {self.page.url}: {way}"
            self.page.keyboard.press("Tab")
            here = self.page.evaluate(_SEEN, selector)
            assert not here["wrong"], f"{here['name']}: {here['wrong']} ({self.page.url})"
            way.append(here["name"])
            there = here["there"]

    def act(self, action: str) -> None:
        """Go to the button of an action and press Enter."""
        self.to(f'[data-action="{action}"]')
        self.press("Enter")

    def write(self, selector: str, words: str) -> None:
        """Go to a field and write over what it holds."""
        self.to(selector)
        self.press("ControlOrMeta+a")
        self.page.keyboard.type(words)

    def choose(self, name: str, value: str) -> None:
        """Go to a group of answers and step to this one."""
        self.to(f'input[name="{name}"]')
        self.press("Space")
        for _ in range(6):
            if self.page.evaluate(_HAS_FOCUS, f'input[name="{name}"][value="{value}"]'):
                return
            self.press("ArrowDown")
        raise AssertionError(f"{name} has no answer {value}")

    def expect_focus(self, selector: str) -> None:
        """Wait until the focus has come here by itself."""
        expect(self.page.locator(f"{selector}:focus")).to_be_attached()

    def open_and_leave(self, opener: str, dialog: str) -> None:
        """Open a layer, find the focus in it, close it by Escape, find the focus back."""
        self.to(opener)
        self.press("Enter")
        self.expect_focus(f'dialog[data-dialog="{dialog}"] *')
        self.press("Escape")
        self.expect_focus(opener)


def refuse_pointers(context: BrowserContext) -> None:
    """Any press of a mouse or a finger becomes an error of the page."""
    context.add_init_script(_REFUSE)


_REFUSE = """for (const kind of ["pointerdown", "mousedown", "touchstart", "click"]) {
  addEventListener(kind, event => {
    if (kind === "click" && event.detail === 0) return; // a key did it
    throw new Error(`${kind}: only the keyboard here`);
  }, true);
}"""
_HAS_FOCUS = """selector => Boolean(document.activeElement?.matches(selector))
  && document.activeElement.checkVisibility()"""
# What is hidden while the page settles is looked at once more, two pictures later.
_SEEN = """async selector => {
  const frame = () => new Promise(requestAnimationFrame);
  const first = look(selector);
  return first.wrong ? (await frame(), await frame(), look(selector)) : first;

function look(selector) {
  const at = document.activeElement;
  if (!at) return { name: "", there: false, wrong: "" }; // the page is still coming
  const there = at.matches(selector) && at.checkVisibility();
  const words = (at.getAttribute("aria-label") || at.textContent).trim().replace(/\\s+/g, " ");
  const name = `${at.localName}#${at.id} “${words.slice(0, 30)}”`;
  // Past the last stop comes the browser itself; a frame shows its own focus.
  if (at === document.body || at.localName === "iframe") return { name, there, wrong: "" };
  const shown = at.closest(".choice") ?? at;
  const { outlineStyle, outlineWidth } = getComputedStyle(shown);
  if (outlineStyle === "none" || parseFloat(outlineWidth) < 2) {
    return { name, there, wrong: "the focus cannot be seen" };
  }
  const { x, y, width, height } = shown.getBoundingClientRect();
  const points = [[.5, .5], [.1, .2], [.9, .2], [.1, .8], [.9, .8]];
  const free = points.some(([across, down]) => {
    const hit = document.elementFromPoint(x + width * across, y + height * down);
    return hit && (shown.contains(hit) || hit.contains(shown) && hit.closest("dialog, .stage"));
  });
  return { name, there, wrong: free ? "" : "the focus is hidden (WCAG 2.4.11)" };
}
}"""
