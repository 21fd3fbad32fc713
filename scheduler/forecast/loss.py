"""Does everything still fit when hosts are lost? For each host, or for all that share a label's value. Pure.

Most of it is answered without placing anything: where there is more room than all that has to move could ever block,
no order of placing refuses anybody (Crowd). Only where that is not sure placement itself is asked. Before:
outlook.py counted who stands where. After: the answer for people.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from scheduler.placement import Fleet, Request, Shape, place
from scheduler.placement.company import HOST
from scheduler.placement.filters import FILTERS
from scheduler.placement.filters.ports import ports_needed
from scheduler.placement.look import look
from scheduler.placement.occupants import part
from scheduler.placement.place import no_sweep
from scheduler.placement.policy import policy
from scheduler.placement.types import Floats, Ints, Mask

PLAIN = policy("plain", {})
LOST_WORDS = "it would be lost"
KINDS = 3  # of room, beside named resources: CPU, memory, ports


class Load(NamedTuple):
    """So many alike on one row; `moves`: others take over when their host is lost."""

    row: int
    shape: Shape
    many: int
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


def losses(fleet: Fleet, loads: Sequence[Load], domains: Sequence[Domain]) -> list[Loss]:
    """One answer for each domain, in their order."""
    with no_sweep():
        crowd = Crowd(fleet, loads, domains)
        return [crowd.lose(number) for number in range(len(domains))]


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
            for _ in range(load.many):
                part(left, load.row, load.shape)
    return left


def refused(fleet: Fleet, moving: Sequence[Load]) -> tuple[tuple[int, str], ...]:
    """How many find no host when all are placed in this order, and why."""
    groups: dict[Shape, list[str]] = {}
    for load in moving:
        names = groups.setdefault(load.shape, [])
        names += [str(len(names) + number) for number in range(load.many)]
    found = []
    for group in place([Request(shape, tuple(names)) for shape, names in groups.items()], fleet):
        count = sum(verdict.host is None for verdict in group.verdicts)
        if count and group.refused is not None:
            found.append((count, group.refused.words))
    return tuple(found)


# --- where nothing needs to be placed


class Crowd:
    """All that stands in the domains, as columns: an entry for each load, and of each domain what it brings elsewhere.

    Nobody can be refused, in whatever order and wherever all is placed, where there is plenty: a host refuses a shape
    only after what came before it has used up its slack there in one kind of room, or stands there as company that it
    avoids. All together bring only so much of each kind. So a host that not even all of it could fill is safe, and one
    that is safe and has none of the company is enough. Else the shares that would fill each fitting host are added up:
    when they are more than there are kinds of room and company, one host is left.
    """

    def __init__(self, fleet: Fleet, loads: Sequence[Load], domains: Sequence[Domain]) -> None:
        self.fleet, self.domains = fleet, domains
        domain_of = np.full(len(fleet), -1, dtype=np.int64)
        for number, domain in enumerate(domains):
            domain_of[domain.rows] = number
        self.loads = [load for load in loads if domain_of[load.row] >= 0]
        known: dict[Shape, int] = {}
        bare = _bare({load.shape for load in self.loads}, fleet)
        self.shape = _column([known.setdefault(bare[load.shape], len(known)) for load in self.loads])
        self.shapes = list(known)
        self.domain = domain_of[_column([load.row for load in self.loads])]
        count, moves = _column([load.many for load in self.loads]), _column([load.moves for load in self.loads]) > 0
        self.total, self.moving = self._sums(count), self._sums(count * moves)
        needs = np.zeros((len(self.shapes), KINDS + len(fleet.resources)), dtype=np.int64)
        for number, shape in enumerate(self.shapes):
            needs[number] = _needs(shape, fleet)
        kinds = [self._sums(count * moves * column[self.shape]) for column in needs.T]
        self.brought = np.stack(kinds, axis=1)
        self.avoids = np.array([bool(one.counted or one.near) for one in self.shapes], dtype=np.bool_)
        self.company = self._sums(count * moves * self.avoids[self.shape])
        self.left = self._look(set(self.shape[moves].tolist()))
        self.order = np.argsort(self.domain, kind="stable")
        self.starts = np.searchsorted(self.domain[self.order], np.arange(len(domains) + 1))
        self.doubtful = moves & ~self._is_safe()

    def _sums(self, column: Ints) -> Floats:
        """Of each domain."""
        found = np.bincount(self.domain, weights=column, minlength=len(self.domains))
        return found.astype(np.float64)

    def _look(self, wanted: set[int]) -> dict[int, _Left | None]:
        most = self.brought.max(axis=0, initial=0)
        return {number: _left(self.shapes[number], self.fleet, most) for number in wanted}

    def _is_safe(self) -> Mask:
        """Per load: even if as much of each kind were brought as by the greatest of the losses, one host is left."""
        safe, spare = np.zeros(len(self.shapes)), np.zeros(len(self.shapes))
        for number, left in self.left.items():
            if left is not None:
                safe[number], spare[number] = left.safe, left.spare
        lost = np.array([len(one.rows) for one in self.domains], dtype=np.int64)
        blocked = np.where(self.avoids[self.shape], self.company[self.domain], 0) + lost[self.domain]
        found: Mask = (safe[self.shape] > blocked) | (spare[self.shape] > blocked)
        return found

    def lose(self, number: int) -> Loss:
        lost = self.domains[number]
        entries = self.order[self.starts[number] : self.starts[number + 1]]
        moves, total = int(self.moving[number]), int(self.total[number])
        found = Loss(lost.name, len(lost.rows), moves, total - moves, 0)
        doubtful = set(self.shape[entries[self.doubtful[entries]]].tolist())
        if not doubtful or self._is_plenty(number, doubtful):
            return found
        here = [self.loads[entry] for entry in entries.tolist()]
        why = refused(without(self.fleet, lost.rows, here), [load for load in here if load.moves])
        return found._replace(unplaced=sum(count for count, _ in why), why=why)

    def _is_plenty(self, number: int, doubtful: set[int]) -> bool:
        stays = np.ones(len(self.fleet), dtype=np.bool_)
        stays[self.domains[number].rows] = False
        return all(self._has_plenty(shape, number, stays) for shape in doubtful)

    def _has_plenty(self, shape: int, number: int, stays: Mask) -> bool:
        left = self.left[shape]
        if left is None:
            return False
        share, kinds = left.shares(self.brought[number])
        share = share[stays[left.rows]]
        blocking = self.company[number] if self.avoids[shape] else 0
        safe = int(np.count_nonzero(share > 1))
        return bool(safe > blocking or np.minimum(share, 1).sum() > kinds + blocking)


def _bare(shapes: Collection[Shape], fleet: Fleet) -> dict[Shape, Shape]:
    """Each without what only makes one host better than another, so that more are alike: whether a host refuses it
    does not depend on that."""
    named = {kin for kin, _ in fleet.shunned}
    for shape in shapes:
        named |= {rule.kin for rule in shape.near} | {rule.kin for rule in shape.at_most}
    return {
        shape: replace(
            shape,
            counted=shape.counted & named,
            likes=(),
            own=None,
            was_on=None,
            failed_on=frozenset(),
            image="",
            policy=PLAIN,
        )
        for shape in shapes
    }


def _column(values: Sequence[int]) -> Ints:
    return np.array(values, dtype=np.int64)


@dataclass(frozen=True)
class _Left:
    """Of the rows where one more fits: how much more of each kind of room refuses the next; which kinds it needs.

    `safe`: how many rows not even the most that any loss brings could fill; `spare`: the shares of that which would
    fill them all, beyond what there is.
    """

    rows: Ints
    slack: Floats
    asks: Mask
    safe: int = 0
    spare: float = 0.0

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
    share, kinds = found.shares(most)
    return replace(found, safe=int(np.count_nonzero(share > 1)), spare=float(np.minimum(share, 1).sum()) - kinds)


def _is_plain(shape: Shape, fleet: Fleet) -> bool:
    if shape.volumes or shape.gpus is not None or shape.asked_ports() or shape.only_host is not None:
        return False
    within = {rule.within for rule in shape.near} | {rule.within for rule in shape.at_most}
    within |= {where for kin, where in fleet.shunned if kin in shape.counted}
    return within <= {HOST} and all(rule.apart for rule in shape.near)


def _needs(shape: Shape, fleet: Fleet) -> Ints:
    """Of each kind of room: CPU, memory, ports, then the named resources."""
    wanted = dict(shape.needs)
    named = [wanted.get(name, 0) for name in sorted(fleet.resources)]
    ports = ports_needed(shape, fleet) if shape.chosen_ports() else 0
    return np.array([shape.cpu_millis, shape.memory_bytes, ports, *named], dtype=np.int64)
