"""Beside whom a container may stand: required affinity, required distance (its own and that of others), and how many
of its kin may share a host or a label's value.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from scheduler.placement.company import HOST, AtMost, Kin, Near, per_domain
from scheduler.placement.filters.base import PLENTY, Filter, Rows, do, have
from scheduler.placement.fleet import Fleet
from scheduler.placement.types import Cap, Ints, Mask, Shape


def place_of(fleet: Fleet, row: int, within: str) -> str:
    """The domain of a row in words: "zone=a"; the host itself needs none."""
    return "" if within == HOST else f"{within}={fleet.labels[row].get(within)}"


def here(fleet: Fleet, counts: Mapping[int, int], within: str) -> Ints:
    """Per row: how many stand in its domain; -1 for a row that is in none."""
    where = fleet.domain(within)
    found = per_domain(counts, where)
    found[where.size] = -1
    there: Ints = found[where.codes]
    return there


def at_rows(columns: Sequence[Ints], rows: Ints) -> list[tuple[int, ...]]:
    """What was counted, for these rows: a tuple for each."""
    return list(zip(*(column[rows].tolist() for column in columns), strict=True))


def either(masks: Sequence[Mask]) -> Mask | None:
    if not masks:
        return None
    mask: Mask = np.logical_or.reduce(masks)
    return mask


# --- beside


def is_first(rule: Near, shape: Shape, fleet: Fleet) -> bool:
    """Nobody of its kin is there yet, and it is one itself: then it is the one that the others come to."""
    return rule.kin in shape.counted and not fleet.company.get(rule.kin)


def beside(shape: Shape, fleet: Fleet) -> list[tuple[Near, Ints]]:
    """Each rule with what it finds per row; for the first of its kin every host with the label will do."""
    found = []
    for rule in shape.near:
        if not rule.apart:
            there = here(fleet, fleet.company.get(rule.kin, {}), rule.within)
            found.append((rule, np.where(there < 0, -1, 1) if is_first(rule, shape, fleet) else there))
    return found


def alone(shape: Shape, fleet: Fleet) -> Mask | None:
    return either([there <= 0 for _, there in beside(shape, fleet)])


def seen_alone(shape: Shape, fleet: Fleet, rows: Ints) -> Sequence[tuple[int, ...]]:
    return at_rows([there for _, there in beside(shape, fleet)], rows)


def why_alone(shape: Shape, fleet: Fleet, row: int, seen: Any) -> str:
    words = []
    for rule, there in zip([rule for rule in shape.near if not rule.apart], seen, strict=True):
        if there < 0:
            words.append(f"has no label {rule.within}, within which it wants to be beside {rule.kin}")
        elif there == 0:
            words.append(f"wants to be beside {rule.kin}, none is {at(place_of(fleet, row, rule.within))}")
    return "; ".join(words)


def at(place: str) -> str:
    return f"in {place}" if place else "there"


def sum_alone(shape: Shape, fleet: Fleet, rows: Rows) -> str:
    kin = [str(rule.kin) for rule, there in beside(shape, fleet) if (there[rows] <= 0).any()]
    return f"{have(rows)} none of {' and '.join(kin)} beside"


# --- apart


def avoided(shape: Shape, fleet: Fleet) -> list[tuple[Kin, str, bool, Ints]]:
    """Per row what it must be apart from (its own rules), and what must be apart from it (those of others)."""
    own = [(rule.kin, rule.within, True, fleet.company.get(rule.kin)) for rule in shape.near if rule.apart]
    theirs = [(kin, within, False, rows) for (kin, within), rows in fleet.shunned.items() if kin in shape.counted]
    return [(kin, within, is_own, here(fleet, rows, within)) for kin, within, is_own, rows in own + theirs if rows]


def crowded(shape: Shape, fleet: Fleet) -> Mask | None:
    return either([there > 0 for *_, there in avoided(shape, fleet)])


def seen_crowded(shape: Shape, fleet: Fleet, rows: Ints) -> Sequence[list[tuple[Kin, str, bool, int]]]:
    found = avoided(shape, fleet)
    counted = at_rows([there for *_, there in found], rows)
    return [[(*one[:3], count) for one, count in zip(found, each, strict=True)] for each in counted]


def why_crowded(shape: Shape, fleet: Fleet, row: int, seen: Any) -> str:
    for kin, within, is_own, count in seen:
        where = at(place_of(fleet, row, within))
        if count > 0 and is_own:
            return f"wants to be apart from {kin}, {count} {'is' if count == 1 else 'are'} {where}"
        if count > 0:
            return f"what is {where} wants to be apart from {kin}"
    return ""


def sum_crowded(shape: Shape, fleet: Fleet, rows: Rows) -> str:
    kin = {str(kin): is_own for kin, _, is_own, there in reversed(avoided(shape, fleet)) if (there[rows] > 0).any()}
    own = sorted(name for name, is_own in kin.items() if is_own)
    if not own:
        return f"{have(rows)} containers beside that want to be apart from {' and '.join(sorted(kin))}"
    return f"{have(rows)} {' or '.join(own)} beside, from which it wants to be apart"


# --- at most


def counted(shape: Shape, fleet: Fleet) -> list[tuple[AtMost, Ints]]:
    return [(rule, here(fleet, fleet.company.get(rule.kin, {}), rule.within)) for rule in shape.at_most]


def full(shape: Shape, fleet: Fleet) -> Mask | None:
    return either([(there < 0) | (there >= rule.most) for rule, there in counted(shape, fleet)])


def seen_full(shape: Shape, fleet: Fleet, rows: Ints) -> Sequence[tuple[int, ...]]:
    return at_rows([there for _, there in counted(shape, fleet)], rows)


def why_full(shape: Shape, fleet: Fleet, row: int, seen: Any) -> str:
    words = []
    for rule, there in zip(shape.at_most, seen, strict=True):
        if there < 0:
            words.append(f"has no label {rule.within}, by which {rule.kin} is counted")
        elif there >= rule.most:
            where = place_of(fleet, row, rule.within)
            words.append(f"{where or 'it'} has {there} of {rule.kin}, at most {rule.most} may be there")
    return "; ".join(words)


def sum_full(shape: Shape, fleet: Fleet, rows: Rows) -> str:
    found = [rule for rule, there in counted(shape, fleet) if ((there[rows] < 0) | (there[rows] >= rule.most)).any()]
    words = ", ".join(f"at most {rule.most} of {rule.kin} for each {rule.within}" for rule in found)
    return f"{do(rows)} not take more of it ({words})"


# --- how many more


def room_of_company(shape: Shape, fleet: Fleet, rows: Ints) -> Ints | None:
    """What holds for one host alone; what hosts share is in caps()."""
    room: Ints | None = None
    for most, counts in limits(shape, fleet, within=HOST):
        left = np.array([max(0, most - counts.get(row, 0)) for row in rows.tolist()], dtype=np.int64)
        room = left if room is None else np.minimum(room, left)
    return room


def caps(shape: Shape, fleet: Fleet) -> list[Cap]:
    """How many more each domain of several hosts takes."""
    found = []
    for within in sorted({*(rule.within for rule in shape.at_most), *(rule.within for rule in shape.near)} - {HOST}):
        where = fleet.domain(within)
        codes = np.where(where.codes < 0, where.size, where.codes)
        for most, counts in limits(shape, fleet, within=within):
            left = np.maximum(most - per_domain(counts, where), 0)
            left[where.size] = PLENTY  # those outside of all domains; filters have refused them where they must
            found.append(Cap(codes, left))
    return found


def limits(shape: Shape, fleet: Fleet, *, within: str) -> list[tuple[int, Mapping[int, int]]]:
    """Of its own kin: at most so many in one domain, and what is counted there already."""
    found: list[tuple[int, Mapping[int, int]]] = [
        (rule.most, fleet.company.get(rule.kin, {}))
        for rule in shape.at_most
        if rule.within == within and rule.kin in shape.counted
    ]
    keep_apart = any(rule.apart and rule.within == within and rule.kin in shape.counted for rule in shape.near)
    return [*found, (1, {})] if keep_apart else found


AFFINITY = Filter("affinity", alone, why_alone, sum_alone, seen=seen_alone)
APART = Filter("apart", crowded, why_crowded, sum_crowded, seen=seen_crowded)
AT_MOST = Filter("at most", full, why_full, sum_full, room_of_company, seen_full)
