"""`python -m tests.bench`: measure against the references, in one run; `--write` keeps it."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser

from dev import engines
from tests.bench import load, pages, report, staff, weight
from tests.house import Stack
from tests.two_people import a_chromium

PARTS = ("pages", "cold", "messages", "weight", "relay", "calls", "staff")


def main() -> None:
    """Measure what was asked for and print the tables."""
    asked = _arguments()
    figures = report.Figures(load_average=os.getloadavg()[0])
    folder = Path(tempfile.mkdtemp(prefix="mooring-bench-"))
    try:
        if {"relay", "calls"} & asked.only:
            _signaling(asked, figures, folder)
        if "staff" in asked.only:
            figures.staff = staff.forty_at_once(folder, seconds=asked.seconds)
        if {"pages", "cold", "messages", "weight"} & asked.only:
            with _house(folder) as (browser, stack):
                _browsers(asked, figures, folder, browser, stack)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(figures.tables())
    if asked.write:
        report.write(figures)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--pairs", type=int, default=30, help="calls of each side (30)")
    parser.add_argument("--bursts", type=int, default=8, help="through each server (8)")
    parser.add_argument("--calls", type=int, default=1_000, help="calls for the rate (1,000)")
    parser.add_argument("--rooms", type=int, nargs="+", default=load.ROOM_COUNTS)
    parser.add_argument("--seconds", type=float, default=60, help="of forty staff (60)")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS)
    parser.add_argument("--reference", help="address of another reference page than ours")
    parser.add_argument("--write", action="store_true", help="into docs/benchmarks.md")
    asked = parser.parse_args()
    asked.only = set(asked.only)
    return asked


def _signaling(asked: argparse.Namespace, figures: report.Figures, folder: Path) -> None:
    if "relay" in asked.only:
        figures.relay = load.relay_costs(
            folder, bursts=asked.bursts, room_counts=tuple(asked.rooms), tell=_tell
        )
    if "calls" in asked.only:
        figures.calls = load.call_rate(folder, calls=asked.calls, at_once=load.CALLS_AT_ONCE)
        _tell(str(figures.calls))


@contextmanager
def _house(folder: Path) -> Iterator[tuple[Browser, Stack]]:
    os.environ["CHROMIUM"] = engines.whole_chromium() or ""
    with a_chromium(folder) as browser:
        stack = Stack(folder / "house")
        try:
            yield browser, stack.start()
        finally:
            stack.stop()


def _browsers(
    asked: argparse.Namespace,
    figures: report.Figures,
    folder: Path,
    browser: Browser,
    stack: Stack,
) -> None:
    figures.browser = f"Chromium {browser.version}"
    if "weight" in asked.only:
        figures.weight = weight.weigh(browser, stack)
    if "messages" in asked.only:
        figures.relayed = pages.relayed_messages(browser, stack, calls=10)
    if "cold" in asked.only:
        figures.cold = pages.cold_links(browser, stack, times=10)
    if "pages" in asked.only:
        with pages.reference(folder) as ours:
            figures.admit, figures.reload = pages.compare(
                browser, stack, asked.reference or ours, pairs=asked.pairs, tell=_tell
            )


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
