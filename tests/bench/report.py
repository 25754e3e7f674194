"""Write the figures of one run into docs/benchmarks.md, between its two marks."""

from __future__ import annotations

import os
import platform
import re
import statistics
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from tests.bench.figures import Compared, spread
from tests.bench.load import CallRate, RelayCost
from tests.bench.staff import SHARES, StaffLoad
from tests.bench.weight import Weight

PAGE = Path(__file__).parents[2] / "docs" / "benchmarks.md"
START, END = "<!-- figures -->", "<!-- /figures -->"


@dataclass
class Figures:
    """What one run found; what was not measured stays empty."""

    browser: str = ""
    admit: Compared | None = None
    reload: Compared | None = None
    cold: list[float] = field(default_factory=list)
    relayed: list[int] = field(default_factory=list)
    weight: Weight | None = None
    relay: list[tuple[RelayCost, RelayCost]] = field(default_factory=list)
    calls: CallRate | None = None
    staff: StaffLoad | None = None
    load_average: float = 0.0

    def tables(self) -> str:
        """Markdown, one table for each kind of question."""
        parts = [self._when(), *self._browsers(), *self._signaling(), *self._staff()]
        return "\n".join(parts) + "\n"

    def _when(self) -> str:
        return (
            f"Measured {datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} shared cores "
            f"({_processor()}), load average at the start {self.load_average:.1f}, "
            f"Python {platform.python_version()}, {self.browser or 'no browser'}.\n"
        )

    def _browsers(self) -> list[str]:
        rows: list[str] = []
        for name, target, compared in (
            ("admit → first frame, both sides", "≤ 1.15", self.admit),
            ("reload → media, both sides", "≤ 1.3", self.reload),
        ):
            if compared:
                pairs = len(compared.ours)
                rows.append(f"| {name} ({pairs} pairs) | {compared.row('ms')} | {target} |")
        if rows:
            rows[:0] = ["| In two browsers | ours | reference | ratio | wanted |",
                        "|---|---|---|---|---|"]  # fmt: skip
            rows.append("")
        alone = self._alone()
        if alone:
            rows += ["| Ours alone | figure | wanted |", "|---|---|---|", *alone, ""]
        return rows

    def _alone(self) -> list[str]:
        rows = []
        if self.cold:
            figure = spread([each / 1000 for each in self.cold], "s", 1)
            rows.append(f"| cold link → first frame | {figure} | reported |")
        if self.relayed:
            figure = f"{statistics.median(self.relayed):.0f}, at most {max(self.relayed)}"
            rows.append(f"| relayed messages for a call set up | {figure} | ≤ 4 |")
        if self.weight:
            kinds = ", ".join(f"{k} {v:.1f}" for k, v in sorted(self.weight.kinds.items()))
            rows += [
                f"| patient's JavaScript, gzip | {self.weight.script_kb:.1f} kB | ≤ 40 kB |",
                f"| whole call page over the wire | {self.weight.page_kb:.1f} kB ({kinds}) "
                "| ≤ 120 kB |",
            ]
        if self.calls:
            rows += [
                f"| calls set up per second, one node ({self.calls.calls} calls) | "
                f"{self.calls.per_second:.0f}, {self.calls.cpu_ms:.1f} ms CPU each "
                "| reported |",
                f"| admit → last message of the set-up | {self.calls.median_ms:.0f} ms, p99 "
                f"{self.calls.p99_ms:.0f} ms | reported |",
            ]
        return rows

    def _signaling(self) -> list[str]:
        if not self.relay:
            return []
        rows = [
            "| Rooms open | ours, CPU a message | reference | ratio (≤ 0.5) | "
            "messages/s, ours / reference | p99, ours / reference | memory, ours / reference |",
            "|---|---|---|---|---|---|---|",
        ]
        for rooms in sorted({ours.rooms for ours, _ in self.relay}):
            pairs = [pair for pair in self.relay if pair[0].rooms == rooms]
            costs = Compared(
                tuple(ours.cpu_microseconds for ours, _ in pairs),
                tuple(theirs.cpu_microseconds for _, theirs in pairs),
            )
            rates, delays, memory = (
                " / ".join(
                    f"{statistics.median(getattr(pair[side], name) for pair in pairs):.0f}"
                    for side in (0, 1)
                )
                for name in ("per_second", "p99_ms", "resident_mb")
            )
            rows.append(
                f"| {rooms:,} | {costs.row('µs')} | {rates} | {delays} ms | {memory} MB |"
            )
        return rows

    def _staff(self) -> list[str]:
        if self.staff is None:
            return []
        told = self.staff
        rows = [
            f"| {told.people} staff at once, SQLite, {told.seconds:.0f} s | asked | median "
            "| p95 (≤ 300 ms) | worst "
            "| authorization | waiting for the lock | record | commit |",
            "|---|---|---|---|---|---|---|---|---|",
        ]
        for kind in told.kinds:
            shares = " | ".join(f"{kind.share(name):.0f} %" for name in SHARES)
            rows.append(
                f"| {kind.name} | {len(kind.taken)} | {kind.at(50):.0f} ms "
                f"| {kind.at(95):.0f} ms | {max(kind.taken):.0f} ms | {shares} |"
            )
        rows += [
            "",
            f"Not answered with 200: {told.refused}. Rows of the record: {told.rows}.",
            "",
        ]
        return rows


def _processor() -> str:
    named = re.search(r"model name\s*:\s*(.+)", Path("/proc/cpuinfo").read_text())
    return named[1] if named else platform.machine()


def write(figures: Figures) -> None:
    """Put the tables where the last ones were."""
    page = PAGE.read_text()
    before, _, rest = page.partition(START)
    _, _, after = rest.partition(END)
    PAGE.write_text(f"{before}{START}\n{figures.tables()}{END}{after}")
