"""What of the spec could be given up or widened: constraints, tolerations, ports, the image, volumes.

Part of remedies.
"""

from __future__ import annotations

from scheduler.placement.filters import FILTERS
from scheduler.placement.filters.kept import keeps_off
from scheduler.placement.filters.ports import ports_needed
from scheduler.placement.fleet import Fleet
from scheduler.placement.ports import is_taken
from scheduler.placement.remedies.base import (
    EFFORT_CONSTRAINT,
    EFFORT_IMAGE,
    EFFORT_PORT,
    EFFORT_TOLERATE,
    EFFORT_VOLUME,
    GROUPS,
    Ask,
    Change,
    grouped,
    joined,
    of_shape,
)
from scheduler.placement.types import Ints, PortWish, Shape, Volume

PORT = next(one for one in FILTERS if one.name == "port")
LAST_PORT = 65535
ROUND_PORT = 8000  # 80 -> 8080
PRIVILEGED = 1024
NEXT_PORTS = 4


def drop_constraints(shape: Shape, fleet: Fleet, rows: Ints, ask: Ask) -> list[Change]:
    rules, keys = shape.constraints, [rule.key for rule in shape.constraints]
    seen: dict[tuple[str | None, ...], tuple[int, ...]] = {}

    def broken(row: int) -> tuple[int, ...]:
        labels = fleet.labels[row]
        values = tuple(labels.get(key) for key in keys)  # many hosts bear the same labels
        if values not in seen:
            seen[values] = tuple(number for number, rule in enumerate(rules) if not rule.holds(labels))
        return seen[values]

    found = []
    for numbers, _ in sorted(grouped(rows, broken), key=lambda one: (len(one[0]), -len(one[1])))[:GROUPS]:
        names = [str(rules[number]) for number in numbers]
        make = of_shape(constraints=tuple(rule for number, rule in enumerate(rules) if number not in numbers))
        words = f"drop the {'constraint' if len(names) == 1 else 'constraints'} {joined(names)}"
        effort = EFFORT_CONSTRAINT * len(names)
        found.append(Change("constraint", "constraints", names, words, effort, make, ", ".join(names)))
    return found


def tolerate(shape: Shape, fleet: Fleet, rows: Ints, ask: Ask) -> list[Change]:
    groups = grouped(rows, lambda row: tuple(sorted({one.plain for one in keeps_off(shape, fleet.taints[row])})))
    found = []
    for taints, _ in groups[:GROUPS]:
        make = of_shape(tolerations=tuple(sorted({*shape.tolerations, *taints})))
        words = f"tolerate the {'taint' if len(taints) == 1 else 'taints'} {joined(taints)}"
        effort = EFFORT_TOLERATE * len(taints)
        found.append(Change("tolerate", "tolerations", list(taints), words, effort, make, ", ".join(taints)))
    return found


def other_architecture(shape: Shape, fleet: Fleet, rows: Ints, ask: Ask) -> list[Change]:
    found = []
    for name, _ in grouped(rows, lambda row: fleet.architectures[row] or None)[:GROUPS]:
        make = of_shape(architectures=shape.architectures | {name})
        words = f"use an image that is made for {name}, too"
        found.append(Change("architecture", "image", name, words, EFFORT_IMAGE, make, name))
    return found


def push_image(shape: Shape, fleet: Fleet, rows: Ints, ask: Ask) -> list[Change]:
    image = shape.image or shape.image_only_there
    words = f"push the image {image} to a registry"
    return [Change("push", "image", image, words, EFFORT_IMAGE, of_shape(image_only_there=""), image)]


def new_volume(shape: Shape, fleet: Fleet, rows: Ints, ask: Ask) -> list[Change]:
    """Empty ones instead: what the others hold stays where it is."""
    held = {volume: fresh(volume, fleet) for volume in shape.volumes if volume in fleet.volumes}
    make = of_shape(volumes=tuple(held.get(volume, volume) for volume in shape.volumes))
    names = [volume.name for volume in held]
    words = f"mount {'a new volume' if len(names) == 1 else 'new volumes'} instead of {joined(names)}, without its data"
    value = {old.name: new.name for old, new in held.items()}
    return [Change("volume", "volumes", value, words, EFFORT_VOLUME, make, ", ".join(names))]


def fresh(volume: Volume, fleet: Fleet) -> Volume:
    number = 2
    while Volume(volume.project, f"{volume.name}-{number}") in fleet.volumes:
        number += 1
    return Volume(volume.project, f"{volume.name}-{number}")


# --- host ports


def taken(shape: Shape, fleet: Fleet, row: int) -> tuple[int, ...] | None:
    """Which wishes clash on the row; None: it has too few ports left to choose from, too."""
    if shape.chosen_ports() and fleet.ports_free()[row] < ports_needed(shape, fleet):
        return None
    tables = (fleet.used_ports, fleet.barred_ports)
    return tuple(
        number
        for number, wish in enumerate(shape.ports)
        if wish.host_port is not None and any(is_taken(wish, fleet, row=row, table=table) for table in tables)
    )


def choose_ports(shape: Shape, fleet: Fleet, rows: Ints, ask: Ask) -> list[Change]:
    groups = grouped(rows, lambda row: taken(shape, fleet, row))
    found = []
    for numbers, _ in groups[:GROUPS]:
        ports = [shape.ports[number].host_port for number in numbers]
        wishes = (with_port(one, None) if n in numbers else one for n, one in enumerate(shape.ports))
        make = of_shape(ports=tuple(wishes))
        shown = ", ".join(map(str, ports))
        words = f"leave out host_port {shown}, so that a free one is chosen"
        effort = EFFORT_PORT * len(ports)
        found.append(Change("choose-port", "ports", ports, words, effort, make, f"host_port {shown}"))
    return found


def other_port(shape: Shape, fleet: Fleet, rows: Ints, ask: Ask) -> list[Change]:
    """The number near the one that is taken everywhere which is free on the most hosts; for a single port."""
    groups = [numbers for numbers, _ in grouped(rows, lambda row: taken(shape, fleet, row)) if len(numbers) == 1]
    if not groups:
        return []
    number, found = groups[0][0], []
    for port in near(shape.ports[number].host_port or 0, shape):
        wishes = tuple(with_port(one, port) if n == number else one for n, one in enumerate(shape.ports))
        make = of_shape(ports=wishes)
        refused = PORT.refused(make(shape, fleet)[0], fleet)
        free = len(rows) - (0 if refused is None else int(refused[rows].sum()))
        words = f"use host_port {port} instead of {shape.ports[number].host_port}"
        found.append((free, Change("other-port", "ports", port, words, 2 * EFFORT_PORT, make, f"host_port {port}")))
    return [max(found, key=lambda one: one[0])[1]] if found else []


def near(port: int, shape: Shape) -> list[int]:
    own = {wish.host_port for wish in shape.ports}
    first = [port + ROUND_PORT] if port < PRIVILEGED else []
    return [one for one in [*first, *range(port + 1, port + 1 + NEXT_PORTS)] if one <= LAST_PORT and one not in own]


def with_port(wish: PortWish, port: int | None) -> PortWish:
    return wish._replace(host_port=port)
