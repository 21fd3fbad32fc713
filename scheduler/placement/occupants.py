"""Who stands on a fleet's rows, as far as somebody may take their place; and the fleet without some of them.

Before: scheduler.occupants reads them. After: preempt.py chooses among them.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from scheduler.placement.fleet import Fleet
from scheduler.placement.gpus import NONE
from scheduler.placement.types import BoundPort, Ints, Shape


@dataclass(frozen=True)
class Occupant:
    """A container on a row. `service`: whose bound counts it, "" for none. `may_go`: False for what is never asked to.

    `gpus`: the numbers of its devices. Its priority is its shape's.
    """

    container: str
    row: int
    shape: Shape
    ports: tuple[BoundPort, ...] = ()
    gpus: tuple[int, ...] = ()
    service: str = ""
    may_go: bool = True

    @property
    def priority(self) -> int:
        return self.shape.priority


def without(fleet: Fleet, gone: Sequence[Occupant]) -> Fleet:
    """A copy as it will be when these have left."""
    left = fleet.copy()
    for one in gone:
        left.cpu_reserved[one.row] -= one.shape.cpu_millis
        left.memory_reserved[one.row] -= one.shape.memory_bytes
        left.containers[one.row] -= 1
    give_back(left, gone)
    return left


class Many:
    """Thousands of occupants as columns, least important first: the fleet `without` any first part of them is quick."""

    def __init__(self, occupants: Sequence[Occupant]) -> None:
        priorities = np.array([one.priority for one in occupants], dtype=np.int64)
        order = np.argsort(priorities, kind="stable")
        self.all = [occupants[at] for at in order.tolist()]
        self.priorities: Ints = priorities[order]
        self.rows: Ints = np.array([one.row for one in self.all], dtype=np.int64)
        self.cpu: Ints = np.array([one.shape.cpu_millis for one in self.all], dtype=np.int64)
        self.memory: Ints = np.array([one.shape.memory_bytes for one in self.all], dtype=np.int64)
        self._more = [at for at, one in enumerate(self.all) if has_more(one)]

    def upto(self, level: int) -> int:
        """How many are of this priority or less."""
        return int(np.searchsorted(self.priorities, level, side="right"))

    def without(self, fleet: Fleet, count: int) -> Fleet:
        left, rows = fleet.copy(), self.rows[:count]
        np.subtract.at(left.cpu_reserved, rows, self.cpu[:count])
        np.subtract.at(left.memory_reserved, rows, self.memory[:count])
        np.subtract.at(left.containers, rows, 1)
        give_back(left, [self.all[at] for at in self._more[: bisect_left(self._more, count)]])
        return left


def has_more(one: Occupant) -> bool:
    """Whether it holds more than CPU and memory."""
    shape = one.shape
    return bool(shape.needs or one.ports or one.gpus or shape.counted or shape.near)


def give_back(left: Fleet, gone: Sequence[Occupant]) -> None:
    """All that they hold besides CPU and memory."""
    for one in gone:
        if one.shape.needs:
            _give_back(left, one)
        if one.ports:
            release_ports(left, one.row, one.ports)
        if one.gpus:
            _free_devices(left, one)
        if one.shape.counted or one.shape.near:
            part(left, one.row, one.shape)


def _give_back(fleet: Fleet, one: Occupant) -> None:
    for name, amount in one.shape.needs:
        if name in fleet.resources:
            fleet.resources[name].reserved[one.row] -= amount


def release_ports(fleet: Fleet, row: int, ports: Iterable[BoundPort]) -> None:
    for port in ports:
        key = (row, port.host_port)
        held = fleet.used_ports.get(key, frozenset())
        left = held - {(port.host_address, port.protocol)}
        if left:
            fleet.used_ports[key] = left
        elif held:
            del fleet.used_ports[key]
            fleet.ports_busy[row] -= key not in fleet.barred_ports and fleet.in_range(port.host_port)


def _free_devices(fleet: Fleet, one: Occupant) -> None:
    """Of those that are still there."""
    if fleet.park is not None and one.shape.gpus is not None:
        there = fleet.park.free[one.row]
        there[[at for at in one.gpus if at < len(there) and there[at] != NONE]] += one.shape.gpus.millis
        fleet.park.changes[one.row] += 1


def part(fleet: Fleet, row: int, shape: Shape) -> None:
    """One of this shape on the row is company to nobody any more."""
    shunned = {(rule.kin, rule.within) for rule in shape.near if rule.apart}
    for counts in (
        *(fleet.company.get(kin, {}) for kin in shape.counted),
        *(fleet.shunned.get(key, {}) for key in shunned),
    ):
        if row in counts:
            counts[row] -= 1
            if not counts[row]:
                del counts[row]
