"""Filters: which hosts cannot take a container of this shape, why, and how many of it the others can take.

A filter is `refused` (shape, fleet) -> mask, `reason` for one refused row, `summary` for all of them, and `room` where
more containers of one shape use something up. The tuple at the bottom is the policy; place() runs it in order.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from containers.spec.types import Constraint
from core.lib.quantity import show_cpu, show_memory
from scheduler.placement.ports import is_taken
from scheduler.placement.types import Fleet, Ints, Mask, Shape

PLENTY = np.iinfo(np.int64).max
Rows = list[int]


@dataclass(frozen=True)
class Filter:
    name: str
    refused: Callable[[Shape, Fleet], Mask]
    reason: Callable[[Shape, Fleet, int], str]
    summary: Callable[[Shape, Fleet, Rows], str]
    room: Callable[[Shape, Fleet], Ints] | None = None


def are(rows: Rows) -> str:
    return "is" if len(rows) == 1 else "are"


def lack(rows: Rows) -> str:
    return "lacks" if len(rows) == 1 else "lack"


def have(rows: Rows) -> str:
    return "has" if len(rows) == 1 else "have"


def names(fleet: Fleet, rows: Rows) -> str:
    """Up to three names: "h1, h2, h3 and 4 more"."""
    shown = ", ".join(fleet.names[row] for row in rows[:3])
    return shown if len(rows) <= 3 else f"{shown} and {len(rows) - 3} more"


# --- the host itself


def not_ready(shape: Shape, fleet: Fleet) -> Mask:
    return ~fleet.ready


def why_not_ready(shape: Shape, fleet: Fleet, row: int) -> str:
    return fleet.unready_words[row] or "is not ready"


def sum_not_ready(shape: Shape, fleet: Fleet, rows: Rows) -> str:
    words = sorted({why_not_ready(shape, fleet, row) for row in rows})
    return f"{are(rows)} not ready ({'; '.join(words[:3])})"


def not_active(shape: Shape, fleet: Fleet) -> Mask:
    if shape.only_host is not None:  # a global service keeps what it has on a cordoned host
        return np.fromiter((a == "draining" for a in fleet.availability), dtype=np.bool_, count=len(fleet))
    mask: Mask | None = fleet.columns.get("not active")
    if mask is None:
        mask = np.fromiter((a != "active" for a in fleet.availability), dtype=np.bool_, count=len(fleet))
        fleet.columns["not active"] = mask
    return mask


def why_not_active(shape: Shape, fleet: Fleet, row: int) -> str:
    return f"is {fleet.availability[row]}"


def sum_not_active(shape: Shape, fleet: Fleet, rows: Rows) -> str:
    return f"{are(rows)} {' or '.join(sorted({fleet.availability[row] for row in rows}))}"


def other_host(shape: Shape, fleet: Fleet) -> Mask:
    if shape.only_host is None:
        return np.zeros(len(fleet), dtype=np.bool_)
    return np.asarray(fleet.ids != shape.only_host, dtype=np.bool_)


def why_other_host(shape: Shape, fleet: Fleet, row: int) -> str:
    return "is not the host that this one is for"


def sum_other_host(shape: Shape, fleet: Fleet, rows: Rows) -> str:
    return f"{are(rows)} not the host that this one is for"


# --- what a container uses up


def room_for(need: int, free: Ints) -> Ints:
    return np.full(len(free), PLENTY) if need <= 0 else np.maximum(free, 0) // need


def room_cpu(shape: Shape, fleet: Fleet) -> Ints:
    return room_for(shape.cpu_millis, fleet.cpu_free())


def room_memory(shape: Shape, fleet: Fleet) -> Ints:
    return room_for(shape.memory_bytes, fleet.memory_free())


def no_cpu(shape: Shape, fleet: Fleet) -> Mask:
    return room_cpu(shape, fleet) < 1


def no_memory(shape: Shape, fleet: Fleet) -> Mask:
    return room_memory(shape, fleet) < 1


def why_no_cpu(shape: Shape, fleet: Fleet, row: int) -> str:
    free, total = int(fleet.cpu_free()[row]), int(fleet.cpu_allocatable[row])
    return f"needs {show_cpu(shape.cpu_millis)}, {show_cpu(free)} free of {show_cpu(total)}"


def why_no_memory(shape: Shape, fleet: Fleet, row: int) -> str:
    free, total = int(fleet.memory_free()[row]), int(fleet.memory_allocatable[row])
    return f"needs {show_memory(shape.memory_bytes)}, {show_memory(free)} free of {show_memory(total)}"


def most(free: Ints, rows: Rows, show: Callable[[int], str], fleet: Fleet) -> str:
    row = max(rows, key=lambda r: (free[r], -r))
    return f"most free is {show(int(free[row]))} on {fleet.names[row]}"


def sum_no_cpu(shape: Shape, fleet: Fleet, rows: Rows) -> str:
    need = show_cpu(shape.cpu_millis)
    return f"{lack(rows)} CPU (needs {need}, {most(fleet.cpu_free(), rows, show_cpu, fleet)})"


def sum_no_memory(shape: Shape, fleet: Fleet, rows: Rows) -> str:
    need = show_memory(shape.memory_bytes)
    return f"{lack(rows)} memory (needs {need}, {most(fleet.memory_free(), rows, show_memory, fleet)})"


# --- labels


def broken_rule(rule: Constraint, fleet: Fleet) -> Mask:
    column = fleet.columns.get(rule)
    if column is None:
        column = np.fromiter((not rule.holds(labels) for labels in fleet.labels), dtype=np.bool_, count=len(fleet))
        fleet.columns[rule] = column
    mask: Mask = column
    return mask


def wrong_labels(shape: Shape, fleet: Fleet) -> Mask:
    mask = np.zeros(len(fleet), dtype=np.bool_)
    for rule in shape.constraints:
        mask |= broken_rule(rule, fleet)
    return mask


def why_wrong_labels(shape: Shape, fleet: Fleet, row: int) -> str:
    labels = fleet.labels[row]
    key = (shape.constraints, tuple(labels.get(rule.key) for rule in shape.constraints))
    words: str | None = fleet.columns.get(key)  # many hosts bear the same labels
    if words is None:
        broken = [rule for rule in shape.constraints if not rule.holds(labels)]
        words = fleet.columns[key] = "; ".join(f"wants {rule}, {show_label(rule.key, labels)}" for rule in broken)
    return words


def show_label(key: str, labels: Mapping[str, str]) -> str:
    return f"has {key}={labels[key]}" if key in labels else f"has no label {key}"


def sum_wrong_labels(shape: Shape, fleet: Fleet, rows: Rows) -> str:
    rules = [rule for rule in shape.constraints if any(not rule.holds(fleet.labels[row]) for row in rows)]
    return f"{'does' if len(rows) == 1 else 'do'} not match {', '.join(str(rule) for rule in rules)}"


# --- host ports


def ports_needed(shape: Shape, fleet: Fleet) -> int:
    """How many ports of the range one container takes: the chosen ones and those it asks for inside the range."""
    asked = {wish.host_port for wish in shape.asked_ports() if wish.host_port and fleet.in_range(wish.host_port)}
    return shape.chosen_ports() + len(asked)


def room_ports(shape: Shape, fleet: Fleet) -> Ints:
    room = np.full(len(fleet), PLENTY)
    if shape.chosen_ports():
        room = np.maximum(fleet.ports_free(), 0) // ports_needed(shape, fleet)
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


def no_port(shape: Shape, fleet: Fleet) -> Mask:
    mask = np.zeros(len(fleet), dtype=np.bool_)
    if shape.chosen_ports():
        mask = room_ports(shape, fleet) < 1
    for wish in shape.asked_ports():
        for row in range(len(fleet)):
            key = (row, wish.host_port)
            if key in fleet.used_ports or key in fleet.barred_ports:
                mask[row] |= is_taken(wish, fleet, row=row, table=fleet.used_ports)
                mask[row] |= is_taken(wish, fleet, row=row, table=fleet.barred_ports)
    return mask


def why_no_port(shape: Shape, fleet: Fleet, row: int) -> str:
    words = taken_wishes(shape, fleet, row)
    low, high = fleet.port_range
    return "; ".join(words) or f"no free port left between {low} and {high}"


def sum_no_port(shape: Shape, fleet: Fleet, rows: Rows) -> str:
    asked = sorted({wish.host_port for wish in shape.asked_ports() if wish.host_port})
    if not asked:
        return f"{have(rows)} no free port left"
    ports = ", ".join(str(port) for port in asked)
    ours = any(is_taken(wish, fleet, row=row, table=fleet.used_ports) for wish in shape.asked_ports() for row in rows)
    return f"{have(rows)} port {ports} {'taken already' if ours else 'held by something that is not ours'}"


# --- where only some hosts will do


def wrong_architecture(shape: Shape, fleet: Fleet) -> Mask:
    if not shape.architectures:
        return np.zeros(len(fleet), dtype=np.bool_)
    column = fleet.columns.get("architectures")
    if column is None:
        column = fleet.columns["architectures"] = np.array(fleet.architectures, dtype=np.str_)
    mask: Mask = ~np.isin(column, sorted(shape.architectures))
    return mask


def why_wrong_architecture(shape: Shape, fleet: Fleet, row: int) -> str:
    return f"is {fleet.architectures[row]}, the image is for {', '.join(sorted(shape.architectures))}"


def sum_wrong_architecture(shape: Shape, fleet: Fleet, rows: Rows) -> str:
    return f"{have(rows)} another architecture (the image is for {', '.join(sorted(shape.architectures))})"


def volume_elsewhere(shape: Shape, fleet: Fleet) -> Mask:
    mask = np.zeros(len(fleet), dtype=np.bool_)
    for volume in shape.volumes:
        if volume in fleet.volumes:
            mask |= ~fleet.rows_mask([fleet.volumes[volume]])
    return mask


def held_elsewhere(shape: Shape, fleet: Fleet) -> str:
    parts = []
    for volume in shape.volumes:
        row = fleet.volumes.get(volume)
        if row is not None:
            parts.append(f"{volume.name} is on {fleet.names[row] if row >= 0 else 'a host that is gone'}")
    return ", ".join(parts)


def why_volume_elsewhere(shape: Shape, fleet: Fleet, row: int) -> str:
    return f"volume {held_elsewhere(shape, fleet)}"


def sum_volume_elsewhere(shape: Shape, fleet: Fleet, rows: Rows) -> str:
    return f"{'does' if len(rows) == 1 else 'do'} not hold its data (volume {held_elsewhere(shape, fleet)})"


def image_elsewhere(shape: Shape, fleet: Fleet) -> Mask:
    if not shape.image_only_there:
        return np.zeros(len(fleet), dtype=np.bool_)
    return ~fleet.rows_mask(fleet.images.get(shape.image_only_there, ()))


def where_image_is(shape: Shape, fleet: Fleet) -> str:
    rows = sorted(fleet.images.get(shape.image_only_there, ()))
    place = f"only on {names(fleet, rows)}" if rows else "on no host any more"
    return f"image {shape.image or shape.image_only_there} is in no registry and {place}"


def why_image_elsewhere(shape: Shape, fleet: Fleet, row: int) -> str:
    return where_image_is(shape, fleet)


def sum_image_elsewhere(shape: Shape, fleet: Fleet, rows: Rows) -> str:
    return f"{'does' if len(rows) == 1 else 'do'} not have the image ({where_image_is(shape, fleet)})"


FILTERS: tuple[Filter, ...] = (
    Filter("ready", not_ready, why_not_ready, sum_not_ready),
    Filter("availability", not_active, why_not_active, sum_not_active),
    Filter("host", other_host, why_other_host, sum_other_host),
    Filter("labels", wrong_labels, why_wrong_labels, sum_wrong_labels),
    Filter("architecture", wrong_architecture, why_wrong_architecture, sum_wrong_architecture),
    Filter("volume", volume_elsewhere, why_volume_elsewhere, sum_volume_elsewhere),
    Filter("image", image_elsewhere, why_image_elsewhere, sum_image_elsewhere),
    Filter("port", no_port, why_no_port, sum_no_port, room_ports),
    Filter("cpu", no_cpu, why_no_cpu, sum_no_cpu, room_cpu),
    Filter("memory", no_memory, why_no_memory, sum_no_memory, room_memory),
)
