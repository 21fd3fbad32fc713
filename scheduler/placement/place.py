"""Places requests one after the other on a copy of the fleet, and keeps what it saw.

The cost is per request, not per container: filters and scores run once, then the containers are dealt out by a heap
over the best rows. Equal input gives equal output; equal totals go by the host's name (the order of the rows).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heapreplace

import numpy as np

from scheduler.placement.explain import DIGITS, best_of, explain, terms_of, worth
from scheduler.placement.filters import FILTERS, PLENTY, Filter
from scheduler.placement.ports import bind_ports
from scheduler.placement.scores import SCORES, Score, terms
from scheduler.placement.types import BoundPort, Explanation, Fleet, Group, Ints, Mask, Request, Shape, Term, Verdict


@dataclass(frozen=True)
class Policy:
    """The rules of a pass."""

    filters: tuple[Filter, ...] = FILTERS
    scores: tuple[Score, ...] = SCORES


def place(requests: Iterable[Request], fleet: Fleet, *, policy: Policy = Policy()) -> list[Group]:
    """Verdicts for every request, in order; the given fleet is not changed."""
    fleet = fleet.copy()
    return [_place_group(part, fleet, policy=policy) for request in requests for part in _split(request)]


def _split(request: Request) -> list[Request]:
    """A volume that no host holds yet is fixed by the first container: the others must see that."""
    if not request.shape.volumes:
        return [request]
    return [Request(request.shape, (container,)) for container in request.containers]


def _place_group(request: Request, fleet: Fleet, *, policy: Policy) -> Group:
    shape = request.shape
    masks = [one.refused(shape, fleet) for one in policy.filters]
    seen = terms(shape, fleet, scores=policy.scores)
    before = explain(shape, fleet, filters=policy.filters, masks=masks, terms=seen)
    rows = deal(len(request.containers), seen, room=_room(shape, fleet, filters=policy.filters, masks=masks))
    verdicts = _give(request, rows, fleet=fleet, seen=seen)
    left = request.containers[len(rows) :]
    verdicts += [Verdict(container, None, "", ()) for container in left]
    after = _look_again(shape, fleet, policy=policy) if left and rows else before
    return Group(request, tuple(verdicts), before, after if left else None)


def _look_again(shape: Shape, fleet: Fleet, *, policy: Policy) -> Explanation:
    masks = [one.refused(shape, fleet) for one in policy.filters]
    return explain(shape, fleet, filters=policy.filters, masks=masks, terms=terms(shape, fleet, scores=policy.scores))


def _give(request: Request, rows: list[int], *, fleet: Fleet, seen: Sequence[Term]) -> list[Verdict]:
    """Write the dealt rows into the fleet, with their ports."""
    verdicts, got = [], Counter[int]()
    shape, names, ids = request.shape, fleet.names, fleet.ids.tolist()
    values = {row: terms_of(row, seen) for row in set(rows)}
    ports: tuple[BoundPort, ...] = ()
    for container, row in zip(request.containers, rows, strict=False):
        if shape.ports:
            ports = bind_ports(container, shape.ports, fleet=fleet, row=row)
            fleet.take_ports(row, ports)
        verdicts.append(Verdict(container, ids[row], names[row], ports, values[row], got[row]))
        got[row] += 1
    fleet.add(rows, shape)
    return verdicts


def _room(shape: Shape, fleet: Fleet, *, filters: Sequence[Filter], masks: Sequence[Mask]) -> Ints:
    """Per row: how many containers of this shape fit; 0 where a filter refuses."""
    room = np.full(len(fleet), PLENTY)
    for one, mask in zip(filters, masks, strict=True):
        if one.room is not None:
            room = np.minimum(room, one.room(shape, fleet))
        room[mask] = 0
    return room


def deal(count: int, seen: Sequence[Term], *, room: Ints) -> list[int]:
    """The rows that get the containers, one by one, each time the best row that has room left.

    Only the `count` best rows can ever win one, since each row's first container comes before its second.
    """
    first = worth(seen, len(room))
    candidates = best_of(first, np.flatnonzero(room > 0), count)
    left = _column(candidates, room)
    bases = _column(candidates, sum((term.first for term in seen), np.zeros(len(room))))
    steps = _column(candidates, sum((term.step for term in seen), np.zeros(len(room))))
    heap = [(-value, row, 0) for row, value in _column(candidates, first).items()]
    heapify(heap)
    rows: list[int] = []
    while heap and len(rows) < count:
        _, row, got = heap[0]
        rows.append(row)
        got += 1
        if got < left[row]:
            heapreplace(heap, (-round(bases[row] + got * steps[row], DIGITS), row, got))
        else:
            heappop(heap)
    return rows


def _column(rows: Ints, values: np.ndarray[tuple[int], np.dtype[np.generic]]) -> dict[int, float]:
    return dict(zip(rows.tolist(), values[rows].tolist(), strict=True))
