"""What a filter is, and the small words that all of them use.

`refused` (shape, fleet) -> mask, None where it has nothing to say about this shape; `reason` for one refused row;
`summary` for all of them; `room`: how many of the shape fit, where more of them use something up.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from scheduler.placement.fleet import Fleet
from scheduler.placement.types import Ints, Mask, Shape

PLENTY = int(np.iinfo(np.int64).max)
Rows = list[int]


@dataclass(frozen=True)
class Filter:
    """`seen`: what of the given rows may change before somebody asks for the reason, as it is now.

    `alike`: of a row; rows that agree in it are refused in the same words.
    """

    name: str
    refused: Callable[[Shape, Fleet], Mask | None]
    reason: Callable[[Shape, Fleet, int, Any], str]
    summary: Callable[[Shape, Fleet, Rows], str]
    room: Callable[[Shape, Fleet, Ints], Ints | None] | None = None
    seen: Callable[[Shape, Fleet, Ints], Sequence[Any]] | None = None
    alike: Callable[[Fleet, int], object] | None = None


def are(rows: Rows) -> str:
    return "is" if len(rows) == 1 else "are"


def lack(rows: Rows) -> str:
    return "lacks" if len(rows) == 1 else "lack"


def have(rows: Rows) -> str:
    return "has" if len(rows) == 1 else "have"


def do(rows: Rows) -> str:
    return "does" if len(rows) == 1 else "do"


def names(fleet: Fleet, rows: Rows) -> str:
    """Up to three names: "h1, h2, h3 and 4 more"."""
    shown = ", ".join(fleet.names[row] for row in rows[:3])
    return shown if len(rows) <= 3 else f"{shown} and {len(rows) - 3} more"
