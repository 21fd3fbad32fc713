"""Whom a container that fits nowhere may take the place of: one host, and the fewest and least important there.

First the lowest level of priority at which any host could be cleared is found, all hosts at once; then each host that
can be is searched exactly, the most promising first, within a bound on the work. Labels, taints, the architecture and
the like are never mended by making room. Before: place() has refused it. After: scheduler.giving_way stops the victims.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from scheduler.placement.filters import AFFINITY, FILTERS
from scheduler.placement.fleet import Fleet
from scheduler.placement.look import DIGITS, look
from scheduler.placement.occupants import Many, Occupant
from scheduler.placement.room_made import Budget, Room, cheapest
from scheduler.placement.scores import terms
from scheduler.placement.types import Ints, Mask, Shape

WORK = 20_000  # nodes of the search for one container; what is left after that is searched greedily
STATIC = tuple(one for one in FILTERS if one is not AFFINITY)


@dataclass(frozen=True)
class Choice:
    """`victims` least important first. `exact`: False when the bound on the work was reached."""

    row: int
    victims: tuple[Occupant, ...]
    exact: bool = True


@dataclass(frozen=True)
class Key:
    """What makes a choice better; of two the lesser. The most important victim is compared by levels, before this."""

    count: int
    total: int
    worth: float
    row: int

    def order(self) -> tuple[int, int, float, int]:
        return self.count, self.total, -self.worth, self.row


def choose(
    shape: Shape, fleet: Fleet, occupants: Sequence[Occupant], *, may_miss: Mapping[str, int], work: int = WORK
) -> Choice | None:
    """None when nobody less important could make room. `may_miss`: of each service, how many may go now.

    The best is where the most important victim is least important; then the fewest victims, the least important in
    all, the best host by its score as it stands, and its name.
    """
    able = [one for one in occupants if is_able(one, shape.priority, may_miss)]
    if not able:
        return None
    search = Search(shape, fleet, able, may_miss, Budget(work))
    for level in search.levels():
        found = search.best(level)
        if found is not None:
            return found
    return None


def is_able(one: Occupant, priority: int, may_miss: Mapping[str, int]) -> bool:
    """Whether it may be asked to go for something of this priority, looked at alone."""
    return one.may_go and one.priority < priority and (not one.service or may_miss.get(one.service, 0) > 0)


class Search:
    """One search; occupants in the order of importance, so that a level is a first part of them."""

    def __init__(
        self, shape: Shape, fleet: Fleet, able: Sequence[Occupant], may_miss: Mapping[str, int], budget: Budget
    ) -> None:
        self.shape, self.fleet, self.may_miss, self.budget = shape, fleet, may_miss, budget
        self.able = Many(able)
        self.worth = np.round(sum((term.first for term in terms(shape, fleet)), np.zeros(len(fleet))), DIGITS)

    def levels(self) -> Sequence[int]:
        """Priorities of victims from the first on at which some host could be cleared, found by halving."""
        levels: list[int] = np.unique(self.able.priorities).tolist()
        low, high = 0, len(levels)
        while low < high:
            middle = (low + high) // 2
            if self.clearable(levels[middle]).any():
                high = middle
            else:
                low = middle + 1
        return levels[low:]

    def clearable(self, level: int) -> Mask:
        """Hosts that would take it if everybody up to this level left. Whom it wants to be beside is left there."""
        cleared = self.able.without(self.fleet, self.able.upto(level))
        mask = np.zeros(len(self.fleet), dtype=np.bool_)
        mask[look(self.shape, cleared, filters=STATIC, terms=()).fits] = True
        alone = AFFINITY.refused(self.shape, self.fleet)
        return mask if alone is None else mask & ~alone

    def best(self, level: int) -> Choice | None:
        """The best of the hosts that can be cleared at this level; the least that each would need is known first."""
        rows = np.flatnonzero(self.clearable(level))
        count = self.able.upto(level)
        promises = self.promises(rows, count)
        best: tuple[Key, Choice] | None = None
        for promise in sorted(promises, key=Key.order):
            if best is not None and (self.budget.spent or best[0].order() <= promise.order()):
                break
            found = self._on(promise, self._there(promise.row, count))
            if found is not None and (best is None or found[0].order() < best[0].order()):
                best = found
        return best[1] if best else None

    def _there(self, row: int, count: int) -> list[Occupant]:
        return [self.able.all[at] for at in np.flatnonzero(self.able.rows[:count] == row).tolist()]

    def _on(self, promise: Key, there: Sequence[Occupant]) -> tuple[Key, Choice] | None:
        room = Room(self.shape, self.fleet, promise.row, there, self.may_miss)
        victims = cheapest(room, self.budget)
        if victims is None:
            return None
        total = sum(one.priority for one in victims)
        key = Key(len(victims), total, promise.worth, promise.row)
        return key, Choice(promise.row, tuple(victims), exact=not self.budget.spent)

    def promises(self, rows: Ints, count: int) -> list[Key]:
        """Per row what a choice there can be at best: fewer victims cannot be enough for CPU and memory."""
        at = self.able.rows[:count]
        needed = np.ones(len(self.fleet), dtype=np.int64)
        for lack, frees in (
            (self.shape.cpu_millis - self.fleet.cpu_free(), self.able.cpu[:count]),
            (self.shape.memory_bytes - self.fleet.memory_free(), self.able.memory[:count]),
        ):
            needed = np.maximum(needed, fewest(at, frees, lack))
        totals = least_totals(at, self.able.priorities[:count], needed)
        return [Key(int(needed[row]), int(totals[row]), float(self.worth[row]), row) for row in rows.tolist()]


def fewest(at: Ints, frees: Ints, lack: Ints) -> Ints:
    """Per row: how many of the occupants `at` it must leave at least, by what each frees, until nothing lacks."""
    order = np.lexsort((-frees, at))
    rows, sums = at[order], np.cumsum(frees[order])
    starts = np.searchsorted(rows, np.arange(len(lack)))
    before = np.where(starts > 0, sums[starts - 1], 0) if len(sums) else np.zeros(len(lack), dtype=np.int64)
    short = sums - before[rows] < lack[rows]
    found: Ints = np.zeros(len(lack), dtype=np.int64)
    np.add.at(found, rows[short], 1)
    return np.where(lack > 0, found + 1, 0)


def least_totals(at: Ints, priorities: Ints, needed: Ints) -> Ints:
    """Per row: the sum of its `needed` lowest priorities."""
    order = np.lexsort((priorities, at))
    rows, values = at[order], priorities[order]
    place = np.arange(len(rows)) - np.searchsorted(rows, rows)
    found = np.zeros(len(needed), dtype=np.int64)
    counted = place < needed[rows]
    np.add.at(found, rows[counted], values[counted])
    return found
