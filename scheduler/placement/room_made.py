"""Making room on one host: the fewest of its occupants, and of those the least important, after whom the shape fits.

Part of preempt.py. What the shape lacks is a number for each thing it lacks, and each occupant frees so much of each;
devices and company are looked at by the filters themselves when the numbers are right.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from scheduler.placement.filters import FILTERS
from scheduler.placement.filters.claims import in_the_way
from scheduler.placement.filters.company import here
from scheduler.placement.filters.ports import ports_needed
from scheduler.placement.filters.room import free_of
from scheduler.placement.fleet import Fleet
from scheduler.placement.look import look
from scheduler.placement.occupants import Occupant, without
from scheduler.placement.ports import address_of, clashes
from scheduler.placement.types import Ints, PortWish, Shape


@dataclass
class Budget:
    """How many nodes of the search are left."""

    left: int

    @property
    def spent(self) -> bool:
        return self.left <= 0


class Room:
    """One host: its occupants that may go, least important first, what lacks, and what each of them frees."""

    def __init__(
        self, shape: Shape, fleet: Fleet, row: int, there: Sequence[Occupant], may_miss: Mapping[str, int]
    ) -> None:
        self.shape, self.fleet, self.row, self.may_miss = shape, fleet, row, may_miss
        lacks = [(lack, frees) for lack, frees in _lacks(shape, fleet, row, there) if lack > 0]
        self.lack = np.array([lack for lack, _ in lacks], dtype=np.int64)
        frees = np.array([frees for _, frees in lacks], dtype=np.int64).reshape(len(lacks), len(there)).T
        useful = np.minimum(frees, self.lack).sum(axis=1, dtype=np.float64)
        order = sorted(range(len(there)), key=lambda at: (there[at].priority, -useful[at], there[at].container))
        self.there = [there[at] for at in order]
        self.frees = frees[order]
        self.by_hand = any(not rule.apart for rule in shape.near) or shape.gpus is not None

    def fits(self, victims: Sequence[int]) -> bool:
        """Whether the numbers are right, the services may miss them, and every filter lets the shape through."""
        if (self.frees[list(victims)].sum(axis=0) < self.lack).any() or not self.allowed(victims):
            return False
        return not self.by_hand or self.proved(victims)

    def is_possible(self) -> bool:
        """Whether all that may go together would be enough of each thing, looked at alone."""
        free = [at for at, one in enumerate(self.there) if not one.service]
        most = self.frees[free].sum(axis=0)
        for service in {one.service for one in self.there if one.service}:
            own = self.frees[[at for at, one in enumerate(self.there) if one.service == service]]
            most = most - np.sort(-own, axis=0)[: self.may_miss.get(service, 0)].sum(axis=0)
        return bool((most >= self.lack).all())

    def allowed(self, victims: Sequence[int]) -> bool:
        counts: dict[str, int] = {}
        for at in victims:
            service = self.there[at].service
            counts[service] = counts.get(service, 0) + 1
        return all(not service or count <= self.may_miss.get(service, 0) for service, count in counts.items())

    def proved(self, victims: Sequence[int]) -> bool:
        """By the filters themselves, on the fleet without them."""
        after = without(self.fleet, [self.there[at] for at in victims])
        return self.row in look(self.shape, after, filters=FILTERS, terms=()).fits


def _lacks(shape: Shape, fleet: Fleet, row: int, there: Sequence[Occupant]) -> Iterator[tuple[int, list[int]]]:
    """Each thing the shape may lack here: how much of it, and how much of it each occupant frees."""
    kept = [one.shape for one in in_the_way(shape, fleet).get(row, ())]
    if shape.cpu_millis:
        lack = shape.cpu_millis + sum(one.cpu_millis for one in kept) - int(fleet.cpu_free()[row])
        yield lack, [one.shape.cpu_millis for one in there]
    if shape.memory_bytes:
        lack = shape.memory_bytes + sum(one.memory_bytes for one in kept) - int(fleet.memory_free()[row])
        yield lack, [one.shape.memory_bytes for one in there]
    for name, amount in shape.needs:
        lack = amount + sum(dict(one.needs).get(name, 0) for one in kept) - int(free_of(name, fleet)[row])
        yield lack, [dict(one.shape.needs).get(name, 0) for one in there]
    if shape.chosen_ports():
        lack = ports_needed(shape, fleet) - int(fleet.ports_free()[row])
        yield lack, [len({port.host_port for port in one.ports if fleet.in_range(port.host_port)}) for one in there]
    for wish in shape.asked_ports():
        yield _clashes(wish, fleet, row, there)
    yield from _company(shape, fleet, row, there)


def _clashes(wish: PortWish, fleet: Fleet, row: int, there: Sequence[Occupant]) -> tuple[int, list[int]]:
    """Whoever holds the port, or one that clashes with it, must go."""
    assert wish.host_port is not None
    address = address_of(wish, fleet, row)

    def held(ports: frozenset[tuple[str, str]]) -> int:
        return sum(clashes(address, wish.protocol, frozenset({one})) for one in ports)

    own = [frozenset((p.host_address, p.protocol) for p in one.ports if p.host_port == wish.host_port) for one in there]
    barred = held(fleet.barred_ports.get((row, wish.host_port), frozenset()))
    return held(fleet.used_ports.get((row, wish.host_port), frozenset())) + barred, [held(ports) for ports in own]


def _company(shape: Shape, fleet: Fleet, row: int, there: Sequence[Occupant]) -> Iterator[tuple[int, list[int]]]:
    """All that it must be apart from, all that must be apart from it, and of its own kind what is too many."""
    for rule in shape.at_most:
        count = int(here(fleet, fleet.company.get(rule.kin, {}), rule.within)[row])
        yield count - rule.most + 1, [int(rule.kin in one.shape.counted) for one in there]
    for near in shape.near:
        if near.apart:
            count = int(here(fleet, fleet.company.get(near.kin, {}), near.within)[row])
            yield count, [int(near.kin in one.shape.counted) for one in there]
    for (kin, within), counts in fleet.shunned.items():
        if kin in shape.counted:
            shuns = [any(r.apart and (r.kin, r.within) == (kin, within) for r in one.shape.near) for one in there]
            yield int(here(fleet, counts, within)[row]), [int(one) for one in shuns]


def cheapest(room: Room, budget: Budget) -> list[Occupant] | None:
    """The fewest, and of those the least important in all; greedy and pruned once the budget is spent."""
    if not room.is_possible():
        return None
    found = None if budget.spent else _exact(room, budget)
    if found is None and budget.spent:
        found = _greedy(room)
    if found is None or not room.proved(found):
        return None
    return [room.there[at] for at in sorted(found)]


def _exact(room: Room, budget: Budget) -> list[int] | None:
    for count in range(1, len(room.there) + 1):
        if not _reaches(room, count):
            continue
        found = Depth(room, count, budget).search()
        if found is not None or budget.spent:
            return found
    return None


def _reaches(room: Room, count: int) -> bool:
    """Whether the `count` that free the most of each thing free enough."""
    best = -np.sort(-room.frees, axis=0)[:count]
    return bool((best.sum(axis=0) >= room.lack).all())


class Depth:
    """All sets of `count` victims that are enough, in the order of importance; of the least important the first."""

    def __init__(self, room: Room, count: int, budget: Budget) -> None:
        self.room, self.count, self.budget = room, count, budget
        self.most = _suffixes(room.frees, count)
        self.sums = np.concatenate(([0], np.cumsum([one.priority for one in room.there])))
        self.best: tuple[int, list[int]] | None = None

    def search(self) -> list[int] | None:
        self._from(0, [], self.room.lack, 0)
        return None if self.best is None or self.budget.spent else self.best[1]

    def _from(self, start: int, taken: list[int], lack: Ints, total: int) -> None:
        self.budget.left -= 1
        left = self.count - len(taken)
        if left == 0:
            if self.room.fits(taken):
                self.best = (total, list(taken))
            return
        for at in range(start, len(self.room.there) - left + 1):
            least = total + int(self.sums[at + left] - self.sums[at])
            if self.budget.spent or (self.best is not None and least >= self.best[0]):
                return
            if (self.most[left][at] < lack).any():
                return  # what follows frees no more
            chosen = [*taken, at]
            if self.room.allowed(chosen):
                self._from(at + 1, chosen, lack - self.room.frees[at], total + self.room.there[at].priority)


def _suffixes(frees: Ints, count: int) -> list[Ints]:
    """For 0 to `count` victims and each start: the most of each thing that so many from there on free."""
    length = len(frees)
    most = [np.zeros((length + 1, frees.shape[1]), dtype=np.int64) for _ in range(count + 1)]
    for start in range(length - 1, -1, -1):
        best = -np.sort(-frees[start:], axis=0)[:count]
        sums = np.cumsum(best, axis=0)
        for number in range(1, count + 1):
            most[number][start] = sums[min(number, len(sums)) - 1]
    return most


def _greedy(room: Room) -> list[int] | None:
    """The least important first until it fits; then, the most important first, whoever was superfluous stays."""
    taken: list[int] = []
    for at in range(len(room.there)):
        if not room.allowed([*taken, at]):
            continue
        taken.append(at)
        if room.fits(taken):
            return _pruned(room, taken)
    return None


def _pruned(room: Room, taken: list[int]) -> list[int]:
    kept = list(taken)
    for at in reversed(taken):
        fewer = [one for one in kept if one != at]
        if fewer and room.fits(fewer):
            kept = fewer
    return kept
