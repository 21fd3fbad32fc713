"""A host for one that has waited for long: on which, if it were empty, would it fit, and where is least in its way?

The room is kept for it from then on (filters/claims.py), so that what comes and goes does not starve it for ever.
Before: scheduler.preemption has found nobody who could make room. After: the claim stands in its row.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from scheduler.placement.filters import AFFINITY, FILTERS
from scheduler.placement.fleet import Countable, Fleet
from scheduler.placement.gpus import NONE, WHOLE
from scheduler.placement.look import DIGITS, look
from scheduler.placement.types import Floats, Ints, Shape

ALONE = tuple(one for one in FILTERS if one is not AFFINITY)


def emptied(fleet: Fleet) -> Fleet:
    """As it would be if nothing of ours ran there."""
    empty = fleet.copy()
    nothing = np.zeros(len(fleet), dtype=np.int64)
    empty = replace(
        empty,
        cpu_reserved=nothing,
        memory_reserved=nothing.copy(),
        containers=nothing.copy(),
        used_ports={},
        company={kin: {} for kin in fleet.company},
        shunned={},
        resources={name: Countable(one.allocatable, nothing.copy()) for name, one in fleet.resources.items()},
    )
    empty.count_ports()
    if empty.park is not None:
        empty.park.free[empty.park.free != NONE] = WHOLE
        empty.park.changes += 1
    return empty


def would_fit(shape: Shape, fleet: Fleet) -> Ints:
    """The rows on which it would fit if they were empty. Whom it wants to be beside is looked for as things are."""
    rows = look(shape, emptied(fleet), filters=ALONE, terms=()).fits
    alone = AFFINITY.refused(shape, fleet)
    return rows if alone is None else rows[~alone[rows]]


def keep_for(shape: Shape, fleet: Fleet, *, present: int | None = None) -> int | None:
    """The row to keep for it: the present one while it will do, else where least is missing; None: none would do."""
    rows = would_fit(shape, fleet)
    if present is not None and present in rows:
        return present
    if not len(rows):
        return None
    missing = np.round(lacking(shape, fleet), DIGITS)[rows]
    return int(rows[np.lexsort((rows, missing))[0]])


def lacking(shape: Shape, fleet: Fleet) -> Floats:
    """Per row: the shares of CPU and of memory that must still become free, together."""
    cpu = np.maximum(shape.cpu_millis - fleet.cpu_free(), 0) * fleet.per_cpu()
    memory = np.maximum(shape.memory_bytes - fleet.memory_free(), 0) * fleet.per_memory()
    found: Floats = cpu + memory
    return found
