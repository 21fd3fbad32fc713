"""Places requests one after the other on a copy of the fleet, and keeps what it saw.

The cost is per request, not per container: filters and scores run once, then the containers are dealt out. Equal
input gives equal output; equal totals go by the host's name (the order of the rows).
"""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import repeat

from scheduler.placement.deal import Dealt, deal
from scheduler.placement.explain import explain
from scheduler.placement.families import families, new_ones, see_the_same, share
from scheduler.placement.filters import FILTERS, Filter, caps
from scheduler.placement.filters.company import is_first
from scheduler.placement.fleet import Fleet
from scheduler.placement.look import Look, look
from scheduler.placement.ports import bind_ports
from scheduler.placement.scores import terms
from scheduler.placement.types import BoundPort, Group, Request, Shape, Verdict


@dataclass(frozen=True)
class Rules:
    """The rules of a pass."""

    filters: tuple[Filter, ...] = FILTERS

    def look(self, shape: Shape, fleet: Fleet) -> Look:
        return look(shape, fleet, filters=self.filters, terms=terms(shape, fleet))


def place(requests: Iterable[Request], fleet: Fleet, *, rules: Rules = Rules()) -> list[Group]:
    """Verdicts for every request, in order but that a family stands together; the given fleet is not changed."""
    fleet = fleet.copy()
    with no_sweep():
        return [group for family in families(requests) for group in _place_family(family, fleet, rules=rules)]


def _place_family(family: Sequence[Request], fleet: Fleet, *, rules: Rules) -> list[Group]:
    """Together as many as can be, and each of the others by itself. What could be done for less than half of them is
    not tried again, so that the cost stays that of placing each by itself."""
    groups: list[Group] = []
    is_worth_it = True
    while family:
        found: list[Group] = []
        if is_worth_it and len(family) > 1:
            found = _place_together(family, fleet, rules=rules)
            is_worth_it = 2 * len(found) >= len(family)
        groups += found
        family = family[len(found) :]
        if family:
            groups += (_place_claimed(part, fleet, rules=rules) for part in _split(family[0], fleet))
            family = family[1:]
    return groups


def _place_together(family: Sequence[Request], fleet: Fleet, *, rules: Rules) -> list[Group]:
    """The first of them for which it makes no difference; they share an explanation."""
    same = see_the_same(family, fleet)
    if len(same) < 2:
        return []
    seen = rules.look(same[0].shape, fleet)
    if not len(seen.fits):
        why = explain(seen)
        return [Group(request, _refused(request.containers), why, why) for request in same]
    requests = new_ones(same, fleet)
    dealt = share(requests, seen) if len(requests) > 1 else []
    if not dealt:
        return []
    why = explain(seen)
    given = zip(requests, dealt, strict=False)
    return [Group(request, tuple(_give(request, one, fleet=fleet)), why, None) for request, one in given]


def _refused(containers: Iterable[str]) -> tuple[Verdict, ...]:
    return tuple(Verdict(container, None, "", ()) for container in containers)


def _place_claimed(request: Request, fleet: Fleet, *, rules: Rules) -> Group:
    """Its own claim is in nobody's way but others'; once it is placed, nothing is kept for it any more."""
    others = tuple(one for one in fleet.claims if one.container not in request.containers)
    if len(others) == len(fleet.claims):
        return _place_group(request, fleet, rules=rules)
    claims, fleet.claims = fleet.claims, others
    group = _place_group(request, fleet, rules=rules)
    if group.verdicts[0].host is None:
        fleet.claims = claims
    return group


@contextmanager
def no_sweep() -> Iterator[None]:
    """Python's search for cycles waits: a pass makes none, and the search through 100,000 verdicts takes as long as
    placing them."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _split(request: Request, fleet: Fleet) -> list[Request]:
    """Those that room is kept for by themselves, and before the others of their shape."""
    claimed = {one.container for one in fleet.claims}.intersection(request.containers) if fleet.claims else ()
    if not claimed:
        return _parts(request, fleet)
    first = [Request(request.shape, (one,)) for one in request.containers if one in claimed]
    rest = tuple(one for one in request.containers if one not in claimed)
    return [*first, *(_parts(Request(request.shape, rest), fleet) if rest else [])]


def _parts(request: Request, fleet: Fleet) -> list[Request]:
    """Where the first container decides what holds for the others, they must see it: of a volume that no host holds
    yet, of a kin that wants to be together and has nobody yet; and of the devices of a host."""
    shape, containers = request.shape, request.containers
    by_device = fleet.park is not None and (shape.gpus is not None or shape.policy.asks("fragments"))
    if shape.volumes or by_device or any(rule.kin in shape.counted and not rule.apart for rule in shape.likes):
        return [Request(shape, (container,)) for container in containers]
    if len(containers) > 1 and any(not rule.apart and is_first(rule, shape, fleet) for rule in shape.near):
        return [Request(shape, containers[:1]), Request(shape, containers[1:])]
    return [request]


def _place_group(request: Request, fleet: Fleet, *, rules: Rules) -> Group:
    shape = request.shape
    seen = rules.look(shape, fleet)
    dealt = deal(len(request.containers), seen, caps=caps(shape, fleet))
    before = explain(seen)
    verdicts = _give(request, dealt, fleet=fleet)
    left = request.containers[len(verdicts) :]
    after = None
    if left:
        after = explain(rules.look(shape, fleet)) if verdicts else before
        verdicts += _refused(left)
    return Group(request, tuple(verdicts), before, after)


def _give(request: Request, dealt: Dealt, *, fleet: Fleet) -> list[Verdict]:
    """Write the dealt rows into the fleet, with their ports."""
    rows = dealt.rows.tolist()
    if not rows:
        return []
    shape = request.shape
    hosts, names = fleet.ids[dealt.rows].tolist(), map(fleet.names.__getitem__, rows)
    ports: Iterable[tuple[BoundPort, ...]] = repeat(())
    if shape.ports:
        given = zip(request.containers, rows, strict=False)
        ports = [_take_ports(container, row, shape, fleet) for container, row in given]
    gpus: Iterable[tuple[int, ...]] = repeat(())
    if shape.gpus is not None:
        gpus = [_take_gpus(row, shape, fleet) for row in rows]
    fleet.add(dealt.rows, shape)
    return list(map(Verdict, request.containers, hosts, names, ports, gpus, dealt.values))


def _take_gpus(row: int, shape: Shape, fleet: Fleet) -> tuple[int, ...]:
    assert shape.gpus is not None
    assert fleet.park is not None
    devices = fleet.park.devices_for(shape.gpus, row, asked=(shape.cpu_millis, shape.memory_bytes))
    fleet.park.take(row, devices, shape.gpus.millis)
    return devices


def _take_ports(container: str, row: int, shape: Shape, fleet: Fleet) -> tuple[BoundPort, ...]:
    ports = bind_ports(container, shape.ports, fleet=fleet, row=row)
    fleet.take_ports(row, ports)
    return ports
