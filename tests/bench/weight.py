"""What a patient's phone must fetch before she can be seen."""

from __future__ import annotations

import gzip
from contextlib import closing
from dataclasses import dataclass

from playwright.sync_api import Browser

from server.assets import Assets
from tests.house import Stack
from tests.two_people import TwoPeople

OF_THE_VISIT = ("pages/site", "call/early", "call/patient")


@dataclass(frozen=True)
class Weight:
    """Kilobytes (1,000 bytes) as they go over the wire, and scripts as gzip makes them."""

    script_kb: float
    page_kb: float
    kinds: dict[str, float]


def scripts_gzipped(*entries: str) -> int:
    """Bytes of these entries with all they import, each file compressed by itself."""
    assets = Assets()
    files = {script for entry in entries for script in assets.files(entry)[1]}
    return sum(len(gzip.compress((assets.dist / file).read_bytes())) for file in files)


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
    return Weight(scripts_gzipped(*OF_THE_VISIT) / 1000, sum(by_kind.values()), by_kind)
