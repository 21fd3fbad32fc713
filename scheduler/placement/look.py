"""One look at the fleet for one shape as it stands now: which hosts are refused by what, and what the rest is worth.

Before: place() asks for it. After: deal() gives the hosts out, explain() says in words what was seen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from scheduler.placement.filters import Filter
from scheduler.placement.fleet import Fleet
from scheduler.placement.types import Floats, Ints, Mask, Shape, Step, Term

DIGITS = 9  # of a total: what differs by less is equal
NEARLY = 10.0**-8


@dataclass
class Look:
    """`masks` are those of the filters that have something to say, by the filter's place in the order."""

    shape: Shape
    fleet: Fleet
    filters: Sequence[Filter]
    masks: Sequence[tuple[int, Mask]]
    fits: Ints
    funnel: tuple[Step, ...]
    terms: Sequence[Term]
    _best: Ints | None = None

    def best(self, count: int) -> Ints:
        """The `count` best of the rows that fit, best first; asked for the most first, it is found once."""
        if self._best is None or len(self._best) < min(count, len(self.fits)):
            self._best = best_of(self.worth, self.fits, count)
        return self._best[:count]

    @cached_property
    def worth(self) -> Floats:
        """Per row: the total for the first container of the shape; not rounded, see best_of."""
        total = np.zeros(len(self.fleet))
        for term in self.terms:
            total = total + term.first
        return total

    def blame(self, rows: Ints) -> Ints:
        """Of these rows: the index of the first filter that refuses each, or -1."""
        blame = np.full(len(rows), -1, dtype=np.int64)
        for index, mask in self.masks:
            blame[(blame < 0) & mask[rows]] = index
        return blame

    def room(self, rows: Ints, count: int) -> Ints:
        """Of these rows, which fit: how many containers of this shape each can take, at most `count`."""
        room = np.full(len(rows), count, dtype=np.int64)
        for one in self.filters:
            left = one.room(self.shape, self.fleet, rows) if one.room is not None else None
            if left is not None:
                room = np.minimum(room, left)
        return room


def look(shape: Shape, fleet: Fleet, *, filters: Sequence[Filter], terms: Sequence[Term]) -> Look:
    """Every filter once, in order. The funnel tells how many hosts each refused of those that were left; those that
    have nothing to say about the shape do not stand in it."""
    alive = np.ones(len(fleet), dtype=np.bool_)
    left, masks, funnel = len(fleet), [], []
    for index, one in enumerate(filters):
        mask = one.refused(shape, fleet)
        if mask is None:
            continue
        refused = int(np.count_nonzero(alive & mask))
        if refused:
            alive &= ~mask
            masks.append((index, mask))
        left -= refused
        funnel.append(Step(one.name, refused, left))
    return Look(shape, fleet, filters, masks, np.flatnonzero(alive), tuple(funnel), terms)


def best_of(values: Floats, rows: Ints, count: int) -> Ints:
    """The `count` rows with the greatest values, rounded to DIGITS; of equal ones the first by name. Best first."""
    among = values[rows]
    if len(rows) > count:
        edge = np.partition(among, len(rows) - count)[len(rows) - count]
        near = among >= edge - NEARLY
        rows, among = rows[near], among[near]
    order = np.lexsort((rows, -np.round(among, DIGITS)))
    return rows[order[:count]]
