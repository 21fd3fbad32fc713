"""Hosts that are kept for some: by taints that must be tolerated, and by a list of projects."""

from __future__ import annotations

from typing import Any

import numpy as np

from hosts.taints import Taint
from scheduler.placement.filters.base import Filter, Rows, are, have
from scheduler.placement.fleet import Fleet
from scheduler.placement.types import Mask, Shape


def keeps_off(shape: Shape, taints: tuple[Taint, ...]) -> list[Taint]:
    return [taint for taint in taints if not taint.avoid and not taint.is_tolerated(shape.tolerations)]


def tainted(shape: Shape, fleet: Fleet) -> Mask | None:
    if not fleet.once("tainted", lambda: any(not one.avoid for taints in fleet.taints for one in taints)):
        return None
    return fleet.once(
        ("tainted", shape.tolerations),
        lambda: np.fromiter((bool(keeps_off(shape, one)) for one in fleet.taints), dtype=np.bool_, count=len(fleet)),
    )


def why_tainted(shape: Shape, fleet: Fleet, row: int, seen: Any) -> str:
    words = " and ".join(str(taint) for taint in keeps_off(shape, fleet.taints[row]))
    return f"has the taint {words}, which it does not tolerate"


def sum_tainted(shape: Shape, fleet: Fleet, rows: Rows) -> str:
    words = sorted({str(taint) for row in rows for taint in keeps_off(shape, fleet.taints[row])})
    more = f" and {len(words) - 3} more" if len(words) > 3 else ""
    return f"{have(rows)} a taint that it does not tolerate ({', '.join(words[:3])}{more})"


def of_others(shape: Shape, fleet: Fleet) -> Mask | None:
    if shape.project is None or not fleet.projects:
        return None
    return fleet.once(
        ("project", shape.project),
        lambda: np.fromiter(
            (bool(one) and shape.project not in one for one in fleet.projects), dtype=np.bool_, count=len(fleet)
        ),
    )


def why_of_others(shape: Shape, fleet: Fleet, row: int, seen: Any) -> str:
    return "is kept for other projects"


def sum_of_others(shape: Shape, fleet: Fleet, rows: Rows) -> str:
    return f"{are(rows)} kept for other projects"


TAINTS = Filter("taints", tainted, why_tainted, sum_tainted)
PROJECTS = Filter("projects", of_others, why_of_others, sum_of_others)
