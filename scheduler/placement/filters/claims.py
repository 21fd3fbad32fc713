"""Rooms that are kept for somebody who waits: refused to all who are not more important, as far as it is needed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from scheduler.placement.filters.base import PLENTY, Filter, Rows
from scheduler.placement.fleet import Claim, Fleet
from scheduler.placement.types import Ints, Mask, Shape


def in_the_way(shape: Shape, fleet: Fleet) -> dict[int, list[Claim]]:
    """Per row the claims that hold against this shape."""
    found: dict[int, list[Claim]] = {}
    for claim in fleet.claims:
        if claim.shape.priority >= shape.priority:
            found.setdefault(claim.row, []).append(claim)
    return found


def left_beside(shape: Shape, fleet: Fleet, row: int, claims: Sequence[Claim]) -> list[tuple[int, int]]:
    """Of each thing it needs: how much it needs, and how much is free beside what is kept."""
    found = []
    if shape.cpu_millis:
        free = int(fleet.cpu_allocatable[row] - fleet.cpu_reserved[row])
        found.append((shape.cpu_millis, free - sum(one.shape.cpu_millis for one in claims)))
    if shape.memory_bytes:
        free = int(fleet.memory_allocatable[row] - fleet.memory_reserved[row])
        found.append((shape.memory_bytes, free - sum(one.shape.memory_bytes for one in claims)))
    for name, amount in shape.needs:
        there = fleet.resources.get(name)
        free = 0 if there is None else int(there.allocatable[row] - there.reserved[row])
        found.append((amount, free - sum(dict(one.shape.needs).get(name, 0) for one in claims)))
    if shape.gpus is not None and fleet.park is not None:
        devices = int(fleet.park.fitting(shape.gpus)[row])
        kept = sum(one.shape.gpus.number for one in claims if one.shape.gpus is not None)
        found.append((shape.gpus.number, devices - kept))
    return found


def wants_a_kept_port(shape: Shape, claims: Sequence[Claim]) -> bool:
    kept = {(wish.host_port, wish.protocol) for one in claims for wish in one.shape.asked_ports()}
    return any((wish.host_port, wish.protocol) in kept for wish in shape.asked_ports())


def kept(shape: Shape, fleet: Fleet) -> Mask | None:
    claims = in_the_way(shape, fleet) if fleet.claims else {}
    if not claims:
        return None
    mask = np.zeros(len(fleet), dtype=np.bool_)
    for row, there in claims.items():
        short = any(left < need for need, left in left_beside(shape, fleet, row, there))
        mask[row] = short or wants_a_kept_port(shape, there)
    return mask


def room_beside(shape: Shape, fleet: Fleet, rows: Ints) -> Ints | None:
    claims = in_the_way(shape, fleet) if fleet.claims else {}
    if not claims:
        return None
    room = np.full(len(rows), PLENTY, dtype=np.int64)
    for place, row in enumerate(rows.tolist()):
        if row in claims:
            each = left_beside(shape, fleet, row, claims[row])
            room[place] = min((max(left, 0) // need for need, left in each), default=PLENTY)
    return room


def seen_kept(shape: Shape, fleet: Fleet, rows: Ints) -> Sequence[int]:
    """Per row the priority of the most important one whom it is kept for."""
    claims = in_the_way(shape, fleet)
    return [max((one.shape.priority for one in claims.get(row, ())), default=0) for row in rows.tolist()]


def why_kept(shape: Shape, fleet: Fleet, row: int, seen: Any) -> str:
    return f"its room is kept for one of priority {seen} that waits"


def sum_kept(shape: Shape, fleet: Fleet, rows: Rows) -> str:
    most = max(seen_kept(shape, fleet, np.array(rows, dtype=np.int64)))
    it_is = "is" if len(rows) == 1 else "are"
    return f"{it_is} kept for what waits already (priority {most}, it has {shape.priority})"


KEPT = Filter("kept", kept, why_kept, sum_kept, room_beside, seen_kept)
