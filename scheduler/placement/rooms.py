"""What is done for those that a pass has refused: others give way to what is more important, a host is kept.

Pure. Before: scheduler.preemption has read who stands where; or a forecast knows it. After: scheduler.giving_way stops
the victims and keeps the hosts; a forecast does the same in its world.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from typing import NamedTuple
from uuid import UUID

from containers.spec.fields import PRIORITY_HIGH
from scheduler.placement.claims import keep_for, would_fit
from scheduler.placement.filters import FILTERS
from scheduler.placement.fleet import Claim, Fleet
from scheduler.placement.look import look
from scheduler.placement.occupants import Occupant, without
from scheduler.placement.preempt import Choice, choose
from scheduler.placement.scores import terms
from scheduler.placement.types import Group, Shape

MADE_AT_A_TIME = 20  # that others give way to in one pass; the next one goes on
SOUGHT_AT_A_TIME = 100
CLAIMED_AT_A_TIME = 200
KEPT_SHARE = 0.1  # of the hosts at most so many are kept for what has waited for long
NO_BOUND = 1_000_000


class Waiter(NamedTuple):
    """One that was refused."""

    id: UUID
    project_id: int
    shape: Shape


@dataclass(frozen=True, slots=True)
class Who:
    """What people call an occupant, and how it goes."""

    name: str
    project_id: int
    service: str  # its id
    restart: str


@dataclass(frozen=True, slots=True)
class Crowd:
    """`stay`: those that run on unless somebody stops them; `leave`: those that are on their way out."""

    stay: list[Occupant] = field(default_factory=list)
    leave: list[Occupant] = field(default_factory=list)
    who: dict[str, Who] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Bound:
    """How many of a service may go now."""

    name: str
    project_id: int
    may_miss: int
    stop_delay_s: float


@dataclass(frozen=True, slots=True)
class Way:
    """Room for one: the host, and who goes. `is_new`: this host was not kept for it before."""

    waiting: Waiter
    host_id: int
    host: str
    victims: tuple[Occupant, ...] = ()
    is_new: bool = True


@dataclass(slots=True)
class Rooms:
    """`notes`: words for the reason of each that waits; `drops`: those that nothing is kept for any more."""

    ways: list[Way] = field(default_factory=list)
    drops: list[UUID] = field(default_factory=list)
    notes: dict[str, str] = field(default_factory=dict)
    who: Mapping[str, Who] = field(default_factory=dict)


class Search:
    """The fleet as it will be: those that leave are gone, and for whom room is found holds a claim."""

    def __init__(self, fleet: Fleet, crowd: Crowd, bounds: Mapping[str, Bound], *, aged_s: float) -> None:
        self.crowd, self.bounds, self.stay, self.aged_s = crowd, bounds, list(crowd.stay), aged_s
        self.may_miss = {key: bound.may_miss for key, bound in bounds.items()}
        self.fleet = without(fleet, crowd.leave)
        self.rooms = Rooms(who=crowd.who)
        self._present = {one.container: one for one in self.fleet.claims}
        self._hopeless: dict[tuple[Shape, int, int], str] = {}
        self._lowest = min((one.priority for one in self.stay), default=PRIORITY_HIGH)
        self._sought = self._made = 0

    def run(self, refused: Sequence[Waiter], aged: Set[UUID]) -> Rooms:
        for waiting in refused:
            shape = waiting.shape
            claim = self._present.get(str(waiting.id))
            lesser = claim is not None or self._lowest < shape.priority
            if lesser and self._is_enough():
                continue  # what is kept for it stays so
            found = lesser and self._room(waiting, shape, claim)
            if not found and waiting.id in aged:
                found = self._keep(waiting, shape, claim)
            if not found and claim is not None:
                self._drop(waiting)
        return self.rooms

    def _is_enough(self) -> bool:
        """The next pass goes on: this one shall not take for ever."""
        return (
            self._made >= MADE_AT_A_TIME
            or self._sought >= SOUGHT_AT_A_TIME
            or len(self.rooms.ways) >= CLAIMED_AT_A_TIME
        )

    def _room(self, waiting: Waiter, shape: Shape, claim: Claim | None) -> bool:
        """By what leaves anyway, or by what is less important. What was found for one holds for all that are alike."""
        self._forget(waiting)
        key = (shape, waiting.project_id, len(self.stay))
        if key not in self._hopeless or claim is not None:
            row = self._free(shape, claim)
            if row is not None:
                self._claim(waiting, shape, row, ())
                return True
        if key not in self._hopeless:
            self._sought += 1
            choice = choose(shape, self.fleet, self.stay, may_miss=self.may_miss)
            if choice is not None:
                self._clear(waiting, shape, choice)
                return True
            self._hopeless[key] = self._why_not(shape, waiting)
        if self._hopeless[key]:
            self.rooms.notes[str(waiting.id)] = self._hopeless[key]
        return False

    def _free(self, shape: Shape, claim: Claim | None) -> int | None:
        """Where it will fit once those that leave have left; the host that is kept for it, if it may stay so."""
        seen = look(shape, self.fleet, filters=FILTERS, terms=terms(shape, self.fleet))
        if claim is not None and claim.row in seen.fits:
            return claim.row
        best = seen.best(1)
        return int(best[0]) if len(best) else None

    def _clear(self, waiting: Waiter, shape: Shape, choice: Choice) -> None:
        self._made += 1
        gone = {one.container for one in choice.victims}
        self.fleet = without(self.fleet, choice.victims)
        self.stay = [one for one in self.stay if one.container not in gone]
        for one in choice.victims:
            if one.service:
                self.may_miss[one.service] -= 1
        self._claim(waiting, shape, choice.row, choice.victims)

    def _claim(self, waiting: Waiter, shape: Shape, row: int, victims: tuple[Occupant, ...]) -> None:
        host = self.fleet.names[row]
        self.fleet.claims = (*self.fleet.claims, Claim(str(waiting.id), row, shape))
        before = self._present.get(str(waiting.id))
        is_new = before is None or before.row != row
        self.rooms.ways.append(Way(waiting, int(self.fleet.ids[row]), host, victims, is_new))
        self.rooms.notes[str(waiting.id)] = f"room is made for it on {host}"

    def _keep(self, waiting: Waiter, shape: Shape, claim: Claim | None) -> bool:
        """A host is kept for what has waited for long, while few hosts are kept so."""
        self._forget(waiting)
        if len({one.row for one in self.fleet.claims}) >= max(1, int(KEPT_SHARE * len(self.fleet))):
            return False
        row = keep_for(shape, self.fleet, present=claim.row if claim else None)
        if row is None:
            return False
        already = self.rooms.notes.get(str(waiting.id), "")
        self._claim(waiting, shape, row, ())
        minutes = f"{self.aged_s / 60:g} min"
        kept = f"{self.fleet.names[row]} is kept for it, because it has waited for more than {minutes}"
        self.rooms.notes[str(waiting.id)] = f"{already}; {kept}" if already else kept
        return True

    def _drop(self, waiting: Waiter) -> None:
        self._forget(waiting)
        self.rooms.drops.append(waiting.id)

    def _forget(self, waiting: Waiter) -> None:
        self.fleet.claims = tuple(one for one in self.fleet.claims if one.container != str(waiting.id))

    def _why_not(self, shape: Shape, waiting: Waiter) -> str:
        """Who would make room, if only their services might miss them."""
        choice = choose(shape, self.fleet, self.stay, may_miss=dict.fromkeys(self.bounds, NO_BOUND))
        if choice is None:
            return ""  # nobody less important is in the way
        blocked = sorted({one.service for one in choice.victims if one.service})
        words = [self._bound_words(key, waiting) for key in blocked if not self._enough(key, choice)]
        count = len(choice.victims)
        if not words:
            return ""
        return f"{count} of lower priority on {self.fleet.names[choice.row]} would make room, but {' and '.join(words)}"

    def _enough(self, service: str, choice: Choice) -> bool:
        return sum(one.service == service for one in choice.victims) <= self.may_miss[service]

    def _bound_words(self, service: str, waiting: Waiter) -> str:
        """A stranger's service has no name here."""
        bound = self.bounds[service]
        name = bound.name if bound.project_id == waiting.project_id else "a service of another project"
        return f"{name} may miss {self.may_miss[service] or 'none'} now"


def may_miss(*, strict: bool, wanted: int, serving: int, max_unavailable: int) -> int:
    """How many fewer of a service may serve. A strict one misses none, whoever wants its place."""
    return 0 if strict else max(0, serving - max(0, wanted - max_unavailable))


def told(way: Way, who: Mapping[str, Who]) -> str:
    """For example "room is made on h2: web.1 (priority 0) and 1 of another project stop"."""
    ours = [one for one in way.victims if who[one.container].project_id == way.waiting.project_id]
    parts = [f"{who[one.container].name} (priority {one.priority})" for one in ours]
    if len(ours) < len(way.victims):
        parts.append(f"{len(way.victims) - len(ours)} of another project")
    return f"room is made on {way.host}: {' and '.join(parts)} {'stops' if len(way.victims) == 1 else 'stop'}"


def goodbye(way: Way, one: Occupant, name: str, who: Who) -> str:
    """What the victim is told, of the one called `name` that wants its place; a stranger has no name here."""
    for_whom = name if who.project_id == way.waiting.project_id else "a container of another project"
    return f"stopped to make room for {for_whom} (priority {way.waiting.shape.priority} > {one.priority})"


def after(groups: Sequence[Group], fleet: Fleet) -> Fleet:
    """The fleet with all that this pass has placed."""
    done = fleet.copy()
    at = {int(host): row for row, host in enumerate(fleet.ids.tolist())}
    for group in groups:
        placed = [one for one in group.verdicts if one.host is not None]
        rows = [at[one.host] for one in placed if one.host is not None]
        if not rows:
            continue
        done.add(rows, group.request.shape)
        for row, verdict in zip(rows, placed, strict=True):
            done.take_ports(row, verdict.ports)
            if verdict.gpus and done.park is not None and group.request.shape.gpus is not None:
                done.park.take(row, verdict.gpus, group.request.shape.gpus.millis)
    return done


def with_a_chance(late: Sequence[Waiter], fleet: Fleet) -> set[UUID]:
    """Of those that have waited for long the ones that some host would take, were it empty and kept for nobody: the
    room that is kept for one already must not stand in its own way."""
    bare = replace(fleet, claims=())
    would_do = {shape for shape in {one.shape for one in late} if len(would_fit(shape, bare))}
    return {one.id for one in late if one.shape in would_do}
