"""Medians, percentiles and ratios, said the same way everywhere."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least `share` percent do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(len(ordered) * share / 100) - 1)]


@dataclass(frozen=True)
class Compared:
    """Ours against the reference, pair by pair, taken in the same run."""

    ours: tuple[float, ...]
    reference: tuple[float, ...]

    @property
    def ratios(self) -> list[float]:
        """Ours divided by the reference, for each pair."""
        return [ours / theirs for ours, theirs in zip(self.ours, self.reference, strict=True)]

    @property
    def ratio(self) -> float:
        """The median of the ratios of the pairs."""
        return statistics.median(self.ratios)

    def row(self, unit: str, digits: int = 0) -> str:
        """Cells of a table: ours, reference, ratio."""
        return (
            f"{spread(self.ours, unit, digits)} | {spread(self.reference, unit, digits)} | "
            f"**{self.ratio:.2f}** [{min(self.ratios):.2f}–{max(self.ratios):.2f}]"
        )


def spread(values: Sequence[float], unit: str, digits: int = 0) -> str:
    """Median and range."""
    middle, least, most = statistics.median(values), min(values), max(values)
    return f"{middle:.{digits}f} {unit} [{least:.{digits}f}–{most:.{digits}f}]"
