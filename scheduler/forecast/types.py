"""The words of a forecast: what goes into it besides the fleet, and what comes out. Pure data.

Before: outlook.py fills them from rows. After: plans and their answers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple
from uuid import UUID

from scheduler.controllers.services.types import ServiceSeen, Slot
from scheduler.placement.rooms import Bound, Crowd
from scheduler.placement.types import BoundPort, Shape

Doing = Literal["start", "stop", "give-way", "lose", "cancel"]
ALONE = UUID(int=0)  # whom stand-alone containers belong to


@dataclass(frozen=True, slots=True)
class Body:
    """One container beside what its service's planning knows of it. `returns`: another takes over when its host is
    lost. `host`: where its room is booked."""

    name: str
    project: int
    shape: Shape
    host: int | None = None
    ports: tuple[BoundPort, ...] = ()
    gpus: tuple[int, ...] = ()
    restart: str = "none"
    checked: bool = False
    returns: bool = True
    error: str = ""  # why placement cannot look at it


@dataclass(slots=True)
class Crew:
    """A service, or all stand-alone containers together (`seen` is None).

    `wishes`: what those that are still to come ask for, by their revision.
    """

    name: str
    project: int
    seen: ServiceSeen | None = None
    wishes: dict[int, Body] = field(default_factory=dict)
    slots: dict[str, Slot] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class HostState:
    """What of a host a forecast looks at beside its room."""

    id: int
    name: str
    ok: bool = True
    lost: bool = False
    draining: bool = False
    braked: bool = False  # nothing is stopped there that nobody asked to stop


@dataclass(frozen=True, slots=True)
class Others:
    """Who stands on the fleet and may have to give way, though the forecast does not move them."""

    crowd: Crowd = field(default_factory=Crowd)
    bounds: Mapping[str, Bound] = field(default_factory=dict)


class NotSeen(Exception):
    """These have to give way, and what becomes of them is not in the world: look at them too, and begin anew."""

    def __init__(self, services: frozenset[UUID], containers: frozenset[UUID]) -> None:
        super().__init__("others have to give way")
        self.services, self.containers = services, containers


class Step(NamedTuple):
    """`at_s` by the forecast's own clock, in which everything that starts is well at once."""

    doing: Doing
    id: UUID
    container: str
    project: int
    service: str  # "": it stands alone
    host: str
    why: str
    at_s: float


class Waiting(NamedTuple):
    """A container that finds no host, or (`host`) one that cannot leave the host that is drained."""

    id: UUID
    container: str
    project: int
    service: str
    host: str
    why: str


class Extra(NamedTuple):
    """Booked at the worst moment beyond what was booked at the beginning."""

    cpu_millis: int
    memory_bytes: int


@dataclass(frozen=True, slots=True)
class Forecast:
    """`is_whole` False: it was cut short, and goes on in the same way."""

    steps: tuple[Step, ...]
    peak: Extra
    peaks: Mapping[str, Extra]  # of each host that has any
    unplaced: tuple[Waiting, ...]
    stays: tuple[Waiting, ...]
    is_whole: bool = True
