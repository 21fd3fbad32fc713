"""Scores: among the hosts that fit, which is best. Higher is better; equal totals go by the host's name.

A score gives, per row, what the first container of the shape is worth there and how that changes with each further
one, so that place() can put many at once. The policy of the shape weighs them (policy.py); those in FIXED always count.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from hosts.taints import Taint
from scheduler.placement import weighed
from scheduler.placement.company import HOST
from scheduler.placement.filters.company import here
from scheduler.placement.fleet import Fleet
from scheduler.placement.types import Shape, Term

IMAGE_BONUS = 0.5 / (3 * weighed.FULL_OF_CONTAINERS)  # half a container: decides among hosts that are otherwise equal
WISH = 1 / 10  # of a wish's weight: at 10 it outweighs how full a host is, or one of the same service there
AVOIDED = -1_000.0  # for each taint: outweighs all that, and wishes: the last resort
FAILED_THERE = -100_000.0  # outweighs everything else: only where nothing else is left


@dataclass(frozen=True)
class Score:
    """`value` (shape, fleet) -> the term; None where it says nothing about any row."""

    name: str
    value: Callable[[Shape, Fleet], Term | None]


def spread(shape: Shape, fleet: Fleet) -> Term:
    """1 minus the mean of three loads after placing: CPU reserved, memory reserved, containers."""
    before, each = weighed.loads(shape, fleet)
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
    """Wishes about others: so much of the weight where they are beside, less by it for each to be apart from."""
    if not shape.likes:
        return None
    first, step = np.zeros(len(fleet)), np.zeros(len(fleet))
    for rule in shape.likes:
        there = here(fleet, fleet.company.get(rule.kin, {}), rule.within)
        first = first + rule.weight * WISH * (-np.maximum(there, 0) if rule.apart else there > 0)
        if rule.apart and rule.within == HOST and rule.kin in shape.counted:
            step = step - rule.weight * WISH
    return Term("company", first, step)


def apart_within(shape: Shape, fleet: Fleet) -> list[Term]:
    """How the worth of a domain of several hosts falls by what goes there of its own kin; nothing at first."""
    found = []
    for rule in shape.likes:
        if rule.apart and rule.within != HOST and rule.kin in shape.counted:
            nothing = np.zeros(len(fleet))
            codes = fleet.domain(rule.within).codes
            found.append(Term(f"apart in {rule.within}", nothing, nothing, codes=codes, per=-rule.weight * WISH))
    return found


FIXED: tuple[Score, ...] = (
    Score("avoided", avoided),
    Score("company", company),
    Score("failed there", failed_there),
)
WEIGHED: Mapping[str, Callable[[Shape, Fleet], Term | None]] = {
    "spread": spread,
    "pack": weighed.pack,
    "balance": weighed.balance,
    "usage": weighed.usage,
    "fewest": weighed.fewest,
    "zones": weighed.zones,
    "image": image_present,
    "stay": weighed.stay,
    "fragments": weighed.fragments,
}


def terms(shape: Shape, fleet: Fleet) -> list[Term]:
    """Every score of this shape over all rows, by its policy; those that say nothing about any row are left out."""
    found = [times(WEIGHED[name](shape, fleet), weight) for name, weight in shape.policy.weights]
    found += [score.value(shape, fleet) for score in FIXED]
    return [*(term for term in found if term is not None), *apart_within(shape, fleet)]


def times(term: Term | None, weight: float) -> Term | None:
    """The term by its weight."""
    if term is None or weight == 1:
        return term
    bend = term.bend
    return replace(
        term,
        first=term.first * weight,
        step=term.step * weight,
        bend=None if bend is None else lambda row, got: weight * bend(row, got),
        per=term.per * weight,
    )
