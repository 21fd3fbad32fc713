"""The fleet as this web process knows it, and the streams made of it: one for each project that is watched, one for
the platform. Pure.

Before: reading.py. After: the streams' frames, which clients take by themselves. What is measured (CPU, memory) goes
out at most every 250 ms; everything else at once.
"""

import uuid
from collections.abc import Iterable, Sequence

from orchestra.realtime.columns import CONTAINERS, HOSTS, SERVICES, ContainerRow, HostRow, ServiceRow, Used
from orchestra.realtime.feed import Kind, Stream, Table
from orchestra.realtime.reading import FleetRead, UsageRead

USED_FOR_S = 60.0
"""A measurement that is older tells nothing of now, as in the API."""


class Fleet:
    """Rows and measurements as last read, and the streams that tell them."""

    def __init__(self) -> None:
        self.streams: dict[int | None, Stream] = {}
        self._containers: dict[str, ContainerRow] = {}
        self._services: dict[str, ServiceRow] = {}
        self._hosts: dict[int, HostRow] = {}
        self._slot_of: dict[str, str] = {}
        self._container_use: dict[str, Used] = {}
        self._host_use: dict[int, Used] = {}
        self._measured_slots: set[str] = set()
        self._measured_hosts: set[int] = set()

    def stream(self, project_id: int | None) -> Stream:
        """The stream of a project (None: the platform); a new one begins with all rows."""
        if project_id not in self.streams:
            names: dict[Kind, Sequence[str]] = {"hosts": HOSTS, "services": SERVICES, "containers": CONTAINERS}
            tables = {kind: Table(of) for kind, of in names.items()}
            made = self.streams[project_id] = Stream(uuid.uuid4().hex[:12], tables)
            made.fill("hosts", {key: self._shown_host(row, project_id) for key, row in self._hosts.items()})
            made.fill("services", {key: _shown_service(row, project_id) for key, row in self._services.items()})
            made.fill(
                "containers", {key: self._shown_container(row, project_id) for key, row in self._containers.items()}
            )
        return self.streams[project_id]

    def close_stream(self, project_id: int | None) -> None:
        self.streams.pop(project_id, None)

    def take(self, read: FleetRead, *, ts_ms: int) -> None:
        """Take in what was read, and tell all streams what is different."""
        gone_slots = self._containers.keys() - read.containers.keys() if read.whole else set()
        gone_services = self._services.keys() - read.services.keys() if read.whole else set()
        gone_hosts = self._hosts.keys() - read.host_ids
        slots = [
            slot for slot in (*read.containers, *gone_slots) if self._put_container(slot, read.containers.get(slot))
        ]
        hosts = [key for key in (*read.hosts, *gone_hosts) if self._put_host(key, read.hosts.get(key))]
        services = [key for key in (*read.services, *gone_services) if self._put_service(key, read.services.get(key))]
        for project_id, stream in self.streams.items():
            stream.update(
                "services", {key: _shown_service(self._services.get(key), project_id) for key in services}, ts_ms=ts_ms
            )
            self._tell(stream, project_id, slots=slots, hosts=hosts, ts_ms=ts_ms)

    def measure(self, read: UsageRead) -> None:
        """Take in measurements; they wait for `tell_measured`."""
        for container_id, used in read.containers.items():
            if self._container_use.get(container_id, ())[:2] == used[:2]:
                self._container_use[container_id] = used
                continue
            self._container_use[container_id] = used
            if container_id in self._slot_of:
                self._measured_slots.add(self._slot_of[container_id])
        for host_id, used in read.hosts.items():
            if self._host_use.get(host_id, ())[:2] != used[:2]:
                self._measured_hosts.add(host_id)
            self._host_use[host_id] = used

    def forget_old(self, now_s: float) -> None:
        """Let go of measurements that tell nothing any more."""
        for container_id in [key for key, used in self._container_use.items() if now_s - used.seen_s > USED_FOR_S]:
            del self._container_use[container_id]
            if container_id in self._slot_of:
                self._measured_slots.add(self._slot_of[container_id])
        for host_id in [key for key, used in self._host_use.items() if now_s - used.seen_s > USED_FOR_S]:
            del self._host_use[host_id]
            self._measured_hosts.add(host_id)

    @property
    def known(self) -> tuple[int, int]:
        """How many slots and services we know of."""
        return len(self._containers), len(self._services)

    def tell_measured(self, *, ts_ms: int) -> None:
        slots, self._measured_slots = self._measured_slots, set()
        hosts, self._measured_hosts = self._measured_hosts, set()
        for project_id, stream in self.streams.items():
            self._tell(stream, project_id, slots=slots, hosts=hosts & self._hosts.keys(), ts_ms=ts_ms)

    def _tell(
        self, stream: Stream, project_id: int | None, *, slots: Iterable[str], hosts: Iterable[int], ts_ms: int
    ) -> None:
        host_rows = {key: self._shown_host(self._hosts.get(key), project_id) for key in hosts}
        stream.update("hosts", host_rows, ts_ms=ts_ms)
        container_rows = {key: self._shown_container(self._containers.get(key), project_id) for key in slots}
        stream.update("containers", container_rows, ts_ms=ts_ms)

    def _shown_container(self, row: ContainerRow | None, project_id: int | None) -> tuple[object, ...] | None:
        if row is None or project_id not in (None, row.project_id):
            return None
        return row.shown(self._container_use.get(row.container_id))

    def _shown_host(self, row: HostRow | None, project_id: int | None) -> tuple[object, ...] | None:
        return None if row is None else row.shown(self._host_use.get(row.host_id), project_id=project_id)

    def _put_container(self, slot: str, row: ContainerRow | None) -> bool:
        """Whether it is another one than before: of a whole read hardly any is."""
        had = self._containers.get(slot)
        if had == row:
            return False
        if had is not None:
            del self._containers[slot]
            self._slot_of.pop(had.container_id, None)
        if row is not None:
            self._containers[slot] = row
            self._slot_of[row.container_id] = slot
        return True

    def _put_service(self, key: str, row: ServiceRow | None) -> bool:
        if self._services.get(key) == row:
            return False
        self._services.pop(key, None)
        if row is not None:
            self._services[key] = row
        return True

    def _put_host(self, host_id: int, row: HostRow | None) -> bool:
        if self._hosts.get(host_id) == row:
            return False
        self._hosts.pop(host_id, None)
        if row is not None:
            self._hosts[host_id] = row
        return True


def _shown_service(row: ServiceRow | None, project_id: int | None) -> tuple[object, ...] | None:
    return None if row is None or project_id not in (None, row.project_id) else row.values
