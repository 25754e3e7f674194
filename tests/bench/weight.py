"""What a patient's phone must fetch before she can be seen."""

from __future__ import annotations

import gzip
import json
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser

from tests.house import Stack
from tests.two_people import TwoPeople

DIST = Path(__file__).parents[2] / "web" / "dist"
MANIFEST = DIST / ".vite" / "manifest.json"


@dataclass(frozen=True)
class Weight:
    """Kilobytes (1,000 bytes) as they go over the wire, and scripts as gzip makes them."""

    script_kb: float
    page_kb: float
    kinds: dict[str, float]


def scripts_gzipped(entry: str = "src/call/patient.ts") -> int:
    """Bytes of an entry with all it imports, each file compressed by itself."""
    manifest = json.loads(MANIFEST.read_text())
    seen: set[str] = set()

    def collect(name: str) -> None:
        if name not in seen:
            seen.add(name)
            for wanted in manifest[name].get("imports", ()):
                collect(wanted)

    collect(entry)
    collect("src/pages/site.ts")
    files = {manifest[name]["file"] for name in seen}
    return sum(len(gzip.compress((DIST / file).read_bytes())) for file in files)


def weigh(browser: Browser, stack: Stack) -> Weight:
    """What an empty browser loads for the page of the visit, until it is still."""
    with closing(TwoPeople(browser, stack)) as people:
        page = people.patient.page
        people.patient.open_link(people.visit["patient_url"])
        people.patient.expect_call("idle")
        address = page.url
        devtools = people.patient.context.new_cdp_session(page)
        devtools.send("Network.enable")
        devtools.send("Network.clearBrowserCache")
        kinds: dict[str, str] = {}
        sizes: dict[str, int] = {}
        devtools.on(
            "Network.responseReceived",
            lambda said: kinds.update({said["requestId"]: said["type"]}),
        )
        devtools.on(
            "Network.loadingFinished",
            lambda said: sizes.update({said["requestId"]: said["encodedDataLength"]}),
        )
        page.goto(address, wait_until="networkidle")
    by_kind: dict[str, float] = {}
    for request, size in sizes.items():
        kind = kinds.get(request, "Other")
        by_kind[kind] = by_kind.get(kind, 0) + size / 1000
    return Weight(scripts_gzipped() / 1000, sum(by_kind.values()), by_kind)
