"""For a shape that fits nowhere: which hosts come nearest, and what would let it in.

Every fix was tried before it is told: the change is made to the shape or the fleet, all filters run again, and the
containers that wait are placed. One change at a time; two together only where no single one helps. Never part of a
pass: reckoned when somebody asks why.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from core.lib.quantity import show_cpu, show_memory
from scheduler.placement.filters import FILTERS, Filter
from scheduler.placement.filters.room import free_of
from scheduler.placement.fleet import Fleet
from scheduler.placement.place import place
from scheduler.placement.remedies import REMEDIES, Ask, Change
from scheduler.placement.types import Ints, Mask, Request, Shape

MISSES = 10
FIXES = 6
OF_A_KIND = 2
PAIRS = 4  # of filters that refuse a host together, so many are looked at
FIRST_OF_PAIR = 2
TRIED_MOST = 1000  # containers that are placed to see how many a fix helps
TRIED_ALONE_MOST = 50  # where each is a request of its own, because the first decides for the others
ALONE = Ask()


class Missing(NamedTuple):
    """One of the things that keep a host off. `missing`: how much, where it is an amount."""

    filter: str
    reason: str
    missing: str


class Miss(NamedTuple):
    """A host that is as near as any."""

    host: str
    reasons: tuple[Missing, ...]


class Lacking(NamedTuple):
    """So many hosts are refused by exactly these filters."""

    filters: tuple[str, ...]
    hosts: int


@dataclass(frozen=True)
class Fix:
    """Made together, these changes let it run on so many hosts; of `of` that wait `placed` would be placed."""

    changes: tuple[Change, ...]
    hosts: int
    placed: int
    of: int

    @property
    def words(self) -> str:
        """For example "lower memory to 1.7 GiB: 31 hosts"."""
        words = " and ".join(change.words for change in self.changes)
        more = "" if self.of == 1 else f", {self.placed} of {self.of} placed"
        return f"{words}: {self.hosts} {'host' if self.hosts == 1 else 'hosts'}{more}"


@dataclass(frozen=True)
class Advice:
    """`misses`: the hosts that the fewest filters refuse; `lacking`: what all of those lack, the most usual first."""

    fits: int
    misses: tuple[Miss, ...] = ()
    lacking: tuple[Lacking, ...] = ()
    fixes: tuple[Fix, ...] = ()


def advise(shape: Shape, fleet: Fleet, *, ask: Ask = ALONE) -> Advice:
    """Nothing is advised where it fits already. The fleet is not changed."""
    masks = refusals(shape, fleet)
    count = np.zeros(len(fleet), dtype=np.int64)
    for _, mask in masks:
        count += mask
    fits = int(np.count_nonzero(count == 0))
    if fits or not len(fleet):
        return Advice(fits)
    near = np.flatnonzero(count == count.min())
    single = _tried(_singles(shape, fleet, masks, np.flatnonzero(count == 1), ask), shape, fleet, ask)
    fixes = single or _tried(_pairs(shape, fleet, masks, np.flatnonzero(count == 2), ask), shape, fleet, ask)
    return Advice(0, _misses(shape, fleet, masks, near), _lacking(masks, near), _ranked(fixes))


def refusals(shape: Shape, fleet: Fleet) -> list[tuple[Filter, Mask]]:
    """Of every filter that has something to say: which hosts it refuses, whatever the others do."""
    masks = [(one, one.refused(shape, fleet)) for one in FILTERS]
    return [(one, mask) for one, mask in masks if mask is not None]


# --- what could be changed


def _singles(
    shape: Shape, fleet: Fleet, masks: Sequence[tuple[Filter, Mask]], rows: Ints, ask: Ask
) -> Iterable[tuple[Change, ...]]:
    for one, mask in masks:
        yield from ((change,) for change in _changes(one.name, shape, fleet, rows[mask[rows]], ask))


def _changes(name: str, shape: Shape, fleet: Fleet, rows: Ints, ask: Ask) -> list[Change]:
    if not len(rows):
        return []
    return [change for remedy in REMEDIES.get(name, ()) for change in remedy(shape, fleet, rows, ask)]


def _pairs(
    shape: Shape, fleet: Fleet, masks: Sequence[tuple[Filter, Mask]], rows: Ints, ask: Ask
) -> Iterable[tuple[Change, ...]]:
    """The second change is sought in what the first one leaves."""
    for names, _ in _lacking(masks, rows)[:PAIRS]:
        first, second = names
        both = [mask for one, mask in masks if one.name in names]
        at = rows[both[0][rows] & both[1][rows]]
        for change in sorted(_changes(first, shape, fleet, at, ask), key=lambda one: one.effort)[:FIRST_OF_PAIR]:
            then = change.make(shape, fleet)
            left = at[_only(second, *then)[at]]
            yield from ((change, other) for other in _changes(second, *then, left, ask))


def _only(name: str, shape: Shape, fleet: Fleet) -> Mask:
    """The hosts that this filter alone refuses."""
    alone, count = np.zeros(len(fleet), dtype=np.bool_), np.zeros(len(fleet), dtype=np.int64)
    for one, mask in refusals(shape, fleet):
        count += mask
        alone |= mask if one.name == name else False
    only: Mask = alone & (count == 1)
    return only


# --- what of it helps


def _tried(found: Iterable[tuple[Change, ...]], shape: Shape, fleet: Fleet, ask: Ask) -> list[Fix]:
    """Those that let any in, with what they do."""
    fixes = []
    for changes in dict.fromkeys(found):
        then = shape, fleet
        for change in changes:
            then = change.make(*then)
        hosts = how_many_fit(*then)
        if hosts:
            placed, of = how_many_placed(*then, ask.waiting)
            fixes.append(Fix(changes, hosts, placed, of))
    return fixes


def how_many_fit(shape: Shape, fleet: Fleet) -> int:
    out = np.zeros(len(fleet), dtype=np.bool_)
    for _, mask in refusals(shape, fleet):
        out |= mask
    return len(fleet) - int(np.count_nonzero(out))


def how_many_placed(shape: Shape, fleet: Fleet, count: int) -> tuple[int, int]:
    """How many of how many: of a great number only so many are tried as cost little."""
    first_decides = shape.volumes or shape.gpus is not None or any(rule.kin in shape.counted for rule in shape.likes)
    of = max(1, min(count, TRIED_ALONE_MOST if first_decides else TRIED_MOST))
    groups = place([Request(shape, tuple(map(str, range(of))))], fleet)
    return sum(verdict.host is not None for group in groups for verdict in group.verdicts), of


def _ranked(fixes: Sequence[Fix]) -> tuple[Fix, ...]:
    """What helps all who wait first, then by how little is asked; not more than two of a kind."""

    def worth(fix: Fix) -> tuple[bool, float, int, str]:
        return fix.placed < fix.of, round(sum(one.effort for one in fix.changes), 3), -fix.hosts, fix.words

    kept: list[Fix] = []
    kinds: dict[tuple[str, ...], int] = {}
    for fix in sorted(fixes, key=worth):
        kind = tuple(change.kind for change in fix.changes)
        kinds[kind] = kinds.get(kind, 0) + 1
        if kinds[kind] <= OF_A_KIND:
            kept.append(fix)
    return tuple(kept[:FIXES])


# --- who comes nearest


def _lacking(masks: Sequence[tuple[Filter, Mask]], rows: Ints) -> tuple[Lacking, ...]:
    found, first, counts = np.unique(
        np.stack([mask[rows] for _, mask in masks], axis=1), axis=0, return_index=True, return_counts=True
    )
    order = sorted(range(len(found)), key=lambda at: (-counts[at], first[at]))
    names = [one.name for one, _ in masks]
    return tuple(
        Lacking(tuple(name for name, is_out in zip(names, found[at], strict=True) if is_out), int(counts[at]))
        for at in order
    )


def _misses(shape: Shape, fleet: Fleet, masks: Sequence[tuple[Filter, Mask]], rows: Ints) -> tuple[Miss, ...]:
    short = np.zeros(len(rows))
    for name, need, free in _amounts(shape, fleet):
        mask = next((mask for one, mask in masks if one.name == name), None)
        if mask is not None:
            short += np.where(mask[rows], np.maximum(need - free[rows], 0) / need, 0.0)
    told = []
    for row in rows[np.lexsort((rows, short))][:MISSES].tolist():
        at = np.array([row])
        reasons = [
            Missing(
                one.name,
                one.reason(shape, fleet, row, None if one.seen is None else one.seen(shape, fleet, at)[0]),
                _missing(one.name, shape, fleet, row),
            )
            for one, mask in masks
            if mask[row]
        ]
        told.append(Miss(fleet.names[row], tuple(reasons)))
    return tuple(told)


def _amounts(shape: Shape, fleet: Fleet) -> list[tuple[str, int, Ints]]:
    """What is counted: the filter, how much is needed, how much is free."""
    found = [("cpu", shape.cpu_millis, fleet.cpu_free()), ("memory", shape.memory_bytes, fleet.memory_free())]
    found += [("resources", amount, free_of(name, fleet)) for name, amount in shape.needs]
    return [one for one in found if one[1] > 0]


def _missing(name: str, shape: Shape, fleet: Fleet, row: int) -> str:
    show: dict[str, Callable[[int], str]] = {"cpu": show_cpu, "memory": show_memory}
    if name in show:
        need, free = next((need, free) for one, need, free in _amounts(shape, fleet) if one == name)
        return show[name](need - int(free[row]))
    if name != "resources":
        return ""
    short = [(one, amount - int(free_of(one, fleet)[row])) for one, amount in shape.needs]
    return ", ".join(f"{amount} {one}" for one, amount in short if amount > 0)
