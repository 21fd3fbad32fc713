"""Rules on host labels, all of which must hold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from containers.spec.types import Constraint
from scheduler.placement.filters.base import Filter, Rows, do
from scheduler.placement.fleet import Fleet
from scheduler.placement.types import Mask, Shape


def broken_rule(rule: Constraint, fleet: Fleet) -> Mask:
    return fleet.of_hosts(
        rule, lambda: np.fromiter((not rule.holds(one) for one in fleet.labels), dtype=np.bool_, count=len(fleet))
    )


def wrong_labels(shape: Shape, fleet: Fleet) -> Mask | None:
    if not shape.constraints:
        return None
    mask, *others = (broken_rule(rule, fleet) for rule in shape.constraints)
    for other in others:
        mask = mask | other
    return mask


def why_wrong_labels(shape: Shape, fleet: Fleet, row: int, seen: Any) -> str:
    labels = fleet.labels[row]
    broken = [rule for rule in shape.constraints if not rule.holds(labels)]
    return "; ".join(f"wants {rule}, {show_label(rule.key, labels)}" for rule in broken)


def show_label(key: str, labels: Mapping[str, str]) -> str:
    return f"has {key}={labels[key]}" if key in labels else f"has no label {key}"


def sum_wrong_labels(shape: Shape, fleet: Fleet, rows: Rows) -> str:
    rules = [rule for rule in shape.constraints if any(not rule.holds(fleet.labels[row]) for row in rows)]
    return f"{do(rows)} not match {', '.join(str(rule) for rule in rules)}"


def same_labels(fleet: Fleet, row: int) -> object:
    """Many hosts bear the same ones, and rows that do share them."""
    return id(fleet.labels[row])


LABELS = Filter("labels", wrong_labels, why_wrong_labels, sum_wrong_labels, alike=same_labels)
