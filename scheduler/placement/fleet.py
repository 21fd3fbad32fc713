"""A fleet as arrays, one row per host, rows in the order of names; what is placed is added to it as it is placed.

The snapshot builds it; filters and scores read it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple, TypeVar

import numpy as np

from hosts.taints import Taint
from scheduler.placement.company import Counts, Domain, Kin, domain
from scheduler.placement.gpus import Park
from scheduler.placement.types import BoundPort, Floats, Ints, Mask, Shape, Volume

T = TypeVar("T")
OF_HOSTS = "of hosts"  # among the columns; who changes hosts begins with no columns
ANY_ADDRESS = frozenset({"", "0.0.0.0", "::"})

PortTable = dict[tuple[int, int], frozenset[tuple[str, str]]]  # (row, port) -> {(address, protocol)}


class Claim(NamedTuple):
    """The room for one that waits is kept on this row."""

    container: str
    row: int
    shape: Shape


class Countable(NamedTuple):
    """A named resource, per row."""

    allocatable: Ints
    reserved: Ints


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
    taints: tuple[tuple[Taint, ...], ...] = ()  # empty: no host has any
    projects: tuple[frozenset[int], ...] = ()  # that may use a host; an empty set, or none at all: every one
    used_ports: PortTable = field(default_factory=dict)
    barred_ports: PortTable = field(default_factory=dict)
    volumes: dict[Volume, int] = field(default_factory=dict)  # the row that holds it; -1: a host that is not here
    images: Mapping[str, frozenset[int]] = field(default_factory=dict)  # reference or image id -> rows
    company: dict[Kin, Counts] = field(default_factory=dict)  # of those kin that any rule asks for
    leaving: Mapping[Kin, Counts] = field(default_factory=dict)  # of them those whom something that waits will replace
    shunned: dict[tuple[Kin, str], Counts] = field(default_factory=dict)  # those there that want to be apart from a kin
    resources: dict[str, Countable] = field(default_factory=dict)  # by name; those that no host has are not there
    park: Park | None = None  # the GPUs; None: no host has any
    claims: tuple[Claim, ...] = ()  # rooms that are kept for what waits
    used: tuple[Floats, Floats] | None = None  # shares of CPU and memory in use as measured; None: nobody asks
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
            company={kin: dict(rows) for kin, rows in self.company.items()},
            shunned={key: dict(rows) for key, rows in self.shunned.items()},
            resources={name: Countable(one.allocatable, one.reserved.copy()) for name, one in self.resources.items()},
            park=None if self.park is None else self.park.copy(),
        )

    def cpu_free(self) -> Ints:
        return self.cpu_allocatable - self.cpu_reserved

    def memory_free(self) -> Ints:
        return self.memory_allocatable - self.memory_reserved

    def per_cpu(self) -> Floats:
        """One over the allocatable thousandths: multiplying is quicker than dividing, and asked for often."""
        return self.once("per cpu", lambda: 1.0 / np.maximum(self.cpu_allocatable, 1))

    def per_memory(self) -> Floats:
        return self.once("per memory", lambda: 1.0 / np.maximum(self.memory_allocatable, 1))

    def once(self, key: object, make: Callable[[], T]) -> T:
        """What never changes while a pass goes on, made when it is first asked for."""
        found: T | None = self.columns.get(key)
        if found is None:
            found = self.columns[key] = make()
        return found

    def of_hosts(self, key: object, make: Callable[[], T]) -> T:
        """What follows from labels and architectures alone: kept from pass to pass, as long as no host changes."""
        reckoned: dict[object, Any] = self.once(OF_HOSTS, dict)
        found: T | None = reckoned.get(key)
        if found is None:
            found = reckoned[key] = make()
        return found

    def ports_free(self) -> Ints:
        """Ports of the range that nobody holds and nothing bars, whatever address or protocol."""
        return (self.port_range[1] - self.port_range[0] + 1) - self.ports_busy

    def add(self, rows: Sequence[int] | Ints, shape: Shape) -> None:
        """Containers of this shape stand on these rows, one for each time a row is named; see take_ports."""
        at, counts = np.unique(np.asarray(rows, dtype=np.int64), return_counts=True)
        self.cpu_reserved[at] += counts * shape.cpu_millis
        self.memory_reserved[at] += counts * shape.memory_bytes
        self.containers[at] += counts
        for name, amount in shape.needs:
            self.resources[name].reserved[at] += counts * amount
        if self.park is not None:
            self.park.changes[at] += 1
        for volume in shape.volumes if len(rows) else ():
            self.volumes.setdefault(volume, int(rows[0]))

        if shape.counted or shape.near:
            self.join(dict(zip(at.tolist(), counts.tolist(), strict=True)), shape)

    def join(self, rows: Counts, shape: Shape) -> None:
        """They are company to others from now on."""
        shunned = [(rule.kin, rule.within) for rule in shape.near if rule.apart]
        for counts in (
            *(self.company.setdefault(kin, {}) for kin in shape.counted),
            *(self.shunned.setdefault(key, {}) for key in dict.fromkeys(shunned)),
        ):
            if not counts:
                counts.update(rows)
                continue
            for row, count in rows.items():
                counts[row] = counts.get(row, 0) + count

    def domain(self, within: str) -> Domain:
        return self.of_hosts(("domain", within), lambda: domain(within, self.labels))

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
