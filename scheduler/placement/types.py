"""The words of placement: what is asked for (a shape, a request), and what comes out (a verdict, what was seen).

The fleet itself stands in fleet.py. The snapshot builds shapes from rows; filters and scores read them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from containers.spec.types import Constraint
from scheduler.placement.company import AtMost, Kin, Near
from scheduler.placement.gpus import GpuWish
from scheduler.placement.policy import SPREAD, Policy

Mask = NDArray[np.bool_]
Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


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
    needs: tuple[tuple[str, int], ...] = ()  # so much of each named resource
    gpus: GpuWish | None = None
    ports: tuple[PortWish, ...] = ()
    constraints: tuple[Constraint, ...] = ()
    volumes: tuple[Volume, ...] = ()
    architectures: frozenset[str] = frozenset()  # those the image exists for; empty: not known yet
    image: str = ""
    image_only_there: str = ""  # image id or reference that no registry has: only hosts that hold it will do
    only_host: int | None = None  # a global service's slot is for one host
    tolerations: tuple[str, ...] = ()  # of hosts' taints; sorted
    project: int | None = None  # None: no host is kept for some projects, so it does not matter
    near: tuple[Near, ...] = ()  # rules about other containers that must hold
    likes: tuple[Near, ...] = ()  # and those that are wishes
    at_most: tuple[AtMost, ...] = ()  # of its own kin
    counted: frozenset[Kin] = frozenset()  # what it is itself, as far as any rule asks
    own: Kin | None = None  # its service, where its policy counts it
    was_on: int | None = None  # the host of the slot's last container, where its policy asks
    policy: Policy = SPREAD
    priority: int = 0  # who goes first, and who gives way to whom
    failed_on: frozenset[int] = frozenset()  # host ids where earlier attempts of the slot never came to run

    def asked_ports(self) -> tuple[PortWish, ...]:
        return tuple(wish for wish in self.ports if wish.host_port is not None)

    def chosen_ports(self) -> int:
        return sum(1 for wish in self.ports if wish.host_port is None)

    @cached_property
    def _hash(self) -> int:
        return hash(tuple(getattr(self, name) for name in self.__dataclass_fields__))

    def __hash__(self) -> int:
        """Reckoned once: thousands of containers share one shape, and each is looked up by it."""
        return self._hash


@dataclass(frozen=True)
class Request:
    """A shape and the containers that want it, oldest first."""

    shape: Shape
    containers: tuple[str, ...]


def merge(wishes: Iterable[tuple[str, Shape]], *, images: Iterable[str] | None = None) -> list[Request]:
    """Identical shapes become one request with a count; a request stands where its oldest container stood.

    `images`: those that any host has; by another one shapes do not differ, since it makes no host better.
    """
    known = None if images is None else frozenset(images)
    groups: dict[Shape, list[str]] = {}
    plain: dict[
        int, tuple[Shape, list[str]]
    ] = {}  # by the object, which is mostly the same; kept, lest its id be another's
    for container, shape in wishes:
        found = plain.get(id(shape))
        if found is None:
            alike = shape
            if known is not None and shape.image not in known and not shape.image_only_there:
                alike = replace(shape, image="")
            found = plain[id(shape)] = shape, groups.setdefault(alike, [])
        found[1].append(container)
    return [Request(shape, tuple(containers)) for shape, containers in groups.items()]


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


@dataclass(frozen=True, eq=False)
class Term:
    """One score over all rows: the worth of the first container of the shape, and the change per further one there.

    `bend` (row, how many it got) is for what does not change evenly. `codes` (the domain of each row, -1: none) and
    `per` are for what changes with each one that goes to the same domain.
    """

    name: str
    first: Floats
    step: Floats
    bend: Callable[[int, int], float] | None = None
    codes: Ints | None = None
    per: float = 0.0

    def at(self, row: int, got: int) -> float:
        """What one more is worth on a row that got so many of the shape already."""
        if self.bend is not None:
            return self.bend(row, got)
        return float(self.first[row] + got * self.step[row])


class Cap(NamedTuple):
    """Of the rows of one domain together no more than `left`. `codes`: the domain of each row; none is below 0."""

    codes: Ints
    left: Ints


@dataclass(eq=False)
class Explanation:
    """What was seen when a group was placed; kept as the decision.

    The words about each refused host are made when somebody asks for them: most are never read.
    """

    hosts_total: int
    funnel: tuple[Step, ...]
    say: Callable[[], tuple[Refusal, ...]]
    terms: tuple[str, ...]  # the names of a verdict's values
    best: tuple[Scored, ...]
    words: str  # why no host fits; "" when one does

    @cached_property
    def refused(self) -> tuple[Refusal, ...]:
        """Of at most explain.REASONS_MAX hosts; the funnel counts them all."""
        return self.say()

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Explanation):
            return NotImplemented
        return self._told() == other._told()

    def __hash__(self) -> int:
        return hash((self.hosts_total, self.funnel, self.words))

    def _told(self) -> tuple[object, ...]:
        return self.hosts_total, self.funnel, self.terms, self.best, self.words, self.refused


class Verdict(NamedTuple):
    container: str
    host: int | None  # host id; None: refused
    host_name: str
    ports: tuple[BoundPort, ...]
    gpus: tuple[int, ...] = ()  # numbers of the devices
    values: tuple[float, ...] = ()  # of each term of the explanation, when this one was placed


@dataclass(frozen=True)
class Group:
    """The outcome for one request: verdicts in the order of its containers, and the explanations of both kinds."""

    request: Request
    verdicts: tuple[Verdict, ...]
    placed: Explanation
    refused: Explanation | None  # as the fleet stood when nothing fitted any more
