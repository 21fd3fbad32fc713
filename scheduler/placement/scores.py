"""Scores: among the hosts that fit, which is best. Higher is better; equal totals go by the host's name.

A score gives, per row, what the first container of the shape is worth there and how that changes with each further
one, so that place() can put many at once. The tuple at the bottom is the policy.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from scheduler.placement.types import Fleet, Floats, Ints, Shape, Term

FULL_OF_CONTAINERS = 100  # so many containers without requests weigh as much as a host with all its memory reserved
IMAGE_BONUS = 0.5 / (3 * FULL_OF_CONTAINERS)  # half a container: decides among hosts that are otherwise equal
FAILED_THERE = -10.0  # outweighs everything else: only where nothing else is left


@dataclass(frozen=True)
class Score:
    """`value` (shape, fleet) -> (worth of the first container, change per further one)."""

    name: str
    value: Callable[[Shape, Fleet], tuple[Floats, Floats]]


def share(part: Ints | int, whole: Ints) -> Floats:
    shares: Floats = np.asarray(part / np.maximum(whole, 1), dtype=np.float64)
    return shares


def spread(shape: Shape, fleet: Fleet) -> tuple[Floats, Floats]:
    """1 minus the mean of three loads after placing: CPU reserved, memory reserved, containers."""
    cpu, memory = share(shape.cpu_millis, fleet.cpu_allocatable), share(shape.memory_bytes, fleet.memory_allocatable)
    each = (cpu + memory + 1 / FULL_OF_CONTAINERS) / 3
    before = (
        share(fleet.cpu_reserved, fleet.cpu_allocatable)
        + share(fleet.memory_reserved, fleet.memory_allocatable)
        + fleet.containers / FULL_OF_CONTAINERS
    ) / 3
    return 1 - before - each, -each


def image_present(shape: Shape, fleet: Fleet) -> tuple[Floats, Floats]:
    present = fleet.rows_mask(fleet.images.get(shape.image, ()))
    return np.where(present, IMAGE_BONUS, 0.0), np.zeros(len(fleet))


def failed_there(shape: Shape, fleet: Fleet) -> tuple[Floats, Floats]:
    """An attempt of this slot never came to run on that host: try another first."""
    if not shape.failed_on:
        return np.zeros(len(fleet)), np.zeros(len(fleet))
    failed = np.isin(fleet.ids, sorted(shape.failed_on))
    return np.where(failed, FAILED_THERE, 0.0), np.zeros(len(fleet))


SCORES: tuple[Score, ...] = (
    Score("spread", spread),
    Score("image", image_present),
    Score("failed there", failed_there),
)


def terms(shape: Shape, fleet: Fleet, *, scores: Sequence[Score] = SCORES) -> list[Term]:
    """Every score of this shape over all rows; those that say nothing about any row are left out."""
    found = [Term(score.name, *score.value(shape, fleet)) for score in scores]
    return [term for term in found if term.first.any() or term.step.any()]
