"""What the fleet feed shows of a container, a service and a host: the columns, and how a row becomes them. Pure.

A row of containers stands for a slot: a restart is a new attempt in the same line. Before: reading.py brought the
rows. After: the feed finds what is different. What GET calls the same must be the same (a test compares).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from core.lib.quantity import QuantityError, memory_bytes

MESSAGE_CHARS = 200
CONTAINERS = (
    "id",
    "slot",
    "name",
    "project",
    "host",
    "status",
    "state",
    "health",
    "cpu_millis",
    "memory_bytes",
    "memory_limit_bytes",
    "image",
    "reason",
    "message",
    "attempt",
    "since",
    "created",
    "ports",
    "desired",
    "generation",
    "service",
)
SERVICES = (
    "id",
    "name",
    "project",
    "mode",
    "replicas",
    "desired_count",
    "ready",
    "live",
    "state",
    "revision",
    "image",
    "rollout",
    "rollout_done",
    "rollout_total",
    "message",
    "paused",
    "created",
    "generation",
    "version",
)
HOSTS = (
    "id",
    "name",
    "state",
    "availability",
    "cpu_capacity",
    "memory_capacity",
    "cpu_reserved",
    "memory_reserved",
    "cpu_used",
    "memory_used",
    "containers",
    "failed",
    "engine",
    "since",
    "zone",
    "url",
)
_CPU = CONTAINERS.index("cpu_millis")
USES = frozenset({"starting", "running", "stopping"})
"""Statuses in which the last measurement still tells something."""


class Used(NamedTuple):
    """A measurement; `seen_s` is our own monotonic time when we read it."""

    cpu_millis: int
    memory_bytes: int
    seen_s: float


@dataclass(frozen=True, slots=True)
class ContainerRow:
    """The current attempt of a slot. `values` are its columns but for what is measured."""

    container_id: str
    project_id: int
    host_id: int | None
    status: str
    values: tuple[Any, ...]

    def shown(self, used: Used | None) -> tuple[Any, ...]:
        if used is None or self.status not in USES:
            return self.values
        return (*self.values[:_CPU], used.cpu_millis, used.memory_bytes, *self.values[_CPU + 2 :])


@dataclass(frozen=True, slots=True)
class ServiceRow:
    """A service; `values` are its columns."""

    project_id: int
    values: tuple[Any, ...]


class Count(NamedTuple):
    """Containers of one project on one host: all that are there, and those that people see as failed."""

    there: int
    failed: int


@dataclass(frozen=True, slots=True)
class HostRow:
    """A host, with its containers counted for each project."""

    host_id: int
    name: str
    state: str
    availability: str
    cpu_millis: int
    memory_bytes: int
    cpu_reserved: int
    memory_reserved: int
    engine: str
    since_ms: int
    zone: str
    url: str
    counts: Mapping[int, Count]

    def shown(self, used: Used | None, *, project_id: int | None) -> tuple[Any, ...]:
        """For the platform (None), or for the members of a project: without addresses and what others run."""
        full = project_id is None
        counts = list(self.counts.values()) if full else [self.counts.get(project_id or 0, Count(0, 0))]
        return (
            str(self.host_id),
            self.name,
            self.state,
            self.availability,
            self.cpu_millis,
            self.memory_bytes,
            self.cpu_reserved,
            self.memory_reserved,
            None if used is None else used.cpu_millis,
            None if used is None else used.memory_bytes,
            sum(count.there for count in counts),
            sum(count.failed for count in counts),
            self.engine if full else "",
            self.since_ms,
            self.zone,
            self.url if full else "",
        )


def millis(at: datetime | None) -> int | None:
    return None if at is None else int(at.timestamp() * 1000)


def ports_text(bound: Sequence[Mapping[str, Any]], wished: Sequence[Mapping[str, Any]]) -> str:
    """`8080->80/tcp, 443/tcp`: with the host's port where it is chosen."""
    return ", ".join(_port_text(port) for port in (bound or wished))


def _port_text(port: Mapping[str, Any]) -> str:
    target = f"{port['container_port']}/{port.get('protocol') or 'tcp'}"
    host_port = port.get("host_port")
    return f"{host_port}->{target}" if host_port else target


@lru_cache(maxsize=4096)
def bytes_of(quantity: str | int | None) -> int | None:
    """`512m` as bytes; None when there is none, or when it cannot be read."""
    if quantity is None:
        return None
    try:
        return memory_bytes(quantity)
    except QuantityError:
        return None
