"""Deals the containers of one request out to the hosts that fit, one by one, each time to the best that has room left.

Three ways to the same end: all at once where each further container makes a host worse by as much; by a heap where it
does not; and by domains where a host's worth or room also depends on what its neighbours get.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heapreplace
from typing import NamedTuple

import numpy as np

from scheduler.placement.look import DIGITS, NEARLY, Look, best_of
from scheduler.placement.types import Cap, Floats, Ints, Term

FLAT = 1e-12  # a fall that is none
HALVINGS = 60


class Dealt(NamedTuple):
    """Per container that found a host: the row, and what each term was worth there at that moment."""

    rows: Ints
    values: list[tuple[float, ...]]


def deal(count: int, seen: Look, *, caps: Sequence[Cap] = ()) -> Dealt:
    """At most `count` containers. Equal totals go by the host's name."""
    if caps or any(term.codes is not None for term in seen.terms):
        return by_domains(count, seen, caps)
    # Only the `count` best can ever win one, since each row's first container comes before its second.
    rows = seen.best(count)
    room = seen.room(rows, count)
    deal_out = at_once if only_falls(seen.terms, rows) else by_heap
    return deal_out(count, seen.terms, rows=rows, room=room)


def only_falls(terms: Sequence[Term], rows: Ints) -> bool:
    """Whether each further container makes a host worse by as much, or at least no better."""
    return not any(term.bend is not None or (term.step[rows] > 0).any() for term in terms)


class Places(NamedTuple):
    """Room for one container each, best first: the row, how many it got before, what it is worth then."""

    rows: Ints
    got: Ints
    worth: Floats


def at_once(count: int, terms: Sequence[Term], *, rows: Ints, room: Ints) -> Dealt:
    """Where values only fall."""
    found = best_places(count, terms, rows=rows, room=room)
    columns = [(term.first[found.rows] + found.got * term.step[found.rows]).tolist() for term in terms]
    return Dealt(found.rows, list(zip(*columns, strict=True)) if columns else [()] * len(found.rows))


def best_places(count: int, terms: Sequence[Term], *, rows: Ints, room: Ints) -> Places:
    """Where values only fall: of all (row, how many before) the best `count`, found by sorting."""
    bases, steps = total(terms, "first", rows), total(terms, "step", rows)
    each = enough(count, bases, np.maximum(-steps, FLAT), room=room)
    at = np.repeat(np.arange(len(rows)), each)
    got = np.arange(len(at)) - np.repeat(np.cumsum(each) - each, each)
    values = np.round(bases[at] + got * steps[at], DIGITS)
    order = np.lexsort((got, rows[at], -values))[:count]
    return Places(rows[at[order]], got[order], values[order])


def enough(count: int, bases: Floats, falls: Floats, *, room: Ints) -> Ints:
    """Per row: how many could be among the best `count`, and few more. A worth is sought that about so many reach."""
    if int(room.sum()) <= count:
        return room
    low, high = float((bases - room * falls).min()) - NEARLY, float(bases.max())
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        reach = np.minimum(room, np.maximum(np.floor((bases - middle) / falls).astype(np.int64) + 1, 0))
        found = int(reach.sum())
        if found >= count:
            low = middle
            if found <= count + count // 16 + 1:
                break
        else:
            high = middle
    # What is worth as much, but for rounding, belongs to it.
    return np.minimum(room, np.maximum(np.floor((bases - low + NEARLY) / falls).astype(np.int64) + 1, 0))


def total(terms: Sequence[Term], part: str, rows: Ints) -> Floats:
    found = np.zeros(len(rows))
    for term in terms:
        found = found + getattr(term, part)[rows]
    return found


def by_heap(count: int, terms: Sequence[Term], *, rows: Ints, room: Ints) -> Dealt:
    """Where a host may become better by what it gets: after each container its row is reckoned again."""
    given: list[int] = []
    values = []
    left = dict(zip(rows.tolist(), room.tolist(), strict=True))
    heap = [(-worth_of(terms, row, 0), row, 0) for row, most in left.items() if most > 0]
    heapify(heap)
    while heap and len(given) < count:
        _, row, got = heap[0]
        given.append(row)
        values.append(tuple(term.at(row, got) for term in terms))
        if got + 1 < left[row]:
            heapreplace(heap, (-worth_of(terms, row, got + 1), row, got + 1))
        else:
            heappop(heap)
    return Dealt(np.array(given, dtype=np.int64), values)


def worth_of(terms: Sequence[Term], row: int, got: int) -> float:
    return round(sum(term.at(row, got) for term in terms), DIGITS)


@dataclass
class Part:
    """The rows that share every domain that matters: they differ only by what they have themselves."""

    heap: list[tuple[float, int, int]]  # (-worth without the domains' change, row, how many it got)


def by_domains(count: int, seen: Look, caps: Sequence[Cap]) -> Dealt:
    """Where neighbours matter: the best row of each part, and of the parts the best."""
    return Domains(count, seen, caps).deal()


class Domains:
    """The state of one such deal."""

    def __init__(self, count: int, seen: Look, caps: Sequence[Cap]) -> None:
        self.count, self.terms = count, seen.terms
        self.own = [term for term in seen.terms if term.codes is None]
        self.shared = [term for term in seen.terms if term.codes is not None]
        fits = seen.fits
        columns = [
            *[term.codes[fits] for term in self.shared if term.codes is not None],
            *[c.codes[fits] for c in caps],
        ]
        keys, member = np.unique(np.stack(columns), axis=1, return_inverse=True)
        member = member.reshape(-1)
        self.keys = keys  # of each part: its domain for each shared term, then for each cap
        self.capped = [(keys[len(self.shared) + place], cap.left.copy()) for place, cap in enumerate(caps)]
        self.change = np.zeros(keys.shape[1])  # of the worth of a part's rows by what its domains got
        self.got = [np.zeros(int(keys[place].max(initial=-1)) + 1, dtype=np.int64) for place in range(len(self.shared))]
        self.left: dict[int, int] = {}
        self.parts = [self._part(seen, fits[member == part]) for part in range(keys.shape[1])]

    def _part(self, seen: Look, rows: Ints) -> Part:
        rows = best_of(seen.worth, rows, self.count)
        room = seen.room(rows, self.count)
        self.left.update(zip(rows.tolist(), room.tolist(), strict=True))
        heap = [(-self._base(row, 0), row, 0) for row, most in zip(rows.tolist(), room.tolist(), strict=True) if most]
        heapify(heap)
        return Part(heap)

    def _base(self, row: int, got: int) -> float:
        return sum(term.at(row, got) if term.codes is None else float(term.first[row]) for term in self.terms)

    def deal(self) -> Dealt:
        rows: list[int] = []
        values = []
        while len(rows) < self.count and (part := self._best()) is not None:
            heap = self.parts[part].heap
            _, row, got = heap[0]
            rows.append(row)
            values.append(tuple(self._value(term, row, got, part) for term in self.terms))
            if got + 1 < self.left[row]:
                heapreplace(heap, (-self._base(row, got + 1), row, got + 1))
            else:
                heappop(heap)
            self._count(part)
        return Dealt(np.array(rows, dtype=np.int64), values)

    def _best(self) -> int | None:
        """The part whose best row is the best of all; None when nobody has room."""
        best: tuple[float, int, int] | None = None
        for part, one in enumerate(self.parts):
            if one.heap and all(left[codes[part]] > 0 for codes, left in self.capped):
                base, row, _ = one.heap[0]
                found = (-round(-base + float(self.change[part]), DIGITS), row, part)
                best = found if best is None or found < best else best
        return None if best is None else best[2]

    def _value(self, term: Term, row: int, got: int, part: int) -> float:
        if term.codes is None:
            return term.at(row, got)
        place = self.shared.index(term)
        domain = self.keys[place][part]
        return float(term.first[row]) + (term.per * int(self.got[place][domain]) if domain >= 0 else 0.0)

    def _count(self, part: int) -> None:
        for place, term in enumerate(self.shared):
            domain = self.keys[place][part]
            if domain >= 0:
                self.got[place][domain] += 1
                self.change[self.keys[place] == domain] += term.per
        for codes, left in self.capped:
            left[codes[part]] -= 1
