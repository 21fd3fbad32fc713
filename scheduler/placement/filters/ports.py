"""Host ports: those that are asked for must be free, and of the range there must be enough for the rest."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from scheduler.placement.filters.base import PLENTY, Filter, Rows, have
from scheduler.placement.fleet import Fleet
from scheduler.placement.ports import is_taken
from scheduler.placement.types import Ints, Mask, Shape


def ports_needed(shape: Shape, fleet: Fleet) -> int:
    """How many ports of the range one container takes: the chosen ones and those it asks for inside the range."""
    asked = {wish.host_port for wish in shape.asked_ports() if wish.host_port and fleet.in_range(wish.host_port)}
    return shape.chosen_ports() + len(asked)


def room_ports(shape: Shape, fleet: Fleet, rows: Ints) -> Ints | None:
    if not shape.ports:
        return None
    room = np.full(len(rows), PLENTY)
    if shape.chosen_ports():
        room = np.maximum(fleet.ports_free()[rows], 0) // ports_needed(shape, fleet)
    return np.minimum(room, 1) if shape.asked_ports() else room


def taken_wishes(shape: Shape, fleet: Fleet, row: int) -> list[str]:
    words = []
    for wish in shape.asked_ports():
        if is_taken(wish, fleet, row=row, table=fleet.used_ports):
            words.append(f"{show_port(wish.host_port, wish.protocol)} is in use")
        elif is_taken(wish, fleet, row=row, table=fleet.barred_ports):
            words.append(f"{show_port(wish.host_port, wish.protocol)} is held by something that is not ours")
    return words


def show_port(port: int | None, protocol: str) -> str:
    return f"port {port}" if protocol == "tcp" else f"port {port}/{protocol}"


def no_port(shape: Shape, fleet: Fleet) -> Mask | None:
    if not shape.ports:
        return None
    mask = np.zeros(len(fleet), dtype=np.bool_)
    if shape.chosen_ports():
        mask = fleet.ports_free() < ports_needed(shape, fleet)
    for wish in shape.asked_ports():
        for row in range(len(fleet)):
            key = (row, wish.host_port)
            if key in fleet.used_ports or key in fleet.barred_ports:
                mask[row] |= is_taken(wish, fleet, row=row, table=fleet.used_ports)
                mask[row] |= is_taken(wish, fleet, row=row, table=fleet.barred_ports)
    return mask


def seen_ports(shape: Shape, fleet: Fleet, rows: Ints) -> Sequence[str]:
    return ["; ".join(taken_wishes(shape, fleet, row)) for row in rows.tolist()]


def why_no_port(shape: Shape, fleet: Fleet, row: int, seen: Any) -> str:
    low, high = fleet.port_range
    return seen or f"no free port left between {low} and {high}"


def sum_no_port(shape: Shape, fleet: Fleet, rows: Rows) -> str:
    asked = sorted({wish.host_port for wish in shape.asked_ports() if wish.host_port})
    if not asked:
        return f"{have(rows)} no free port left"
    ports = ", ".join(str(port) for port in asked)
    ours = any(is_taken(wish, fleet, row=row, table=fleet.used_ports) for wish in shape.asked_ports() for row in rows)
    return f"{have(rows)} port {ports} {'taken already' if ours else 'held by something that is not ours'}"


PORT = Filter("port", no_port, why_no_port, sum_no_port, room_ports, seen_ports)
