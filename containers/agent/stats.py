"""CPU and memory of a host and its containers, every few seconds, into the samples table.

Before: the engine's cgroup files or its stats call. After: hosts.metrics, one COPY and one hint per turn. A container
that has just started is read sooner than the rest, so that its figures stand in the console within seconds. Who runs is
what the agent has seen and done itself: nothing is asked of the database.
"""

import threading
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from containers.agent.hands import Hands
from containers.agent.plan import live_name
from core.lib.brief import database_visit
from hosts.metrics import Usage, write_samples


@dataclass(slots=True)
class Measurer:
    """Takes readings of one host. A reading needs an earlier one; until a container has given its first it is fresh."""

    hands: Hands
    _running: frozenset[UUID] = frozenset()
    _settled: frozenset[UUID] = frozenset()
    _guard: threading.Lock = field(default_factory=threading.Lock)

    def came_up(self, container_id: UUID) -> None:
        """It runs since now."""
        with self._guard:
            self._running |= {container_id}

    def runs(self, running: Collection[UUID], *, touched: Collection[UUID]) -> None:
        """Those whose rows said so; of the ones that were worked on meanwhile we know better ourselves."""
        with self._guard:
            self._running = frozenset(running) | self._running.intersection(touched)
            self._settled &= self._running

    def everything(self) -> None:
        """The host and all that runs on it."""
        used = self._read({live_name(key): key for key in self._running})
        whole = self.hands.engine.host_usage()
        if whole is not None:
            used.append(Usage(None, whole.cpu_millis, whole.memory_bytes))
        elif used:  # a remote engine does not tell about its machine: at least what its containers use
            used.append(Usage(None, sum(u.cpu_millis for u in used), sum(u.memory_bytes for u in used)))
        self._write(used)

    def fresh(self) -> None:
        """Only what has not given a figure yet."""
        names = {live_name(key): key for key in self._running - self._settled}
        if names:
            self._write(self._read(names))

    def _read(self, names: Mapping[str, UUID]) -> list[Usage]:
        used = [
            Usage(names[sample.name], sample.cpu_millis, sample.memory_bytes)
            for sample in self.hands.engine.stats(tuple(names))
            if sample.name is not None and sample.name in names
        ]
        with self._guard:
            self._settled |= {one.container_id for one in used if one.container_id is not None}
        return used

    def _write(self, used: list[Usage]) -> None:
        with database_visit():
            write_samples(self.hands.host_id, used, hold=self.hands.hold)
