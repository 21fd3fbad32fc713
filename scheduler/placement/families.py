"""Requests that differ only in whose they are, placed at one look. Pure.

A policy that keeps the containers of a service apart makes a request of each service. Where nothing of theirs stands
yet, they all see the same but for what those before them took: so filters and scores run once, and one after the other
takes from one list of places, best first, those on hosts where it has none. The outcome is that of placing each by
itself (tests); where that is not sure, the rest is placed so. Before: place(). After: its groups.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, takewhile

from scheduler.placement.company import Kin
from scheduler.placement.deal import Dealt, Places, best_places, only_falls
from scheduler.placement.fleet import Fleet
from scheduler.placement.look import DIGITS, Look
from scheduler.placement.types import Request, Shape, Term

APART = "fewest"  # the term that keeps them apart
_OWN = {"own", "counted"}  # in which the shapes of a family differ
_ALIKE = tuple(name for name in Shape.__dataclass_fields__ if name not in _OWN)
FURTHER = 64  # places beyond those that are asked for: of hosts that come up too early for the one whose turn it is


def families(requests: Iterable[Request]) -> Iterator[list[Request]]:
    """Each stands where its first request stood; most have one."""
    found: dict[object, list[Request]] = {}
    for number, request in enumerate(requests):
        shape = request.shape
        key = tuple([getattr(shape, name) for name in _ALIKE]) if _is_plain(shape) else number
        found.setdefault(key, []).append(request)
    return iter(found.values())


def _is_plain(shape: Shape) -> bool:
    """Whether nothing but the policy asks whose it is, and a container's place hangs on no other's."""
    if shape.own is None or shape.counted != {shape.own} or not shape.policy.asks(APART):
        return False
    return not (shape.near or shape.likes or shape.at_most or shape.volumes or shape.gpus or shape.policy.over)


def see_the_same(family: Sequence[Request], fleet: Fleet) -> list[Request]:
    """The first of them, as far as every host refuses all of them or none."""
    if fleet.claims or fleet.park is not None:
        return []
    shunned = {kin for kin, _ in fleet.shunned}
    return list(takewhile(lambda one: one.shape.own not in shunned, family))


def new_ones(family: Sequence[Request], fleet: Fleet) -> list[Request]:
    """The first of them of whose services nothing stands there."""
    found: list[Request] = []
    known = set[Kin]()
    for request in family:
        own = request.shape.own
        if own is None or own in known or fleet.company.get(own):
            break
        known.add(own)
        found.append(request)
    return found


def share(family: Sequence[Request], seen: Look) -> list[Dealt]:
    """What each of the first of them gets; fewer than there are, also none, where only placing each by itself tells."""
    apart = next((term for term in seen.terms if term.name == APART), None)
    others = [term for term in seen.terms if term is not apart]
    if apart is None or not len(seen.fits) or apart.step[0] >= 0 or any(term.codes is not None for term in others):
        return []
    sizes = [len(request.containers) for request in family]
    count = sum(sizes) + max(sizes) + FURTHER
    rows = seen.best(count)
    if not only_falls(others, rows):
        return []
    places = best_places(count, others, rows=rows, room=seen.room(rows, count))
    taken = list(_take_turns(sizes, places, penalty=-float(apart.step[0])))
    return [Dealt(places.rows[numbers], _values(numbers, places, seen.terms, apart)) for numbers in taken]


def _take_turns(sizes: Iterable[int], places: Places, *, penalty: float) -> Iterator[list[int]]:
    """For each the numbers of its places, as long as it is sure: the best on hosts where it has none, and no second
    one on a host would be better, which is less worth by the penalty."""
    rows, worth = places.rows.tolist(), places.worth.tolist()
    left: list[int] = []  # passed over by those before, best first
    end = 0
    for size in sizes:
        if not left and end + size <= len(rows) and len(set(rows[end : end + size])) == size:
            yield list(range(end, end + size))
            end += size
            continue
        mine: list[int] = []
        hosts: set[int] = set()
        passed: list[int] = []
        for number in chain(left, range(end, len(rows))):
            if rows[number] in hosts:
                passed.append(number)
                continue
            hosts.add(rows[number])
            mine.append(number)
            if len(mine) == size:
                break
        else:
            return
        if passed and worth[passed[0]] - penalty >= worth[mine[-1]] - 10.0**-DIGITS:
            return
        last = mine[-1]
        left = [*passed, *(number for number in left if number > last)]
        end = max(end, last + 1)
        yield mine


def _values(numbers: Sequence[int], places: Places, terms: Sequence[Term], apart: Term) -> list[tuple[float, ...]]:
    """Of each term what it was worth there: none of its own stood there."""
    rows, got = places.rows[numbers], places.got[numbers]
    columns = [(term.first[rows] + (0 if term is apart else got * term.step[rows])).tolist() for term in terms]
    return list(zip(*columns, strict=True))
