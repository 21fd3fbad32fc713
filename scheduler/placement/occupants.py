"""Who stands on a fleet's rows, as far as somebody may take their place; and the fleet without some of them.

Before: scheduler.occupants reads them. After: preempt.py chooses among them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from scheduler.placement.fleet import Fleet
from scheduler.placement.types import BoundPort, Shape


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
    if not gone:
        return left
    rows = np.array([one.row for one in gone], dtype=np.int64)
    np.subtract.at(left.cpu_reserved, rows, [one.shape.cpu_millis for one in gone])
    np.subtract.at(left.memory_reserved, rows, [one.shape.memory_bytes for one in gone])
    np.subtract.at(left.containers, rows, 1)
    for one in gone:
        if one.shape.needs:
            _give_back(left, one)
        if one.ports:
            release_ports(left, one.row, one.ports)
        if one.gpus:
            _free_devices(left, one)
        if one.shape.counted or one.shape.near:
            _part(left, one)
    return left


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
    if fleet.park is not None and one.shape.gpus is not None:
        fleet.park.free[one.row, list(one.gpus)] += one.shape.gpus.millis
        fleet.park.changes[one.row] += 1


def _part(fleet: Fleet, one: Occupant) -> None:
    """It is company to nobody any more."""
    shunned = {(rule.kin, rule.within) for rule in one.shape.near if rule.apart}
    for counts in (
        *(fleet.company.get(kin, {}) for kin in one.shape.counted),
        *(fleet.shunned.get(key, {}) for key in shunned),
    ):
        if one.row in counts:
            counts[one.row] -= 1
            if not counts[one.row]:
                del counts[one.row]
