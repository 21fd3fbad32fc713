"""Beside whom: what rules about other containers name, and what stands on which row.

A kin is a set of containers that rules count: those of a service, or those that bear a label, within a project. A
domain is what a rule counts together: a host, or the hosts with one value of a label.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

HOST = "host"
Counts = dict[int, int]  # row -> how many containers


class Kin(NamedTuple):
    """`name` is a service's name, or a label as key=value."""

    project: int
    kind: Literal["service", "label"]
    name: str

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


class Near(NamedTuple):
    """A rule: beside the kin, or `apart` from it. `weight` 0: it must hold; otherwise it is a wish of 1 to 100."""

    kin: Kin
    within: str = HOST
    apart: bool = False
    weight: int = 0


class AtMost(NamedTuple):
    """A rule: of the kin no more than `most` in one domain."""

    kin: Kin
    within: str
    most: int


class Domain(NamedTuple):
    """`codes`: of each row; those without the label have -1. `size`: how many domains there are."""

    codes: NDArray[np.int64]
    size: int


def domain(within: str, labels: tuple[Mapping[str, str], ...]) -> Domain:
    if within == HOST:
        return Domain(np.arange(len(labels)), len(labels))
    values = [one.get(within) for one in labels]
    numbers = {value: number for number, value in enumerate(sorted({v for v in values if v is not None}))}
    codes = np.array([-1 if value is None else numbers[value] for value in values], dtype=np.int64)
    return Domain(codes, len(numbers))


def per_domain(counts: Mapping[int, int], where: Domain) -> NDArray[np.int64]:
    """How many stand in each domain, with a nought at the end for the rows that are in none."""
    found = np.zeros(where.size + 1, dtype=np.int64)
    for row, count in counts.items():
        if where.codes[row] >= 0:
            found[where.codes[row]] += count
    return found
