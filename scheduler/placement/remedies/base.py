"""What a remedy proposes: one change of the spec or of a host, with the way to try it.

Part of remedies. Amounts are rounded down to what a person would type, so that they stay true.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from dataclasses import field as column
from dataclasses import replace as with_other
from typing import Any, NamedTuple, TypeVar

import numpy as np

from core.lib.quantity import memory_bytes, plain_cpu
from scheduler.placement.fleet import Fleet
from scheduler.placement.types import Ints, Shape

Key = TypeVar("Key", bound=Hashable)

# How much is asked of people, from 0 (hardly anything) to 1: of fixes that help as much the least comes first. An
# amount that is lowered counts by the part of it that is lost.
EFFORT_PORT = 0.1
EFFORT_UNCORDON = 0.15
EFFORT_MOST = 0.25
EFFORT_PREFER = 0.3
EFFORT_TOLERATE = 0.35
EFFORT_LABEL = 0.4
EFFORT_PROJECT = 0.4
EFFORT_READY = 0.45
EFFORT_CONSTRAINT = 0.5
EFFORT_NEED = 0.7
EFFORT_IMAGE = 0.8
EFFORT_VOLUME = 0.9

GROUPS = 3  # of hosts that lack the same, so many are looked at


class Ask(NamedTuple):
    """How many containers wait, and what their project is called."""

    waiting: int = 1
    project: str = "this project"


@dataclass(frozen=True)
class Change:
    """`field` of the spec, or of `host` where one is named, is changed by `value` (JSON) as `kind` says.

    `alike`: on so many other hosts the same would help as much, one at a time.
    """

    kind: str
    field: str
    value: Any = column(hash=False)
    words: str
    effort: float
    make: Callable[[Shape, Fleet], tuple[Shape, Fleet]] = column(compare=False, repr=False)
    shown: str = ""
    host: str = ""
    alike: int = 0


def of_shape(**columns: Any) -> Callable[[Shape, Fleet], tuple[Shape, Fleet]]:
    """The change that sets these columns of the shape."""
    return lambda shape, fleet: (with_other(shape, **columns), fleet)


def of_fleet(make: Callable[[Fleet], dict[str, Any]]) -> Callable[[Shape, Fleet], tuple[Shape, Fleet]]:
    """The change that sets these columns of the fleet; what was reckoned from the old ones is forgotten."""
    return lambda shape, fleet: (shape, with_other(fleet, **make(fleet), columns={}))


def of_row(row: int, **values: Any) -> Callable[[Shape, Fleet], tuple[Shape, Fleet]]:
    """The change that sets these columns of one host."""
    return of_fleet(lambda fleet: {name: put(getattr(fleet, name), row, value) for name, value in values.items()})


def put(values: tuple[Any, ...], row: int, value: Any) -> tuple[Any, ...]:
    return (*values[:row], value, *values[row + 1 :])


def grouped(rows: Ints, key: Callable[[int], Key | None]) -> list[tuple[Key, list[int]]]:
    """Rows by what they lack, the most usual first; None: nothing can be done about that row."""
    found: dict[Key, list[int]] = {}
    for row in rows.tolist():
        lacking = key(row)
        if lacking is not None:
            found.setdefault(lacking, []).append(row)
    return sorted(found.items(), key=lambda one: (-len(one[1]), one[1][0]))


def joined(words: Iterable[str]) -> str:
    return " and ".join(words)


def typed_memory(amount: int) -> tuple[str, int]:
    """The most that a person would type and that is not more: 1932735283 -> "1.7g", since 1.8g is a byte more."""
    for unit, size in (("t", 1024**4), ("g", 1024**3)):
        if amount >= size:
            tenths = amount * 10 // size
            if tenths >= 100:
                tenths -= tenths % 10
            text = f"{tenths / 10:g}{unit}"
            if memory_bytes(text) > amount:  # a tenth is no whole number of bytes
                text = f"{(tenths - 1) / 10:g}{unit}"
            return text, memory_bytes(text)
    for unit, size in (("m", 1024**2), ("k", 1024)):
        if amount >= size:
            text = f"{coarse(amount // size)}{unit}"
            return text, memory_bytes(text)
    return f"{max(amount, 0)}b", max(amount, 0)


def typed_cpu(millis: int) -> tuple[str, int]:
    """1730 -> ("1.7", 1700); 318 -> ("0.31", 310)."""
    rounded = millis - millis % 100 if millis >= 1000 else coarse(max(millis, 0))
    return plain_cpu(rounded), rounded


def coarse(number: int) -> int:
    """Without its last digit where it has three or more."""
    return number - number % 10 if number >= 100 else number


def greatest(low: int, high: int, holds: Callable[[int], bool]) -> int | None:
    """The greatest number from low to high for which it holds, where it holds for all below one that it holds for."""
    if low > high or not holds(low):
        return None
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if holds(middle) else (low, middle - 1)
    return low


def most_of(free: Ints, rows: Ints) -> int:
    return int(np.max(free[rows])) if len(rows) else 0
