"""Fewer GPUs, or of any model. Part of remedies.

No share instead of a whole one, and no sharing where the operator does not want it: that is not a smaller wish but
another one.
"""

from __future__ import annotations

from scheduler.placement.filters.gpus import GPUS
from scheduler.placement.fleet import Fleet
from scheduler.placement.gpus import GpuWish
from scheduler.placement.remedies.base import EFFORT_CONSTRAINT, Ask, Change, of_shape
from scheduler.placement.types import Ints, Shape


def fewer(shape: Shape, fleet: Fleet, rows: Ints, ask: Ask) -> list[Change]:
    """As many as one host has."""
    wish = shape.gpus
    for number in range(wish.number - 1, 0, -1) if wish else ():
        assert wish is not None
        less = wish._replace(number=number)
        if fits_any(less, shape, fleet, rows):
            shown = f"{number} {'GPU' if number == 1 else 'GPUs'}"
            lost = 1 - number / wish.number
            make = of_shape(gpus=less)
            return [Change("gpus", "resources.gpus", {"count": number}, f"ask for {shown}", lost, make, shown)]
    return []


def any_model(shape: Shape, fleet: Fleet, rows: Ints, ask: Ask) -> list[Change]:
    wish = shape.gpus
    if wish is None or not wish.models or not fits_any(wish._replace(models=frozenset()), shape, fleet, rows):
        return []
    shown = " or ".join(sorted(wish.models))
    words = f"take GPUs of any model, not only {shown}"
    make = of_shape(gpus=wish._replace(models=frozenset()))
    return [Change("gpu-models", "resources.gpus", {"models": []}, words, EFFORT_CONSTRAINT, make, shown)]


def fits_any(wish: GpuWish, shape: Shape, fleet: Fleet, rows: Ints) -> bool:
    refused = GPUS.refused(of_shape(gpus=wish)(shape, fleet)[0], fleet)
    return refused is None or not refused[rows].all()
