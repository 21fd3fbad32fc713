"""What could be softened of the rules about other containers: a rule made a wish, a limit raised.

Part of remedies. What others wish of this one is theirs to change: there is no remedy for it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from scheduler.placement.company import AtMost, Near
from scheduler.placement.filters.company import avoided, beside, counted
from scheduler.placement.fleet import Fleet
from scheduler.placement.remedies.base import (
    EFFORT_MOST,
    EFFORT_PREFER,
    GROUPS,
    Ask,
    Change,
    greatest,
    grouped,
    joined,
    of_shape,
)
from scheduler.placement.types import Ints, Shape

WISH = 50  # the weight a rule gets as a wish: the middle
MOST = 1_000_000


def prefer_beside(shape: Shape, fleet: Fleet, rows: Ints, ask: Ask) -> list[Change]:
    rules = beside(shape, fleet)
    broken = grouped(rows, lambda row: tuple(rule for rule, there in rules if there[row] <= 0))
    return [wishes(shape, lacking) for lacking, _ in broken[:GROUPS]]


def prefer_apart(shape: Shape, fleet: Fleet, rows: Ints, ask: Ask) -> list[Change]:
    rules = avoided(shape, fleet)

    def broken(row: int) -> tuple[Near, ...] | None:
        found = [(kin, within, is_own) for kin, within, is_own, there in rules if there[row] > 0]
        if any(not is_own for *_, is_own in found):
            return None
        return tuple(Near(kin, within, apart=True) for kin, within, _ in found)

    return [wishes(shape, lacking) for lacking, _ in grouped(rows, broken)[:GROUPS]]


def wishes(shape: Shape, rules: Sequence[Near]) -> Change:
    """These rules as wishes."""
    make = of_shape(
        near=tuple(rule for rule in shape.near if rule not in rules),
        likes=(*shape.likes, *(rule._replace(weight=WISH) for rule in rules)),
    )
    words = joined(f"only prefer to be {named(rule)} (prefer: {WISH})" for rule in rules)
    value = [
        {"apart" if rule.apart else "beside": str(rule.kin), "within": rule.within, "prefer": WISH} for rule in rules
    ]
    effort = EFFORT_PREFER * len(rules)
    return Change("prefer", "affinity", value, words, effort, make, ", ".join(named(rule) for rule in rules))


def named(rule: Near) -> str:
    where = "" if rule.within == "host" else f" within {rule.within}"
    return f"{'apart from' if rule.apart else 'beside'} {rule.kin}{where}"


# --- at most


def raise_most(shape: Shape, fleet: Fleet, rows: Ints, ask: Ask) -> list[Change]:
    """As little as lets the first in, and as little as lets in all; of hosts that one limit refuses."""
    rules = counted(shape, fleet)

    def broken(row: int) -> int | None:
        full = [n for n, (rule, there) in enumerate(rules) if there[row] < 0 or there[row] >= rule.most]
        return full[0] if len(full) == 1 and rules[full[0]][1][row] >= 0 else None

    found = []
    for number, at in grouped(rows, broken):
        rule, there = rules[number]
        where = fleet.domain(rule.within).codes[at]
        counts = there[at][np.unique(where, return_index=True)[1]]
        first = int(counts.min()) + 1
        found += [_raised(shape, rule, most) for most in sorted({first, enough(counts, first, ask.waiting)})]
    return found


def enough(counts: Ints, first: int, count: int) -> int:
    """The least limit that leaves room for so many."""
    short = greatest(0, MOST, lambda most: int(np.maximum(most - counts, 0).sum()) < count)
    return max(first, (short or 0) + 1)


def _raised(shape: Shape, rule: AtMost, most: int) -> Change:
    at_most = tuple(one._replace(most=most) if one is rule else one for one in shape.at_most)
    words = f"raise max_per {rule.within} to {most}"
    value = {rule.within: most}
    effort = min(1.0, EFFORT_MOST * (1 + (most - rule.most) / 10))
    return Change("max-per", "max_per", value, words, effort, of_shape(at_most=at_most), f"{rule.within}: {most}")
