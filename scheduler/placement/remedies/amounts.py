"""Less of an amount: memory, CPU, named resources. Enough for the first container, and little enough for all.

Part of remedies.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np

from core.lib.quantity import show_cpu, show_memory
from scheduler.placement.filters import FILTERS
from scheduler.placement.filters.room import free_of
from scheduler.placement.fleet import Fleet
from scheduler.placement.remedies.base import (
    EFFORT_NEED,
    Ask,
    Change,
    greatest,
    grouped,
    joined,
    most_of,
    of_shape,
    typed_cpu,
    typed_memory,
)
from scheduler.placement.types import Ints, Shape

LEAST_PART = 0.1  # of what the first would get, all of them should get at least so much: less helps nobody


def lower_memory(shape: Shape, fleet: Fleet, rows: Ints, ask: Ask) -> list[Change]:
    found = []
    for value in amounts(fleet.memory_free()[rows], others(replace(shape, memory_bytes=0), fleet, rows, ask), ask):
        text, rounded = typed_memory(value)
        if rounded > 0:
            shown = show_memory(rounded)
            words = f"lower memory to {shown}"
            lost = 1 - rounded / shape.memory_bytes
            make = of_shape(memory_bytes=rounded)
            found.append(Change("memory", "resources.memory", text, words, lost, make, shown))
    return found


def lower_cpu(shape: Shape, fleet: Fleet, rows: Ints, ask: Ask) -> list[Change]:
    found = []
    for value in amounts(fleet.cpu_free()[rows], others(replace(shape, cpu_millis=0), fleet, rows, ask), ask):
        text, rounded = typed_cpu(value)
        if rounded > 0:
            shown = show_cpu(rounded)
            lost = 1 - rounded / shape.cpu_millis
            make = of_shape(cpu_millis=rounded)
            found.append(Change("cpu", "resources.cpu", text, f"lower cpu to {shown}", lost, make, shown))
    return found


def others(shape: Shape, fleet: Fleet, rows: Ints, ask: Ask) -> Ints:
    """How many of the shape each row could take for all the other filters, at most as many as wait."""
    room = np.full(len(rows), ask.waiting, dtype=np.int64)
    for one in FILTERS:
        left = one.room(shape, fleet, rows) if one.room is not None else None
        room = room if left is None else np.minimum(room, left)
    return room


def amounts(free: Ints, room: Ints, ask: Ask) -> list[int]:
    """The most that one host has left, and the most that all who wait could have."""
    most = most_of(free, np.arange(len(free)))
    if most <= 0:
        return []
    all_of_them = greatest(
        max(1, int(most * LEAST_PART)), most, partial(enough, np.maximum(free, 0), room, ask.waiting)
    )
    return [most] if all_of_them in (None, most) else [most, all_of_them or 0]


def enough(free: Ints, room: Ints, count: int, amount: int) -> bool:
    return int(np.minimum(room, free // amount).sum()) >= count


# --- named resources


def lower_needs(shape: Shape, fleet: Fleet, rows: Ints, ask: Ask) -> list[Change]:
    """Of each resource that is lacking the most that a host has left; none of it where no host has any."""
    free = {name: free_of(name, fleet) for name, _ in shape.needs}

    def lacking(row: int) -> tuple[str, ...]:
        return tuple(name for name, amount in shape.needs if free[name][row] < amount)

    groups = sorted(grouped(rows, lacking), key=lambda one: (len(one[0]), -len(one[1])))
    found = []
    for names, at in groups[:2]:
        best = max(at, key=lambda row: sum(int(free[name][row]) for name in names))
        left = {name: max(int(free[name][best]), 0) for name in names}
        found.append(_needs_change(shape, left))
    return found


def _needs_change(shape: Shape, left: dict[str, int]) -> Change:
    needs = tuple((name, left.get(name, amount)) for name, amount in shape.needs)
    words = joined(f"lower {name} to {amount}" if amount else f"do without {name}" for name, amount in left.items())
    shown = ", ".join(f"{name}: {amount}" for name, amount in left.items())
    make: Callable[..., tuple[Shape, Fleet]] = of_shape(needs=tuple(one for one in needs if one[1] > 0))
    return Change("needs", "needs", left, words, EFFORT_NEED, make, shown)
