"""What a piece of the bench hands over, and how it is shown: as a table for people, as JSON for programs.

Before: many.py, one.py and the others measure. After: __main__.py prints and writes.
"""

from __future__ import annotations

import json
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

Kind = Literal["ratio", "difference", "value"]


@dataclass(frozen=True)
class Figure:
    """Ours beside another's, pair by pair, in one unit. `limit` is for the ratio, the difference or our own value.

    `at_least`: the limit is the least that is good, not the most.
    """

    name: str
    unit: str
    ours: Sequence[float]
    beside: str = ""
    theirs: Sequence[float] = ()
    kind: Kind = "value"
    limit: float | None = None
    percentile: float = 50  # of what is judged
    at_least: bool = False

    def judged(self) -> float | None:
        """The number that the limit is for; None when there was nothing to compare with."""
        if self.kind == "value":
            found = list(self.ours)
        else:
            pairs = list(zip(self.ours, self.theirs, strict=False))
            found = [a / b if self.kind == "ratio" else a - b for a, b in pairs]
        return percentile(found, self.percentile) if found else None

    def verdict(self) -> str:
        judged = self.judged()
        if self.limit is None or judged is None:
            return ""
        good = judged >= self.limit if self.at_least else judged <= self.limit
        return "reached" if good else "MISSED"


def percentile(values: Iterable[float], share: float) -> float:
    """Between the two nearest values, as statistics.median does for 50."""
    ordered = sorted(values)
    place = (len(ordered) - 1) * share / 100
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


def table(figures: Sequence[Figure]) -> str:
    """One line a figure; medians with the least and the most."""
    head = ("figure", "ours", "beside", "", "judged", "limit", "")
    rows = [head, *(_row(figure) for figure in figures)]
    widths = [max(len(row[place]) for row in rows) for place in range(len(head))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return "\n".join([lines[0], "-" * max(map(len, lines)), *lines[1:]])


def _row(figure: Figure) -> tuple[str, ...]:
    judged = figure.judged()
    sign = {"ratio": "x", "difference": f"+ {figure.unit}", "value": figure.unit}[figure.kind]
    share = "" if figure.percentile == 50 else f"p{figure.percentile:g} "
    shown = "" if judged is None else f"{share}{_number(judged)} {sign}"
    limit = "" if figure.limit is None else f"{'>=' if figure.at_least else '<='} {figure.limit:g}"
    theirs = _spread(figure.theirs, figure.unit)
    return (figure.name, _spread(figure.ours, figure.unit), figure.beside, theirs, shown, limit, figure.verdict())


def _spread(values: Sequence[float], unit: str) -> str:
    if not values:
        return ""
    middle = _number(statistics.median(values))
    if len(values) == 1:
        return f"{middle} {unit}"
    return f"{middle} {unit} ({_number(min(values))}-{_number(max(values))}, {len(values)})"


def _number(value: float) -> str:
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.1f}" if abs(value) >= 20 else f"{value:.2f}"


def as_json(figures: Sequence[Figure], about: dict[str, Any]) -> str:
    """Every single value, so that others may reckon otherwise."""
    listed = [{**asdict(one), "judged": one.judged(), "verdict": one.verdict()} for one in figures]
    return json.dumps({"about": about, "figures": listed}, indent=1) + "\n"
