"""Says in words what a pass saw: the funnel of filters, every refused host, the best five, and why nothing fits.

These become the kept decision and the reason that a pending container shows.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from scheduler.placement.look import Look
from scheduler.placement.types import Explanation, Refusal, Scored

BEST = 5
REASONS_MAX = 1000
SHOWN_DIGITS = 6
NO_HOSTS = "no host is registered yet"


def explain(seen: Look) -> Explanation:
    """What one look at the fleet saw. Changes to the fleet afterwards change nothing in it."""
    words = "" if len(seen.fits) else no_host_fits(seen)
    names = tuple(term.name for term in seen.terms)
    return Explanation(len(seen.fleet), seen.funnel, refusals(seen), names, best_hosts(seen), words)


def refusals(seen: Look) -> Callable[[], tuple[Refusal, ...]]:
    """The numbers as they are now; the words when somebody asks."""
    shape, fleet, filters = seen.shape, seen.fleet, seen.filters
    out = np.ones(len(fleet), dtype=np.bool_)
    out[seen.fits] = False
    rows = np.flatnonzero(out)[:REASONS_MAX]
    blame = seen.blame(rows)
    kept = [(index, rows[blame == index]) for index in np.unique(blame).tolist()]
    numbers = {index: found(shape, fleet, at) for index, at in kept if (found := filters[index].seen) is not None}

    def say() -> tuple[Refusal, ...]:
        told = []
        for index, at in kept:
            one, seen_there = filters[index], numbers.get(index)
            said: dict[object, str] = {}
            for place, row in enumerate(at.tolist()):
                key = (row, None) if one.alike is None else one.alike(fleet, row)
                words = said.get(key)
                if words is None:
                    number = None if seen_there is None else seen_there[place]
                    words = said[key] = one.reason(shape, fleet, row, number)
                told.append((row, Refusal(fleet.names[row], one.name, words)))
        return tuple(refusal for _, refusal in sorted(told))

    return say


def best_hosts(seen: Look) -> tuple[Scored, ...]:
    """The best five of the hosts that fit; of equal ones the first by name."""
    rows = seen.best(BEST).tolist()
    names = tuple(term.name for term in seen.terms)
    return tuple(scored(seen.fleet.names[row], names, [float(term.first[row]) for term in seen.terms]) for row in rows)


def scored(host: str, names: Sequence[str], values: Sequence[float]) -> Scored:
    """One host's score, with the terms that are not nothing."""
    rounded = {name: round(value, SHOWN_DIGITS) for name, value in zip(names, values, strict=True)}
    shown = {name: value for name, value in rounded.items() if value}
    return Scored(host, round(sum(values), SHOWN_DIGITS), shown)


def no_host_fits(seen: Look) -> str:
    """For example "no host fits: 2 of 3 lack memory (needs 10 TiB, most free is 3.1 GiB on h2), 1 is cordoned"."""
    fleet = seen.fleet
    if not len(fleet):
        return NO_HOSTS
    blame = seen.blame(np.arange(len(fleet)))
    parts = []
    for index, one in enumerate(seen.filters):
        rows = np.flatnonzero(blame == index).tolist()
        if rows:
            parts.append((len(rows), one.summary(seen.shape, fleet, rows)))
    parts.sort(key=lambda part: -part[0])
    count, words = parts[0]
    if len(fleet) == 1:
        return f"no host fits: {fleet.names[0]} {words}"
    parts[0] = (count, f"of {len(fleet)} {words}")
    return "no host fits: " + ", ".join(f"{count} {words}" for count, words in parts)
