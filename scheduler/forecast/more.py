"""How many more of a shape fit and where they go, and how many hosts of a shape are needed for what waits. Pure.

Before: outlook.py has the fleet and the shapes. After: the answer for people.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, NamedTuple

import numpy as np

from hosts.taints import Taint
from scheduler.placement import Fleet, Request, Shape, place
from scheduler.placement.filters import FILTERS, caps
from scheduler.placement.fleet import Countable
from scheduler.placement.gpus import NONE, Park
from scheduler.placement.look import look
from scheduler.placement.types import Explanation, Floats, Ints

MOST_MORE: Final = 10_000
MOST_HOSTS: Final = 1_000


class Fits(NamedTuple):
    """`more` of it fit; `is_least`: at least, nobody counted on. `then`: what would refuse the next one."""

    more: int
    is_least: bool
    then: str
    hosts: Mapping[str, int]


class Needed(NamedTuple):
    """`hosts` more take all; None: `left` of them find no host however many there are. `why`: in words of placement."""

    hosts: int | None
    left: int
    why: str


@dataclass(frozen=True, slots=True)
class NewHost:
    """A host that there might be, empty and ready."""

    cpu_millis: int
    memory_bytes: int
    labels: Mapping[str, str] = field(default_factory=dict)
    taints: tuple[Taint, ...] = ()
    resources: Mapping[str, int] = field(default_factory=dict)
    architecture: str = "amd64"


class Landing(NamedTuple):
    """Where so many of a shape go: how many each host gets, how many find none; `after`: the fleet with them on it.

    `first` and `refused` are what placement saw at the beginning, and when nothing fitted any more (None: all fit).
    """

    hosts: Mapping[str, int]
    left: int
    first: Explanation
    refused: Explanation | None
    after: Fleet


def landing(shape: Shape, fleet: Fleet, count: int) -> Landing:
    """As placement would deal them out now, if nobody else waited. The given fleet is not changed."""
    groups = place([Request(shape, tuple(map(str, range(count))))], fleet)
    after, at = fleet.copy(), {name: row for row, name in enumerate(fleet.names)}
    hosts: dict[str, int] = {}
    for verdict in (one for group in groups for one in group.verdicts if one.host is not None):
        row = at[verdict.host_name]
        hosts[verdict.host_name] = hosts.get(verdict.host_name, 0) + 1
        after.take_ports(row, verdict.ports)
        if after.park is not None and shape.gpus is not None:
            after.park.take(row, verdict.gpus, shape.gpus.millis)
    after.add([at[name] for name, here in hosts.items() for _ in range(here)], shape)
    refused = next((group.refused for group in groups if group.refused is not None), None)
    return Landing(hosts, count - sum(hosts.values()), groups[0].placed, refused, after)


def how_many_fit(shape: Shape, fleet: Fleet) -> Fits:
    """Of one shape, on the fleet as it is."""
    seen = look(shape, fleet, filters=FILTERS, terms=())
    rooms: Ints = np.minimum(seen.room(seen.fits, MOST_MORE), MOST_MORE)
    most = min(int(rooms.sum()), MOST_MORE)
    if most < MOST_MORE and not (shape.volumes or shape.ports or shape.gpus or caps(shape, fleet)):
        each = {fleet.names[row]: count for row, count in zip(seen.fits.tolist(), rooms.tolist(), strict=True) if count}
        return Fits(most, False, _then(shape, fleet, seen.fits, rooms), each)
    asked = Request(shape, tuple(str(number) for number in range(most + (most < MOST_MORE))))
    hosts: dict[str, int] = {}
    words = ""
    for group in place([asked], fleet):
        for verdict in group.verdicts:
            if verdict.host is not None:
                hosts[verdict.host_name] = hosts.get(verdict.host_name, 0) + 1
        words = group.refused.words if group.refused is not None else words
    more = sum(hosts.values())
    return Fits(more, more >= MOST_MORE, words, hosts)


def _then(shape: Shape, fleet: Fleet, rows: Ints, rooms: Ints) -> str:
    """Why no further one fits once all of these are there."""
    full = fleet.copy()
    full.add(np.repeat(rows, rooms), shape)
    for group in place([Request(shape, ("next",))], full):
        return group.refused.words if group.refused is not None else ""
    return ""


def hosts_needed(wishes: Sequence[Request], fleet: Fleet, new: NewHost) -> Needed:
    """The least number of such hosts with which everything that is wished for fits."""
    left, why = unplaced(wishes, fleet)
    if not left:
        return Needed(0, 0, "")
    low, high, least = 0, 1, left
    while True:
        now, words = unplaced(wishes, with_hosts(fleet, new, high))
        if not now:
            break
        if high >= MOST_HOSTS or (now >= least and high > 1):
            return Needed(None, now, words)
        low, least, why, high = high, now, words, min(high * 2, MOST_HOSTS)
    while high - low > 1:
        middle = (low + high) // 2
        now, words = unplaced(wishes, with_hosts(fleet, new, middle))
        low, high, why = (low, middle, why) if not now else (middle, high, words)
    return Needed(high, 0, why)


def unplaced(wishes: Sequence[Request], fleet: Fleet) -> tuple[int, str]:
    """How many find no host, and the words about the most of them."""
    worst, words, count = 0, "", 0
    for group in place(wishes, fleet):
        here = sum(verdict.host is None for verdict in group.verdicts)
        count += here
        if here > worst and group.refused is not None:
            worst, words = here, group.refused.words
    return count, words


def with_hosts(fleet: Fleet, new: NewHost, count: int) -> Fleet:
    """The fleet and so many such hosts behind it."""
    names = sorted({*fleet.resources, *new.resources})
    return replace(
        fleet.copy(),
        ids=_and(fleet.ids, np.arange(-count, 0)),
        names=(*fleet.names, *(f"new-{number + 1}" for number in range(count))),
        ready=np.concatenate([fleet.ready, np.ones(count, dtype=np.bool_)]),
        unready_words=(*fleet.unready_words, *("",) * count),
        availability=(*fleet.availability, *("active",) * count),
        cpu_allocatable=_and(fleet.cpu_allocatable, new.cpu_millis, count),
        cpu_reserved=_and(fleet.cpu_reserved, 0, count),
        memory_allocatable=_and(fleet.memory_allocatable, new.memory_bytes, count),
        memory_reserved=_and(fleet.memory_reserved, 0, count),
        containers=_and(fleet.containers, 0, count),
        labels=(*fleet.labels, *(dict(new.labels),) * count),
        architectures=(*fleet.architectures, *(new.architecture,) * count),
        data_addresses=(*fleet.data_addresses, *("192.0.2.1",) * count),
        taints=_taints(fleet, new, count),
        projects=(*fleet.projects, *(frozenset[int](),) * count) if fleet.projects else (),
        resources={name: _countable(name, fleet, new, count) for name in names},
        park=None if fleet.park is None else _no_gpus(fleet.park, count),
        used=None if fleet.used is None else (_idle(fleet.used[0], count), _idle(fleet.used[1], count)),
        ports_busy=_and(fleet.ports_busy, 0, count),
        columns={},
    )


def _taints(fleet: Fleet, new: NewHost, count: int) -> tuple[tuple[Taint, ...], ...]:
    if not fleet.taints and not new.taints:
        return ()
    return (*(fleet.taints or ((),) * len(fleet)), *(new.taints,) * count)


def _and(column: Ints, more: Any, count: int = 0) -> Ints:
    behind = more if isinstance(more, np.ndarray) else np.full(count, more)
    return np.concatenate([column, behind.astype(np.int64)])


def _no_gpus(park: Park, count: int) -> Park:
    free = np.full((count, park.free.shape[1]), NONE, dtype=park.free.dtype)
    shared = np.concatenate([park.shared, np.zeros(count, dtype=np.bool_)])
    return Park(np.vstack([park.free, free]), (*park.models, *("",) * count), shared, park.wanted)


def _idle(used: Floats, count: int) -> Floats:
    return np.concatenate([used, np.zeros(count)])


def _countable(name: str, fleet: Fleet, new: NewHost, count: int) -> Countable:
    nothing = np.zeros(len(fleet), dtype=np.int64)
    there = fleet.resources.get(name, Countable(nothing, nothing))
    return Countable(_and(there.allocatable, new.resources.get(name, 0), count), _and(there.reserved, 0, count))
