"""The words of placement: a fleet as arrays (one row per host, rows in the order of names), a request, a verdict.

The snapshot builds these from rows; filters and scores read them; place() returns verdicts and what it saw.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from containers.spec.types import Constraint

Mask = NDArray[np.bool_]
Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

ANY_ADDRESS = frozenset({"", "0.0.0.0", "::"})


class PortWish(NamedTuple):
    """A port to publish; host_port None lets the scheduler choose, host_address "" means the host's data address."""

    container_port: int
    protocol: str
    host_port: int | None
    host_address: str


class BoundPort(NamedTuple):
    container_port: int
    protocol: str
    host_address: str
    host_port: int


class Volume(NamedTuple):
    project: int
    name: str


@dataclass(frozen=True)
class Shape:
    """Everything about a container that placement looks at; containers of one shape are one request."""

    cpu_millis: int = 0
    memory_bytes: int = 0
    ports: tuple[PortWish, ...] = ()
    constraints: tuple[Constraint, ...] = ()
    volumes: tuple[Volume, ...] = ()
    architectures: frozenset[str] = frozenset()  # those the image exists for; empty: not known yet
    image: str = ""
    image_only_there: str = ""  # image id or reference that no registry has: only hosts that hold it will do
    only_host: int | None = None  # a global service's slot is for one host
    failed_on: frozenset[int] = frozenset()  # host ids where earlier attempts of the slot never came to run

    def asked_ports(self) -> tuple[PortWish, ...]:
        return tuple(wish for wish in self.ports if wish.host_port is not None)

    def chosen_ports(self) -> int:
        return sum(1 for wish in self.ports if wish.host_port is None)


@dataclass(frozen=True)
class Request:
    """A shape and the containers that want it, oldest first."""

    shape: Shape
    containers: tuple[str, ...]


def merge(wishes: Iterable[tuple[str, Shape]]) -> list[Request]:
    """Identical shapes become one request with a count; a request stands where its oldest container stood."""
    groups: dict[Shape, list[str]] = {}
    for container, shape in wishes:
        groups.setdefault(shape, []).append(container)
    return [Request(shape, tuple(containers)) for shape, containers in groups.items()]


PortTable = dict[tuple[int, int], frozenset[tuple[str, str]]]  # (row, port) -> {(address, protocol)}


@dataclass
class Fleet:
    """All hosts as columns. `add` and `take_ports` change one; copy() first."""

    ids: Ints
    names: tuple[str, ...]
    ready: Mask
    unready_words: tuple[str, ...]  # why a row is not ready; "" where it is
    availability: tuple[str, ...]
    cpu_allocatable: Ints
    cpu_reserved: Ints
    memory_allocatable: Ints
    memory_reserved: Ints
    containers: Ints
    labels: tuple[Mapping[str, str], ...]
    architectures: tuple[str, ...]
    data_addresses: tuple[str, ...]
    used_ports: PortTable = field(default_factory=dict)
    barred_ports: PortTable = field(default_factory=dict)
    volumes: dict[Volume, int] = field(default_factory=dict)  # the row that holds it; -1: a host that is not here
    images: Mapping[str, frozenset[int]] = field(default_factory=dict)  # reference or image id -> rows
    port_range: tuple[int, int] = (20000, 29999)
    ports_busy: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64), compare=False)  # counted below
    columns: dict[object, Any] = field(default_factory=dict, compare=False, repr=False)  # of what never changes

    def __post_init__(self) -> None:
        if len(self.ports_busy) != len(self):
            self.count_ports()

    def count_ports(self) -> None:
        """Per row: the ports of the range that are used or barred, whatever their address and protocol."""
        self.ports_busy = np.zeros(len(self), dtype=np.int64)
        for row, port in self.used_ports.keys() | self.barred_ports.keys():
            self.ports_busy[row] += self.in_range(port)

    def __len__(self) -> int:
        return len(self.names)

    def in_range(self, port: int) -> bool:
        return self.port_range[0] <= port <= self.port_range[1]

    def copy(self) -> Fleet:
        return replace(
            self,
            cpu_reserved=self.cpu_reserved.copy(),
            memory_reserved=self.memory_reserved.copy(),
            containers=self.containers.copy(),
            ports_busy=self.ports_busy.copy(),
            used_ports=dict(self.used_ports),
            volumes=dict(self.volumes),
        )

    def cpu_free(self) -> Ints:
        return self.cpu_allocatable - self.cpu_reserved

    def memory_free(self) -> Ints:
        return self.memory_allocatable - self.memory_reserved

    def ports_free(self) -> Ints:
        """Ports of the range that nobody holds and nothing bars, whatever address or protocol."""
        return (self.port_range[1] - self.port_range[0] + 1) - self.ports_busy

    def add(self, rows: Sequence[int], shape: Shape) -> None:
        """Containers of this shape stand on these rows, one for each time a row is named; see take_ports."""
        counts = np.bincount(np.asarray(rows, dtype=np.int64), minlength=len(self))
        self.cpu_reserved += counts * shape.cpu_millis
        self.memory_reserved += counts * shape.memory_bytes
        self.containers += counts
        for volume in shape.volumes if rows else ():
            self.volumes.setdefault(volume, rows[0])

    def take_ports(self, row: int, ports: Iterable[BoundPort]) -> None:
        for port in ports:
            key = (row, port.host_port)
            if key not in self.used_ports and key not in self.barred_ports:
                self.ports_busy[row] += self.in_range(port.host_port)
            self.used_ports[key] = self.used_ports.get(key, frozenset()) | {(port.host_address, port.protocol)}

    def rows_mask(self, rows: Iterable[int]) -> Mask:
        mask = np.zeros(len(self), dtype=np.bool_)
        mask[[row for row in rows if row >= 0]] = True
        return mask


class Refusal(NamedTuple):
    host: str
    filter: str
    reason: str


class Step(NamedTuple):
    """One step of the funnel: the filter, how many hosts it refused, how many were left."""

    filter: str
    refused: int
    left: int


class Scored(NamedTuple):
    host: str
    total: float
    terms: Mapping[str, float]


class Term(NamedTuple):
    """One score over all rows: the worth of the first container of the shape, and the change per further one."""

    name: str
    first: Floats
    step: Floats


@dataclass(frozen=True)
class Explanation:
    """What was seen when a group was placed; kept as the decision."""

    hosts_total: int
    funnel: tuple[Step, ...]
    refused: tuple[Refusal, ...]  # of at most explain.REASONS_MAX hosts; the funnel counts them all
    best: tuple[Scored, ...]
    words: str  # why no host fits; "" when one does


TermsOfRow = tuple[tuple[str, float, float], ...]  # of one host: name, worth of the first container, change per further


class Verdict(NamedTuple):
    container: str
    host: int | None  # host id; None: refused
    host_name: str
    ports: tuple[BoundPort, ...]
    terms: TermsOfRow = ()
    further: int = 0  # so many of its group had gone to the same host before it


@dataclass(frozen=True)
class Group:
    """The outcome for one request: verdicts in the order of its containers, and the explanations of both kinds."""

    request: Request
    verdicts: tuple[Verdict, ...]
    placed: Explanation
    refused: Explanation | None  # as the fleet stood when nothing fitted any more
