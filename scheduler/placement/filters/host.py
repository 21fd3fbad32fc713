"""Whether the host itself takes work: it answers, its operator allows it, it is the one this container is for."""

from __future__ import annotations

from typing import Any

import numpy as np

from scheduler.placement.filters.base import Filter, Rows, are, have
from scheduler.placement.fleet import Fleet
from scheduler.placement.types import Mask, Shape


def not_ready(shape: Shape, fleet: Fleet) -> Mask:
    return fleet.once("not ready", lambda: ~fleet.ready)


def why_not_ready(shape: Shape, fleet: Fleet, row: int, seen: Any = None) -> str:
    return fleet.unready_words[row] or "is not ready"


def sum_not_ready(shape: Shape, fleet: Fleet, rows: Rows) -> str:
    words = sorted({why_not_ready(shape, fleet, row) for row in rows})
    return f"{are(rows)} not ready ({'; '.join(words[:3])})"


def not_active(shape: Shape, fleet: Fleet) -> Mask:
    if shape.only_host is not None:  # a global service keeps what it has on a cordoned host
        return np.fromiter((a == "draining" for a in fleet.availability), dtype=np.bool_, count=len(fleet))
    return fleet.once(
        "not active",
        lambda: np.fromiter((a != "active" for a in fleet.availability), dtype=np.bool_, count=len(fleet)),
    )


def why_not_active(shape: Shape, fleet: Fleet, row: int, seen: Any) -> str:
    return f"is {fleet.availability[row]}"


def sum_not_active(shape: Shape, fleet: Fleet, rows: Rows) -> str:
    return f"{are(rows)} {' or '.join(sorted({fleet.availability[row] for row in rows}))}"


def other_host(shape: Shape, fleet: Fleet) -> Mask | None:
    return None if shape.only_host is None else np.asarray(fleet.ids != shape.only_host, dtype=np.bool_)


def why_other_host(shape: Shape, fleet: Fleet, row: int, seen: Any) -> str:
    return "is not the host that this one is for"


def sum_other_host(shape: Shape, fleet: Fleet, rows: Rows) -> str:
    return f"{are(rows)} not the host that this one is for"


def wrong_architecture(shape: Shape, fleet: Fleet) -> Mask | None:
    if not shape.architectures:
        return None
    column = fleet.of_hosts("architectures", lambda: np.array(fleet.architectures, dtype=np.str_))
    return fleet.of_hosts(("architectures", shape.architectures), lambda: ~np.isin(column, sorted(shape.architectures)))


def why_wrong_architecture(shape: Shape, fleet: Fleet, row: int, seen: Any) -> str:
    return f"is {fleet.architectures[row]}, the image is for {', '.join(sorted(shape.architectures))}"


def sum_wrong_architecture(shape: Shape, fleet: Fleet, rows: Rows) -> str:
    return f"{have(rows)} another architecture (the image is for {', '.join(sorted(shape.architectures))})"


READY = Filter("ready", not_ready, why_not_ready, sum_not_ready)
AVAILABILITY = Filter("availability", not_active, why_not_active, sum_not_active)
HOST = Filter("host", other_host, why_other_host, sum_other_host)
ARCHITECTURE = Filter("architecture", wrong_architecture, why_wrong_architecture, sum_wrong_architecture)
