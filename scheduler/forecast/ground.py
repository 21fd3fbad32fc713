"""The room of a fleet while a forecast goes on: taken by what is placed, given back by what ends, and its peaks. Pure.

Before: the forecast binds or ends a container. After: placement sees what is left.
"""

from __future__ import annotations

import numpy as np

from scheduler.forecast.types import Body, Extra
from scheduler.placement import Fleet
from scheduler.placement.occupants import Occupant, give_back, part


class Ground:
    """A copy of the fleet that changes, beside what was booked on it at the beginning."""

    def __init__(self, fleet: Fleet) -> None:
        self.fleet = fleet.copy()
        self.rows = {int(host): row for row, host in enumerate(fleet.ids.tolist())}
        self.version = 0
        self._cpu, self._memory = fleet.cpu_reserved.copy(), fleet.memory_reserved.copy()
        self._most_cpu, self._most_memory = np.zeros_like(self._cpu), np.zeros_like(self._memory)
        self._peak = Extra(0, 0)

    def take(self, body: Body) -> None:
        """It is booked from now on."""
        if body.host is None:
            return
        row = self.rows[body.host]
        self.fleet.add([row], body.shape)
        self.fleet.take_ports(row, body.ports)
        if body.gpus and self.fleet.park is not None and body.shape.gpus is not None:
            self.fleet.park.take(row, body.gpus, body.shape.gpus.millis)
        self.version += 1

    def measure(self) -> None:
        """Remember the worst moments; called when more was taken."""
        cpu, memory = self.fleet.cpu_reserved - self._cpu, self.fleet.memory_reserved - self._memory
        self._most_cpu, self._most_memory = np.maximum(self._most_cpu, cpu), np.maximum(self._most_memory, memory)
        self._peak = Extra(max(self._peak.cpu_millis, int(cpu.sum())), max(self._peak.memory_bytes, int(memory.sum())))

    @property
    def peak(self) -> Extra:
        return self._peak

    def peaks(self) -> dict[str, Extra]:
        rows = np.flatnonzero((self._most_cpu > 0) | (self._most_memory > 0)).tolist()
        found = {row: Extra(int(self._most_cpu[row]), int(self._most_memory[row])) for row in rows}
        return {self.fleet.names[row]: extra for row, extra in found.items()}

    def give_back(self, body: Body, *, booked: bool = False) -> None:
        """It is no company to others any more; its room is free again unless it stays `booked` on a lost host."""
        if body.host is None or body.host not in self.rows:
            return
        row, fleet = self.rows[body.host], self.fleet
        fleet.containers[row] -= 1
        if booked:
            part(fleet, row, body.shape)
        else:
            fleet.cpu_reserved[row] -= body.shape.cpu_millis
            fleet.memory_reserved[row] -= body.shape.memory_bytes
            give_back(fleet, [Occupant("", row, body.shape, body.ports, body.gpus)])
        self.version += 1
