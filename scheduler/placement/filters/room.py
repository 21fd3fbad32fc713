"""Whether there is room: CPU, memory and named resources that are not reserved yet."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from core.lib.quantity import show_cpu, show_memory
from scheduler.placement.filters.base import Filter, Rows, lack
from scheduler.placement.fleet import Fleet
from scheduler.placement.types import Ints, Mask, Shape


def room_for(need: int, free: Ints) -> Ints | None:
    return None if need <= 0 else np.maximum(free, 0) // need


def most(free: Ints, rows: Rows, show: Callable[[int], str], fleet: Fleet) -> str:
    row = rows[int(np.argmax(free[rows]))]
    return f"most free is {show(int(free[row]))} on {fleet.names[row]}"


def no_cpu(shape: Shape, fleet: Fleet) -> Mask | None:
    return fleet.cpu_free() < shape.cpu_millis if shape.cpu_millis > 0 else None


def room_cpu(shape: Shape, fleet: Fleet, rows: Ints) -> Ints | None:
    return room_for(shape.cpu_millis, fleet.cpu_allocatable[rows] - fleet.cpu_reserved[rows])


def seen_cpu(shape: Shape, fleet: Fleet, rows: Ints) -> Sequence[int]:
    found: list[int] = (fleet.cpu_allocatable[rows] - fleet.cpu_reserved[rows]).tolist()
    return found


def why_no_cpu(shape: Shape, fleet: Fleet, row: int, seen: Any) -> str:
    total = int(fleet.cpu_allocatable[row])
    return f"needs {show_cpu(shape.cpu_millis)}, {show_cpu(seen)} free of {show_cpu(total)}"


def sum_no_cpu(shape: Shape, fleet: Fleet, rows: Rows) -> str:
    need = show_cpu(shape.cpu_millis)
    return f"{lack(rows)} CPU (needs {need}, {most(fleet.cpu_free(), rows, show_cpu, fleet)})"


def no_memory(shape: Shape, fleet: Fleet) -> Mask | None:
    return fleet.memory_free() < shape.memory_bytes if shape.memory_bytes > 0 else None


def room_memory(shape: Shape, fleet: Fleet, rows: Ints) -> Ints | None:
    return room_for(shape.memory_bytes, fleet.memory_allocatable[rows] - fleet.memory_reserved[rows])


def seen_memory(shape: Shape, fleet: Fleet, rows: Ints) -> Sequence[int]:
    found: list[int] = (fleet.memory_allocatable[rows] - fleet.memory_reserved[rows]).tolist()
    return found


def why_no_memory(shape: Shape, fleet: Fleet, row: int, seen: Any) -> str:
    total = int(fleet.memory_allocatable[row])
    return f"needs {show_memory(shape.memory_bytes)}, {show_memory(seen)} free of {show_memory(total)}"


def sum_no_memory(shape: Shape, fleet: Fleet, rows: Rows) -> str:
    need = show_memory(shape.memory_bytes)
    return f"{lack(rows)} memory (needs {need}, {most(fleet.memory_free(), rows, show_memory, fleet)})"


# --- anything else that can be counted


def free_of(name: str, fleet: Fleet) -> Ints:
    one = fleet.resources.get(name)
    return np.zeros(len(fleet), dtype=np.int64) if one is None else one.allocatable - one.reserved


def no_resource(shape: Shape, fleet: Fleet) -> Mask | None:
    mask: Mask | None = None
    for name, amount in shape.needs:
        lacking = free_of(name, fleet) < amount
        mask = lacking if mask is None else mask | lacking
    return mask


def room_resources(shape: Shape, fleet: Fleet, rows: Ints) -> Ints | None:
    room: Ints | None = None
    for name, amount in shape.needs:
        left = np.maximum(free_of(name, fleet)[rows], 0) // amount
        room = left if room is None else np.minimum(room, left)
    return room


def seen_resources(shape: Shape, fleet: Fleet, rows: Ints) -> Sequence[tuple[int, ...]]:
    return list(zip(*(free_of(name, fleet)[rows].tolist() for name, _ in shape.needs), strict=True))


def why_no_resource(shape: Shape, fleet: Fleet, row: int, seen: Any) -> str:
    words = []
    for (name, amount), free in zip(shape.needs, seen, strict=True):
        total = int(fleet.resources[name].allocatable[row]) if name in fleet.resources else 0
        if free < amount:
            words.append(f"needs {amount} {name}, {f'{free} free of {total}' if total else 'has none'}")
    return "; ".join(words)


def sum_no_resource(shape: Shape, fleet: Fleet, rows: Rows) -> str:
    words = []
    for name, amount in shape.needs:
        free = free_of(name, fleet)
        if (free[rows] < amount).any():
            words.append(f"{name} (needs {amount}, {most(free, rows, str, fleet)})")
    return f"{lack(rows)} {' and '.join(words)}"


CPU = Filter("cpu", no_cpu, why_no_cpu, sum_no_cpu, room_cpu, seen_cpu)
MEMORY = Filter("memory", no_memory, why_no_memory, sum_no_memory, room_memory, seen_memory)
RESOURCES = Filter("resources", no_resource, why_no_resource, sum_no_resource, room_resources, seen_resources)
