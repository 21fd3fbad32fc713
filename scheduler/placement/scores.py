"""Scores: among the hosts that fit, which is best. Higher is better; equal totals go by the host's name.

A score gives, per row, what the first container of the shape is worth there and how that changes with each further
one, so that place() can put many at once. The tuple at the bottom is the policy.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from hosts.taints import Taint
from scheduler.placement.company import HOST
from scheduler.placement.filters.company import here
from scheduler.placement.fleet import Fleet
from scheduler.placement.types import Shape, Term

FULL_OF_CONTAINERS = 100  # so many containers without requests weigh as much as a host with all its memory reserved
IMAGE_BONUS = 0.5 / (3 * FULL_OF_CONTAINERS)  # half a container: decides among hosts that are otherwise equal
AVOIDED = -5.0  # for each taint: outweighs how full a host is
FAILED_THERE = -200.0  # outweighs everything else: only where nothing else is left


@dataclass(frozen=True)
class Score:
    """`value` (shape, fleet) -> the term; None where it says nothing about any row."""

    name: str
    value: Callable[[Shape, Fleet], Term | None]


def spread(shape: Shape, fleet: Fleet) -> Term:
    """1 minus the mean of three loads after placing: CPU reserved, memory reserved, containers."""
    cpu, memory = fleet.per_cpu(), fleet.per_memory()
    each = (shape.cpu_millis * cpu + shape.memory_bytes * memory + 1 / FULL_OF_CONTAINERS) / 3
    before = (fleet.cpu_reserved * cpu + fleet.memory_reserved * memory + fleet.containers / FULL_OF_CONTAINERS) / 3
    return Term("spread", 1 - before - each, -each)


def image_present(shape: Shape, fleet: Fleet) -> Term | None:
    rows = fleet.images.get(shape.image)
    if not rows:
        return None
    return Term("image", np.where(fleet.rows_mask(rows), IMAGE_BONUS, 0.0), np.zeros(len(fleet)))


def failed_there(shape: Shape, fleet: Fleet) -> Term | None:
    """An attempt of this slot never came to run on that host: try another first."""
    if not shape.failed_on:
        return None
    failed = np.isin(fleet.ids, sorted(shape.failed_on))
    return Term("failed there", np.where(failed, FAILED_THERE, 0.0), np.zeros(len(fleet))) if failed.any() else None


def avoided(shape: Shape, fleet: Fleet) -> Term | None:
    """A taint that is to be avoided: the host is taken when no other is left."""
    if not fleet.once("avoided", lambda: any(one.avoid for taints in fleet.taints for one in taints)):
        return None
    worth = fleet.once(
        ("avoided", shape.tolerations),
        lambda: np.array([AVOIDED * counted_taints(shape, taints) for taints in fleet.taints], dtype=np.float64),
    )
    return Term("avoided", worth, np.zeros(len(fleet))) if worth.any() else None


def counted_taints(shape: Shape, taints: Sequence[Taint]) -> int:
    return sum(taint.avoid and not taint.is_tolerated(shape.tolerations) for taint in taints)


def company(shape: Shape, fleet: Fleet) -> Term | None:
    """Wishes about others: a hundredth of the weight where they are beside, less by it for each to be apart from."""
    if not shape.likes:
        return None
    first, step = np.zeros(len(fleet)), np.zeros(len(fleet))
    for rule in shape.likes:
        there = here(fleet, fleet.company.get(rule.kin, {}), rule.within)
        first = first + rule.weight / 100 * (-np.maximum(there, 0) if rule.apart else there > 0)
        if rule.apart and rule.within == HOST and rule.kin in shape.counted:
            step = step - rule.weight / 100
    return Term("company", first, step)


def apart_within(shape: Shape, fleet: Fleet) -> list[Term]:
    """How the worth of a domain of several hosts falls by what goes there of its own kin; nothing at first."""
    found = []
    for rule in shape.likes:
        if rule.apart and rule.within != HOST and rule.kin in shape.counted:
            nothing = np.zeros(len(fleet))
            codes = fleet.domain(rule.within).codes
            found.append(Term(f"apart in {rule.within}", nothing, nothing, codes=codes, per=-rule.weight / 100))
    return found


SCORES: tuple[Score, ...] = (
    Score("spread", spread),
    Score("image", image_present),
    Score("avoided", avoided),
    Score("company", company),
    Score("failed there", failed_there),
)


def terms(shape: Shape, fleet: Fleet, *, scores: Sequence[Score] = SCORES) -> list[Term]:
    """Every score of this shape over all rows; those that say nothing about any row are left out."""
    found = [score.value(shape, fleet) for score in scores]
    return [*(term for term in found if term is not None), *apart_within(shape, fleet)]
