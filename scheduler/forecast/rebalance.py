"""Which few moves help most. Pure, and never worse than before by any of its measures.

A move is a container whose successor goes where placement itself would put it now; then the old one leaves. So nothing
that comes later takes a move back. Before: plans/moves.py has read who stands where. After: the containers are
marked for replacement, and the forecast shows what comes of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from heapq import nsmallest
from typing import Final, Literal, NamedTuple, get_args
from uuid import UUID

import numpy as np

from scheduler.forecast.loss import Load, each_host, losses
from scheduler.placement import Fleet, Shape
from scheduler.placement.filters import FILTERS
from scheduler.placement.look import look
from scheduler.placement.occupants import Occupant, give_back
from scheduler.placement.place import no_sweep
from scheduler.placement.scores import terms
from scheduler.placement.types import Floats
from scheduler.placement.weighed import loads as loads_of

Goal = Literal["spread", "pressure", "spare"]
GOALS: Final[tuple[str, ...]] = get_args(Goal)
PRESSED: Final = 0.8  # of a host's CPU or memory booked: beyond it, it is under pressure
WORTH: Final = 0.05  # of a host: loads that are not further apart than this are let be
DIGITS: Final = 6
LOOKS: Final = 4_000  # hosts looked at for each move, to see whether any one of them may be lost


class Lodger(NamedTuple):
    """So many alike of one service on one row. `ids`: those that may be moved, in order. `returns`: others take over
    when the host is lost. `service` None: it stands alone."""

    row: int
    shape: Shape
    service: UUID | None
    many: int
    ids: tuple[UUID, ...] = ()
    returns: bool = True


class Measure(NamedTuple):
    """Less is better. `together`: pairs of one service on one host; `uneven`: how far the hosts' loads are apart;
    `pressed`: booked beyond PRESSED; `unplaced`: what finds no host, summed over the loss of each single host (where it
    is said, with what waits anyway)."""

    together: int
    uneven: float
    pressed: float
    unplaced: int

    def key(self, goal: Goal) -> tuple[float, ...]:
        """What the goal makes less of, the first thing first."""
        if goal == "spread":
            return self.together, self.uneven
        return (self.pressed,) if goal == "pressure" else (self.unplaced,)

    def is_better(self, before: Measure, goal: Goal) -> bool:
        """For the goal it is better, and nothing else that matters is worse."""
        guards = zip(self._guards(), before._guards(), strict=True)
        return self.key(goal) < before.key(goal) and all(now <= then for now, then in guards)

    def _guards(self) -> tuple[float, ...]:
        return self.together, self.pressed, self.unplaced


class Move(NamedTuple):
    container: UUID
    service: UUID
    source: int  # rows
    to: int
    why: str


@dataclass
class _Try:
    """One move that might be made, and by how much it would help by what is quick to reckon."""

    lodger: Lodger
    to: int
    together: int
    uneven: float
    pressed: float

    def order(self, goal: Goal) -> tuple[float, ...]:
        first: tuple[float, ...] = (self.together, self.uneven) if goal == "spread" else (self.pressed, self.uneven)
        if goal == "spare":
            first = (-self.lodger.shape.memory_bytes, -self.lodger.shape.cpu_millis, self.uneven)
        return *first, self.lodger.row, self.to


def choose(
    fleet: Fleet, lodgers: Iterable[Lodger], *, goal: Goal, most: int, each_try: Callable[[], None] = lambda: None
) -> list[Move]:
    """At most so many moves, one after the other the one that helps most; fewer when nothing helps any more.

    `each_try` is called every now and then.
    """
    field, moves = Field(fleet, lodgers), list[Move]()
    with no_sweep():
        now = field.measure()
        while len(moves) < most:
            found = field.best(goal, now, each_try)
            if found is None:
                break
            move, field, now = found
            moves.append(move)
    return moves


@dataclass(frozen=True)
class _Books:
    """What is booked of each host and the share of one unit of it, as plain numbers: asked many thousand times."""

    cpu: Sequence[float]
    memory: Sequence[float]
    per_cpu: Sequence[float]
    per_memory: Sequence[float]

    @classmethod
    def of(cls, fleet: Fleet) -> _Books:
        per = fleet.per_cpu().tolist(), fleet.per_memory().tolist()
        return cls(fleet.cpu_reserved.tolist(), fleet.memory_reserved.tolist(), *per)

    def pressed(self, shape: Shape, sign: int, row: int, shares: Sequence[float]) -> float:
        """How the pressure on this host changes with one more of this shape, or one less."""
        cpu = (self.cpu[row] + sign * shape.cpu_millis) * self.per_cpu[row]
        memory = (self.memory[row] + sign * shape.memory_bytes) * self.per_memory[row]
        return max(cpu, memory, PRESSED) - max(shares[row], PRESSED)


class Field:
    """Who stands where, while moves are tried."""

    def __init__(self, fleet: Fleet, lodgers: Iterable[Lodger]) -> None:
        self.fleet = fleet.copy()
        self.lodgers = [one for one in lodgers if one.many]
        self.kind_of: dict[Shape, int] = {}
        self.kinds = [self.kind_of.setdefault(one.shape, len(self.kind_of)) for one in self.lodgers]
        self.of: dict[tuple[UUID, int], int] = {}
        for one in self.lodgers:
            if one.service is not None:
                self.of[one.service, one.row] = self.of.get((one.service, one.row), 0) + one.many

    # --- how good it is

    def measure(self) -> Measure:
        together = sum(count * (count - 1) // 2 for count in self.of.values())
        load = self.load()
        uneven = float(((load - load.mean()) ** 2).sum()) if len(load) else 0.0
        pressed = float(np.maximum(self.shares() - PRESSED, 0)[self.fleet.ready].sum())
        return Measure(together, round(uneven, DIGITS), round(pressed, DIGITS), self.unplaced())

    def load(self) -> Floats:
        """Of the hosts that are ready, as the policies see it."""
        found: Floats = loads_of(Shape(), self.fleet)[0][self.fleet.ready]
        return found

    def shares(self) -> Floats:
        """Of each host the greater share of CPU and memory that is booked."""
        fleet = self.fleet
        return np.maximum(fleet.cpu_reserved * fleet.per_cpu(), fleet.memory_reserved * fleet.per_memory())

    def unplaced(self) -> int:
        """In the order of importance and size: who is placed first may be what decides, and rows have no order."""
        loads = [Load(one.row, one.shape, one.many, one.returns) for one in self.lodgers if one.many]
        loads.sort(key=_importance)
        return sum(one.unplaced for one in losses(self.fleet, loads, each_host(self.fleet)))

    # --- moves

    def best(self, goal: Goal, now: Measure, each_try: Callable[[], None]) -> tuple[Move, Field, Measure] | None:
        """The first of the most promising ones that holds what it promises."""
        tries = min(max(LOOKS // max(len(self.fleet), 1), 3), 40)
        for one in nsmallest(tries, self._tries(goal), key=lambda one: one.order(goal)):
            each_try()
            if not self._lands(one):
                continue
            then = self.moved(one.lodger, one.to)
            after = then.measure()
            if after.is_better(now, goal):
                assert one.lodger.service is not None
                why = self._why(one, goal, now, after)
                return Move(one.lodger.ids[0], one.lodger.service, one.lodger.row, one.to, why), then, after
        return None

    def _tries(self, goal: Goal) -> Iterator[_Try]:
        """Those that make nothing worse by what is quick to reckon. Of thousands: plain numbers only."""
        targets, load, shares = self._targets(), loads_of(Shape(), self.fleet)[0].tolist(), self.shares().tolist()
        books = _Books.of(self.fleet)
        adds = [loads_of(shape, self.fleet)[1].tolist() if to >= 0 else [] for shape, to in targets]
        for one, kind in zip(self.lodgers, self.kinds, strict=True):
            to = targets[kind][1]
            if not one.ids or to in (-1, one.row) or one.service is None:
                continue
            together = self.of.get((one.service, to), 0) - self.of[one.service, one.row] + 1
            if together > 0 or (goal == "pressure" and shares[one.row] <= PRESSED):
                continue
            each, here, there = adds[kind], load[one.row], load[to]
            uneven = (here - each[one.row]) ** 2 + (there + each[to]) ** 2 - here**2 - there**2
            apart = here - (there + each[to]) >= WORTH
            if goal == "spread" and not (together < 0 or apart):
                continue
            pressed = books.pressed(one.shape, -1, one.row, shares) + books.pressed(one.shape, 1, to, shares)
            found = _Try(one, to, together, uneven, round(pressed, DIGITS))
            if found.pressed <= 0 and (goal != "pressure" or found.pressed < 0):
                yield found

    def _targets(self) -> list[tuple[Shape, int]]:
        """Of each kind where placement would put one more, the old ones still being there; -1: nowhere."""
        wanted = {kind for one, kind in zip(self.lodgers, self.kinds, strict=True) if one.ids}
        found = []
        for shape, kind in self.kind_of.items():
            found.append((shape, self._best_for(shape) if kind in wanted else -1))
        return found

    def _best_for(self, shape: Shape) -> int:
        plain = replace(shape, was_on=None) if shape.was_on is not None else shape
        best = look(plain, self.fleet, filters=FILTERS, terms=terms(plain, self.fleet)).best(1)
        return int(best[0]) if len(best) else -1

    def _lands(self, one: _Try) -> bool:
        """Whether its successor goes there though the one that it replaces does not count any more."""
        own = one.lodger.shape.own
        if own is None:
            return True
        self.fleet.leaving = {own: {one.lodger.row: 1}}
        found = self._best_for(one.lodger.shape)
        self.fleet.leaving = {}
        return found == one.to

    def moved(self, one: Lodger, to: int) -> Field:
        """The field after one of these has moved there."""
        assert one.service is not None
        then = Field(self.fleet, ())
        then.lodgers, then.of = list(self.lodgers), dict(self.of)
        then.kinds, then.kind_of = list(self.kinds), self.kind_of
        then.take(one.row, one.shape, one.service)
        then.add(to, one.shape, one.service)
        at = then.lodgers.index(one)
        then.lodgers[at] = one._replace(many=one.many - 1, ids=one.ids[1:])
        then.lodgers.append(Lodger(to, one.shape, one.service, 1, (), one.returns))
        then.kinds.append(self.kinds[at])
        return then

    def take(self, row: int, shape: Shape, service: UUID | None) -> None:
        """One of this shape is gone from there."""
        fleet = self.fleet
        fleet.cpu_reserved[row] -= shape.cpu_millis
        fleet.memory_reserved[row] -= shape.memory_bytes
        fleet.containers[row] -= 1
        give_back(fleet, [Occupant("", row, shape)])
        if service is not None:
            self.of[service, row] = self.of.get((service, row), 0) - 1

    def forget(self, row: int, shape: Shape, service: UUID | None) -> None:
        """One less of those that ask for as much, of this service there."""
        room = (row, service, shape.cpu_millis, shape.memory_bytes)
        for at, one in enumerate(self.lodgers):
            if one.many and (one.row, one.service, one.shape.cpu_millis, one.shape.memory_bytes) == room:
                self.lodgers[at] = one._replace(many=one.many - 1)
                return

    def add(self, row: int, shape: Shape, service: UUID | None) -> None:
        self.fleet.add([row], shape)
        if service is not None:
            self.of[service, row] = self.of.get((service, row), 0) + 1

    def book(self, one: Change) -> None:
        """Its devices are taken, or free again."""
        park, asked = self.fleet.park, one.shape.gpus
        if park is not None and asked is not None and one.gpus:
            park.take(one.row, one.gpus, one.sign * asked.millis)

    def _why(self, one: _Try, goal: Goal, before: Measure, after: Measure) -> str:
        """For example "3 of its service stand on h1, none on h4"."""
        names, row, to = self.fleet.names, one.lodger.row, one.to
        assert one.lodger.service is not None
        if goal == "spare":
            return f"{before.unplaced} would find no host if a host were lost, {after.unplaced} after this"
        if goal == "spread" and one.together < 0:
            here, there = self.of[one.lodger.service, row], self.of.get((one.lodger.service, to), 0)
            return f"{here} of its service stand on {names[row]}, {there or 'none'} on {names[to]}"
        shares = self.shares()
        return f"{names[row]} is booked to {shares[row]:.0%}, {names[to]} to {shares[to]:.0%}"


def _importance(one: Load) -> tuple[int, ...]:
    return -one.shape.priority, -one.shape.memory_bytes, -one.shape.cpu_millis, one.row


class Change(NamedTuple):
    """One that a forecast has started (`sign` 1) or ended (-1)."""

    sign: int
    row: int
    shape: Shape
    service: UUID | None
    gpus: tuple[int, ...] = ()


def settled(fleet: Fleet, lodgers: Sequence[Lodger], changes: Iterable[Change], *, waiting: int) -> Measure:
    """How good it is after these, while so many wait: they find no host either, whichever is lost."""
    field = Field(fleet, lodgers)
    for one in changes:
        if one.sign > 0:
            field.add(one.row, one.shape, one.service)
            field.lodgers.append(Lodger(one.row, one.shape, one.service, 1))
        else:
            field.take(one.row, one.shape, one.service)
            field.forget(one.row, one.shape, one.service)
        field.book(one)
    found = field.measure()
    return found._replace(unplaced=found.unplaced + waiting * len(fleet))
