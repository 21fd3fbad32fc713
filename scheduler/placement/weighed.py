"""The terms that only some policies ask for: filling few hosts, measured use, the same service, the last host.

Part of scores.py. Each is between 0 and 1 for a single container, or falls by a tenth for each of the same service.
"""

from __future__ import annotations

import numpy as np

from scheduler.placement.company import HOST, Kin
from scheduler.placement.filters.company import here
from scheduler.placement.fleet import Fleet
from scheduler.placement.gpus import WHOLE, growth
from scheduler.placement.types import Floats, Ints, Shape, Term

FULL_OF_CONTAINERS = 100  # so many containers without requests weigh as much as a host with all its memory reserved
EACH_OF_SERVICE = 0.1


def loads(shape: Shape, fleet: Fleet) -> tuple[Floats, Floats]:
    """Per row the mean of three loads: as it is, and what each container of the shape adds."""
    cpu, memory = fleet.per_cpu(), fleet.per_memory()
    each = (shape.cpu_millis * cpu + shape.memory_bytes * memory + 1 / FULL_OF_CONTAINERS) / 3
    before = (fleet.cpu_reserved * cpu + fleet.memory_reserved * memory + fleet.containers / FULL_OF_CONTAINERS) / 3
    return before, each


def pack(shape: Shape, fleet: Fleet) -> Term:
    before, each = loads(shape, fleet)
    return Term("pack", before + each, each)


def balance(shape: Shape, fleet: Fleet) -> Term:
    """1 minus how far the shares of CPU and of memory (of GPUs, where there are any) are apart after placing."""
    other = fleet.memory_reserved * fleet.per_memory()
    adds = shape.memory_bytes * fleet.per_memory()
    if fleet.park is not None:
        taken, devices = fleet.park.taken(), fleet.park.devices()
        millis = shape.gpus.number * shape.gpus.millis if shape.gpus else 0
        has_some, whole = devices > 0, np.maximum(devices, 1) * WHOLE
        other, adds = np.where(has_some, taken / whole, other), np.where(has_some, millis / whole, adds)
    lean = fleet.cpu_reserved * fleet.per_cpu() - other
    each = shape.cpu_millis * fleet.per_cpu() - adds

    def bend(row: int, got: int) -> float:
        return float(1 - abs(lean[row] + (got + 1) * each[row]))

    return Term("balance", 1 - np.abs(lean + each), np.zeros(len(fleet)), bend=bend)


def usage(shape: Shape, fleet: Fleet) -> Term | None:
    """1 minus the mean of CPU and memory in use; a host that nobody measured counts as half used."""
    if fleet.used is None:
        return None
    cpu, memory = fleet.used
    return Term("usage", 1 - (cpu + memory) / 2, np.zeros(len(fleet)))


def fewest(shape: Shape, fleet: Fleet) -> Term | None:
    if shape.own is None:
        return None
    there = of_its_own(shape.own, fleet, HOST).astype(np.float64)
    return Term("fewest", there * -EACH_OF_SERVICE, np.full(len(fleet), -EACH_OF_SERVICE))


def of_its_own(own: Kin, fleet: Fleet, within: str) -> Ints:
    """Per row: how many of the service stand in its domain and stay there; -1 for a row that is in none. What is to be
    replaced does not count, or in a roll-out its host would be as bad as any other."""
    there = here(fleet, fleet.company.get(own, {}), within)
    leaving = fleet.leaving.get(own)
    return there if not leaving else np.where(there < 0, -1, there - here(fleet, leaving, within))


def zones(shape: Shape, fleet: Fleet) -> Term | None:
    """Hosts without the label are a domain of nobody: as good as one that has none of the service."""
    if shape.own is None or not shape.policy.over:
        return None
    there = np.maximum(of_its_own(shape.own, fleet, shape.policy.over), 0)
    codes = fleet.domain(shape.policy.over).codes
    return Term("zones", -EACH_OF_SERVICE * there, np.zeros(len(fleet)), codes=codes, per=-EACH_OF_SERVICE)


def stay(shape: Shape, fleet: Fleet) -> Term | None:
    if shape.was_on is None:
        return None
    return Term("stay", (fleet.ids == shape.was_on).astype(np.float64), np.zeros(len(fleet)))


def fragments(shape: Shape, fleet: Fleet) -> Term | None:
    """Minus how many GPUs this one makes unusable for a typical request; nothing where the fleet has no GPUs."""
    park = fleet.park
    if park is None or park.wanted is None:
        return None
    room = fleet.cpu_free(), fleet.memory_free()
    fits = (room[0] >= shape.cpu_millis) & (room[1] >= shape.memory_bytes)
    if shape.gpus is not None:
        fits &= park.fitting(shape.gpus) >= shape.gpus.number
    rows, asked = np.flatnonzero(fits), (shape.cpu_millis, shape.memory_bytes)
    found = growth(park, shape.gpus, asked=asked, room=room, rows=rows)
    return Term("fragments", np.where(fits, -found.growth / WHOLE, 0.0), np.zeros(len(fleet)))
