"""What to look for at each stop of the walk: axe, sizes, sideways scrolling, what is kept."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from tests.walk import Stop, Whose

AXE = Path(__file__).parents[1] / "web" / "node_modules" / "axe-core" / "axe.min.js"
HEIGHTS = {320: 640, 390: 844, 640: 400, 844: 390, 1280: 800}
#: 320 px; a desk at 200 % zoom; a phone on its side
NARROW = (320, 640, 844)
#: least size of a target, of a primary act, of a control in the call
LEAST = {Whose.PATIENT: [48, 48, 56], Whose.STAFF: [44, 48, 44]}
GRAVE = ("serious", "critical")


@dataclass
class Findings:
    """What was wrong, each as one line that names stop, size and element."""

    axe: list[str] = field(default_factory=list)
    targets: list[str] = field(default_factory=list)
    sideways: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    titles: set[str] = field(default_factory=set)


class Look:
    """Looks at one stop after the other; `widths` and `schemes` say how closely."""

    def __init__(self, *, closely: bool) -> None:
        self._closely = closely
        self.found = Findings()

    def at(self, stop: Stop) -> None:
        """Everything about this page in this state; afterwards it has its size again."""
        own = stop.page.viewport_size
        widths = (320, 390, 1280) if self._closely else (own["width"],)
        for width in widths:
            self._resize(stop, width)
            self._axe(stop, width, "light")
            if self._closely:
                stop.page.emulate_media(color_scheme="dark")
                self._axe(stop, width, "dark")
                stop.page.emulate_media(color_scheme="light")
        for width in (320, 390):
            self._resize(stop, width)
            self._targets(stop, width)
        for width in NARROW if self._closely else (320,):
            self._resize(stop, width)
            self._sideways(stop, width)
        stop.page.set_viewport_size(own)
        self._kept(stop)
        self.found.titles.add(stop.page.title())

    @staticmethod
    def _resize(stop: Stop, width: int) -> None:
        stop.page.set_viewport_size({"width": width, "height": HEIGHTS[width]})

    def _axe(self, stop: Stop, width: int, scheme: str) -> None:
        if not stop.page.evaluate("() => 'axe' in window"):
            stop.page.evaluate(_axe_source())
        # The scheme changes colours and nothing else.
        rules = None if scheme == "light" else ["color-contrast"]
        for issue in stop.page.evaluate(_RUN, [rules, list(GRAVE)]):
            self.found.axe.append(f"{stop.name} @{width} {scheme}: {issue}")

    def _targets(self, stop: Stop, width: int) -> None:
        for small in stop.page.evaluate(_SMALL, LEAST[stop.whose]):
            self.found.targets.append(f"{stop.name} @{width}: {small}")

    def _sideways(self, stop: Stop, width: int) -> None:
        for wide in stop.page.evaluate(_WIDE):
            self.found.sideways.append(f"{stop.name} @{width}: {wide}")

    def _kept(self, stop: Stop) -> None:
        for kept in stop.page.evaluate(_KEPT):
            self.found.kept.append(f"{stop.name}: {kept}")


@cache
def _axe_source() -> str:
    return AXE.read_text() + "\n;void 0"


_RUN = """async ([rules, grave]) => {
  await document.fonts.ready;
  const how = { resultTypes: ["violations"], iframes: false, preload: false };
  if (rules) how.runOnly = rules;
  // What lies behind an open layer is inert, and was looked at before the layer opened.
  const layer = [...document.querySelectorAll("dialog:modal")].at(-1);
  const { violations } = await axe.run(layer ?? document, how);
  return violations.filter(v => grave.includes(v.impact)).flatMap(v => v.nodes.map(n =>
    `${v.id} (${v.impact}) ${n.target.join(" ")} ${n.any.map(a => a.message).join("; ")}`));
}"""
_SMALL = """([least, primary, call]) => {
  const modal = [...document.querySelectorAll("dialog:modal")].at(-1);
  const all = (modal ?? document).querySelectorAll(
    "a[href], button, input:not([type=hidden]), select, textarea, summary");
  const found = [];
  for (const each of all) {
    if (!each.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue;
    const isTick = each.matches("[type=radio], [type=checkbox]");
    const target = (isTick && each.closest("label")) || each;
    const { width, height, bottom } = target.getBoundingClientRect();
    if (width <= 1 || bottom <= 0) continue; // hidden for the eye: the skip link, a menu
    const isInline = each.matches("a") && getComputedStyle(each).display === "inline";
    if (isInline) continue; // a link within a sentence (WCAG 2.5.8)
    const isControl = each.closest(".controls, .desk-controls");
    const wanted = isControl ? call : each.matches(".primary") ? primary : least;
    if (Math.min(width, height) + .5 >= wanted) continue;
    const words = each.textContent.trim().replace(/\\s+/g, " ").slice(0, 40) || each.name;
    const size = `${width.toFixed(0)}x${height.toFixed(0)}`;
    found.push(`${each.localName}.${each.className} “${words}” ${size}, not ${wanted}`);
  }
  return found;
}"""
_WIDE = """() => {
  const room = document.documentElement.clientWidth;
  if (document.scrollingElement.scrollWidth <= room) return [];
  const wide = [...document.querySelectorAll("body *")].filter(each =>
    each.checkVisibility() && each.getBoundingClientRect().right > room + 1);
  return [wide.slice(0, 3).map(e => `${e.localName}.${e.className}`).join(", ") || "the page"];
}"""
_KEPT = """async () => {
  const held = { ...localStorage };
  const switches = /^(on|off)$/;
  const found = Object.entries(held)
    .filter(([key, value]) => !(/^mooring-(keys|sound)$/.test(key) && switches.test(value)))
    .map(([key]) => `localStorage ${key}`);
  const opaque = { "mooring-tab": /^[0-9a-f]{32}$/, "mooring-dock": /^\\d+$/, "mooring-in-call":
    /^{"visit":"[0-9a-f-]{36}","micOn":(true|false),"cameraOn":(true|false)}$/,
    "mooring-socket":
    /^ws:..localhost:\\d+.signaling.n\\d+..room=[\\w-]{43}&EIO=4&transport=websocket$/ };
  for (const [key, value] of Object.entries({ ...sessionStorage })) {
    if (!opaque[key]?.test(value)) found.push(`sessionStorage ${key}=${value}`);
  }
  for (const each of await indexedDB.databases()) found.push(`IndexedDB ${each.name}`);
  for (const each of await caches.keys()) found.push(`cache ${each}`);
  const workers = await navigator.serviceWorker.getRegistrations();
  return [...found, ...workers.map(worker => `service worker ${worker.scope}`)];
}"""
