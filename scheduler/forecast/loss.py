"""Does everything still fit when hosts are lost? For each host, or for all that share a label's value. Pure.

Most of it is answered without placing anything: where there is more room than all that has to move could ever block,
no order of placing refuses anybody (Room.is_plenty). Only where that is not sure placement itself is asked. Before:
outlook.py counted who stands where. After: the answer for people.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from scheduler.forecast.ground import part
from scheduler.placement import Fleet, Request, Shape, place
from scheduler.placement.company import HOST
from scheduler.placement.filters import FILTERS
from scheduler.placement.filters.ports import ports_needed
from scheduler.placement.look import look
from scheduler.placement.place import no_sweep
from scheduler.placement.types import Floats, Ints, Mask

LOST_WORDS = "it would be lost"
KINDS = 3  # of room, beside named resources: CPU, memory, ports


class Load(NamedTuple):
    """So many alike on one row; `moves`: others take over when their host is lost."""

    row: int
    shape: Shape
    count: int
    moves: bool = True


class Loss(NamedTuple):
    """What losing these hosts together would mean: `moves` start elsewhere, of them `unplaced` find no host; `ends`
    do not come back by themselves. `why`: how many, and the words of placement."""

    name: str
    hosts: int
    moves: int
    ends: int
    unplaced: int
    why: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True)
class Domain:
    """Hosts that are lost together."""

    name: str
    rows: Ints


def each_host(fleet: Fleet) -> list[Domain]:
    return [Domain(name, np.array([row])) for row, name in enumerate(fleet.names)]


def each_value(fleet: Fleet, label: str) -> list[Domain]:
    """Hosts without the label are in none of them."""
    rows: dict[str, list[int]] = {}
    for row, labels in enumerate(fleet.labels):
        if label in labels:
            rows.setdefault(labels[label], []).append(row)
    return [Domain(value, np.array(found)) for value, found in sorted(rows.items())]


def losses(fleet: Fleet, loads: Sequence[Load], domains: Iterable[Domain]) -> list[Loss]:
    """One answer for each domain, in their order."""
    here: dict[int, list[Load]] = {}
    for load in loads:
        here.setdefault(load.row, []).append(load)
    asked = [(one, [load for row in one.rows.tolist() for load in here.get(row, ())]) for one in domains]
    room = Room(fleet, [[load for load in found if load.moves] for _, found in asked])
    with no_sweep():
        return [_lose(fleet, found, one, room) for one, found in asked]


def _lose(fleet: Fleet, loads: Sequence[Load], lost: Domain, room: Room) -> Loss:
    moving = [load for load in loads if load.moves]
    moves, total = sum(load.count for load in moving), sum(load.count for load in loads)
    found = Loss(lost.name, len(lost.rows), moves, total - moves, 0)
    if not moves or room.is_plenty(moving, lost.rows):
        return found
    why = refused(without(fleet, lost.rows, loads), moving)
    return found._replace(unplaced=sum(count for count, _ in why), why=why)


def without(fleet: Fleet, rows: Ints, loads: Iterable[Load]) -> Fleet:
    """The fleet once these hosts are lost: what stood there is company to nobody any more."""
    left, gone = fleet.copy(), set(rows.tolist())
    ready = fleet.ready.copy()
    ready[rows] = False
    words = tuple(LOST_WORDS if row in gone else text for row, text in enumerate(fleet.unready_words))
    columns = {key: value for key, value in fleet.columns.items() if key != "not ready"}
    left = replace(left, ready=ready, unready_words=words, columns=columns)
    for load in loads:
        if load.shape.counted or load.shape.near:
            for _ in range(load.count):
                part(left, load.row, load.shape)
    return left


def refused(fleet: Fleet, moving: Sequence[Load]) -> tuple[tuple[int, str], ...]:
    """How many find no host when all are placed in this order, and why."""
    groups: dict[Shape, list[str]] = {}
    for load in moving:
        names = groups.setdefault(load.shape, [])
        names += [str(len(names) + number) for number in range(load.count)]
    found = []
    for group in place([Request(shape, tuple(names)) for shape, names in groups.items()], fleet):
        count = sum(verdict.host is None for verdict in group.verdicts)
        if count and group.refused is not None:
            found.append((count, group.refused.words))
    return tuple(found)


# --- where nothing needs to be placed


class Room:
    """The room that each shape finds now, looked up once; `lots`: what has to move, for each loss asked about."""

    def __init__(self, fleet: Fleet, lots: Iterable[Sequence[Load]]) -> None:
        self.fleet = fleet
        self._known: dict[Shape, _Left | None] = {}
        self._most = np.zeros(KINDS + len(fleet.resources))
        self._needs: dict[Shape, Ints] = {}
        for moving in lots:
            self._most = np.maximum(self._most, self._brought(moving))

    def is_plenty(self, moving: Sequence[Load], lost: Ints) -> bool:
        """Whether nobody can be refused, in whatever order and wherever they are placed.

        A host refuses a shape only after what came before it has used up its slack there in one kind of room, or stands
        there as company that it avoids. All together bring only so much of each kind: the shares of it that would have
        to be used up on all the fitting hosts are added up, and when they are more than there is, one host is left.
        """
        company = sum(load.count for load in moving if load.shape.counted or load.shape.near)
        doubtful = [shape for shape in {load.shape for load in moving} if not self._is_safe(shape, company, len(lost))]
        if not doubtful:
            return True
        stays = np.ones(len(self.fleet), dtype=np.bool_)
        stays[lost] = False
        brought = self._brought(moving)
        return all(self._has_plenty(shape, brought, company, stays) for shape in doubtful)

    def _is_safe(self, shape: Shape, company: int, lost: int) -> bool:
        """Enough hosts that not even the greatest of the losses could fill."""
        left = self._left(shape)
        return left is not None and left.safe - lost > _blocking(shape, company)

    def _has_plenty(self, shape: Shape, brought: Floats, company: int, stays: Mask) -> bool:
        left = self._left(shape)
        if left is None:
            return False
        share, kinds = left.shares(brought)
        share = share[stays[left.rows]]
        blocking = _blocking(shape, company)
        safe = int(np.count_nonzero(share > 1))
        return safe > blocking or float(np.minimum(share, 1).sum()) > kinds + blocking

    def _left(self, shape: Shape) -> _Left | None:
        if shape not in self._known:
            self._known[shape] = _left(shape, self.fleet, self._most)
        return self._known[shape]

    def _brought(self, moving: Sequence[Load]) -> Floats:
        total: Floats = np.zeros_like(self._most)
        for load in moving:
            needs = self._needs.get(load.shape)
            if needs is None:
                needs = self._needs[load.shape] = _needs(load.shape, self.fleet)
            total = total + load.count * needs
        return total


def _blocking(shape: Shape, company: int) -> int:
    """How many of those that move could keep it off a host by being there."""
    return company if shape.counted or shape.near else 0


@dataclass(frozen=True)
class _Left:
    """Of the rows where one more fits: how much more of each kind of room refuses the next; which kinds it needs.

    `safe`: how many rows not even the most that any loss brings could fill.
    """

    rows: Ints
    slack: Floats
    asks: Mask
    safe: int = 0

    def shares(self, brought: Floats) -> tuple[Floats, int]:
        """Per row: the share of what is brought that would fill it; and of how many kinds there is some."""
        kinds = self.asks & (brought > 0)
        if not kinds.any():
            return np.full(len(self.rows), np.inf), 0
        return (self.slack[kinds] / brought[kinds][:, None]).min(axis=0), int(np.count_nonzero(kinds))


def _left(shape: Shape, fleet: Fleet, most: Floats) -> _Left | None:
    """None where rules are such that only placing tells."""
    if not _is_plain(shape, fleet):
        return None
    rows = look(shape, fleet, filters=FILTERS, terms=()).fits
    names = sorted(fleet.resources)
    free = [fleet.cpu_free(), fleet.memory_free(), fleet.ports_free()]
    free += [fleet.resources[name].allocatable - fleet.resources[name].reserved for name in names]
    needs = _needs(shape, fleet)
    slack = np.stack([column[rows] for column in free]) - needs[:, None] + 1
    found = _Left(rows, slack.astype(np.float64), needs > 0)
    return replace(found, safe=int(np.count_nonzero(found.shares(most)[0] > 1)))


def _is_plain(shape: Shape, fleet: Fleet) -> bool:
    if shape.volumes or shape.gpus is not None or shape.asked_ports() or shape.only_host is not None:
        return False
    within = {rule.within for rule in (*shape.near, *shape.at_most)}
    within |= {where for kin, where in fleet.shunned if kin in shape.counted}
    return within <= {HOST} and all(rule.apart for rule in shape.near)


def _needs(shape: Shape, fleet: Fleet) -> Ints:
    """Of each kind of room: CPU, memory, ports, then the named resources."""
    wanted = dict(shape.needs)
    named = [wanted.get(name, 0) for name in sorted(fleet.resources)]
    ports = ports_needed(shape, fleet) if shape.chosen_ports() else 0
    return np.array([shape.cpu_millis, shape.memory_bytes, ports, *named], dtype=np.int64)
