"""CPU and memory of a host and its containers, every few seconds, into the samples table.

Before: the engine's cgroup files or its stats call. After: hosts.metrics, one COPY and one hint per turn. A container
that has just started is read sooner than the rest, so that its figures stand in the console within seconds.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from containers.agent.hands import Hands
from containers.agent.plan import live_name
from containers.models import Container
from containers.states import Status
from core.lib.brief import database_visit
from hosts.metrics import Usage, write_samples


@dataclass(slots=True)
class Measurer:
    """Takes readings of one host. A reading needs an earlier one; until a container has given its first it is fresh."""

    hands: Hands
    _settled: set[UUID] = field(default_factory=set)

    def everything(self) -> None:
        """The host and all that runs on it."""
        names = self._running()
        used = self._read(names)
        whole = self.hands.engine.host_usage()
        if whole is not None:
            used.append(Usage(None, whole.cpu_millis, whole.memory_bytes))
        elif used:  # a remote engine does not tell about its machine: at least what its containers use
            used.append(Usage(None, sum(u.cpu_millis for u in used), sum(u.memory_bytes for u in used)))
        self._settled = {u.container_id for u in used if u.container_id is not None}
        self._write(used)

    def fresh(self) -> None:
        """Only what has not given a figure yet."""
        names = {name: key for name, key in self._running().items() if key not in self._settled}
        if names:
            used = self._read(names)
            self._settled |= {u.container_id for u in used if u.container_id is not None}
            self._write(used)

    def _running(self) -> Mapping[str, UUID]:
        with database_visit():
            running = Container.objects.filter(host_id=self.hands.host_id, status=Status.RUNNING)
            return {live_name(container_id): container_id for container_id in running.values_list("id", flat=True)}

    def _read(self, names: Mapping[str, UUID]) -> list[Usage]:
        return [
            Usage(names[sample.name], sample.cpu_millis, sample.memory_bytes)
            for sample in self.hands.engine.stats(tuple(names))
            if sample.name is not None and sample.name in names
        ]

    def _write(self, used: list[Usage]) -> None:
        with database_visit():
            write_samples(self.hands.host_id, used, hold=self.hands.hold)
