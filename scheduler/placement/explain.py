"""Says in words what a pass saw: the funnel of filters, every refused host, the best five, and why nothing fits.

These become the kept decision and the reason that a pending container shows.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from scheduler.placement.filters import Filter
from scheduler.placement.types import (
    Explanation,
    Fleet,
    Floats,
    Ints,
    Mask,
    Refusal,
    Scored,
    Shape,
    Step,
    Term,
    TermsOfRow,
)

BEST = 5
REASONS_MAX = 1000
DIGITS = 9  # of a total: what differs by less is equal
SHOWN_DIGITS = 6
NO_HOSTS = "no host is registered yet"


def explain(
    shape: Shape, fleet: Fleet, *, filters: Sequence[Filter], masks: Sequence[Mask], terms: Sequence[Term]
) -> Explanation:
    """One look at the fleet for one shape, as it stands now."""
    blame = first_refusal(masks, len(fleet))
    refused = tuple(
        Refusal(fleet.names[row], filters[blame[row]].name, filters[blame[row]].reason(shape, fleet, row))
        for row in np.flatnonzero(blame >= 0)[:REASONS_MAX].tolist()
    )
    fits = np.flatnonzero(blame < 0)
    words = "" if len(fits) else no_host_fits(shape, fleet, filters=filters, blame=blame)
    return Explanation(len(fleet), funnel(filters, blame), refused, best_rows(fleet, fits, terms=terms), words)


def first_refusal(masks: Sequence[Mask], hosts: int) -> Ints:
    """Per row: the index of the first filter that refuses it, or -1."""
    blame = np.full(hosts, -1, dtype=np.int64)
    for index, mask in enumerate(masks):
        blame[mask & (blame < 0)] = index
    return blame


def funnel(filters: Sequence[Filter], blame: Ints) -> tuple[Step, ...]:
    """How many hosts each filter refused and how many were left after it."""
    left = len(blame)
    steps = []
    for index, one in enumerate(filters):
        refused = int(np.count_nonzero(blame == index))
        left -= refused
        steps.append(Step(one.name, refused, left))
    return tuple(steps)


def best_rows(fleet: Fleet, fits: Ints, *, terms: Sequence[Term]) -> tuple[Scored, ...]:
    """The best five of the rows that fit; of equal ones the first by name."""
    rows = best_of(worth(terms, len(fleet)), fits, BEST)
    best = [scored(fleet.names[row], terms_of(row, terms)) for row in rows.tolist()]
    return tuple(sorted(best, key=lambda one: (-one.total, one.host)))


def worth(terms: Sequence[Term], hosts: int) -> Floats:
    """Per row: the total for the first container of the shape."""
    total = np.zeros(hosts)
    for term in terms:
        total = total + term.first
    rounded: Floats = np.round(total, DIGITS)
    return rounded


def best_of(values: Floats, rows: Ints, count: int) -> Ints:
    """The `count` rows with the greatest values; of equal ones the first by name. In the order of names."""
    if len(rows) <= count:
        return rows
    among = values[rows]
    edge = np.partition(among, len(rows) - count)[len(rows) - count]
    better = rows[among > edge]
    equal = rows[among == edge][: count - len(better)]
    return np.sort(np.concatenate([better, equal]))


def terms_of(row: int, terms: Sequence[Term]) -> TermsOfRow:
    return tuple((term.name, float(term.first[row]), float(term.step[row])) for term in terms)


def scored(host: str, terms: TermsOfRow, *, further: int = 0) -> Scored:
    """One host's score with the terms that are not nothing, for the container after `further` of its group."""
    values = {name: round(first + further * step, SHOWN_DIGITS) for name, first, step in terms}
    shown = {name: value for name, value in values.items() if value} if 0.0 in values.values() else values
    return Scored(host, round(sum(values.values()), SHOWN_DIGITS), shown)


def no_host_fits(shape: Shape, fleet: Fleet, *, filters: Sequence[Filter], blame: Ints) -> str:
    """For example "no host fits: 2 of 3 lack memory (needs 10 TiB, most free is 3.1 GiB on h2), 1 is cordoned"."""
    if not len(fleet):
        return NO_HOSTS
    parts = []
    for index, one in enumerate(filters):
        rows = np.flatnonzero(blame == index).tolist()
        if rows:
            parts.append((len(rows), one.summary(shape, fleet, rows)))
    parts.sort(key=lambda part: -part[0])
    count, words = parts[0]
    if len(fleet) == 1:
        return f"no host fits: {fleet.names[0]} {words}"
    parts[0] = (count, f"of {len(fleet)} {words}")
    return "no host fits: " + ", ".join(f"{count} {words}" for count, words in parts)
