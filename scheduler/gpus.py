"""Rows -> the GPUs that placement reads: what is free on each device, and what containers typically ask of them.

Before: fleet.py and snapshot.py, inside their transaction. After: placement fits and weighs by it.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from containers.spec import parse
from containers.spec.types import GpuRequest
from hosts.devices import WHOLE_MILLIS
from scheduler.placement.gpus import NONE, Demand, GpuWish, Park, demand
from scheduler.reading import Question, as_json, query

LOOKED_AT = 2000  # of the slots that ask for GPUs the newest, whatever has become of them
COVER = 0.95  # of these the most usual requests; what nearly nobody asks for is not worth its time in every pass

Device = tuple[int, int, str, int]  # host, number, model, free thousandths


GPUS: Question = (
    "SELECT host_id, number, model, %s - millis_reserved FROM hosts_hostgpu WHERE is_there",
    [WHOLE_MILLIS],
)


def read_gpus() -> list[Device]:
    """Those that are there."""
    return query(*GPUS)


def park_of(devices: Sequence[Device], hosts: Sequence[int], sharing: Sequence[bool]) -> Park:
    """In the rows of the hosts."""
    rows = {host: row for row, host in enumerate(hosts)}
    width = 1 + max(number for _, number, _, _ in devices)
    free = np.full((len(hosts), width), NONE, dtype=np.int16)
    names: dict[int, dict[int, str]] = {}
    for host, number, model, millis in devices:
        if host in rows:
            free[rows[host], number] = millis
            names.setdefault(rows[host], {})[number] = model
    several = {row: found for row, found in names.items() if len(set(found.values())) > 1}
    return Park(
        free,
        tuple(next(iter(names.get(row, {0: ""}).values())) for row in range(len(hosts))),
        np.array(sharing, dtype=np.bool_),
        mixed={row: tuple(found.get(number, "") for number in range(width)) for row, found in several.items()},
    )


def read_demand() -> Demand | None:
    """What is typical: what those ask for that run or wait, and what was asked for lately; None: nobody did."""
    found = query(
        "SELECT cpu_millis, memory_bytes, gpus, count(*) FROM ("
        " SELECT cpu_millis, memory_bytes, spec #> '{resources,gpus}' AS gpus FROM containers_container"
        " WHERE spec #> '{resources,gpus}' IS NOT NULL AND NOT superseded ORDER BY created_at DESC LIMIT %s"
        ") AS asked GROUP BY 1, 2, 3",
        [LOOKED_AT],
    )
    seen = [(cpu, memory, _wish(gpus), count) for cpu, memory, gpus, count in found]
    return demand(seen, cover=COVER) if seen else None


def _wish(text: Any) -> GpuWish | None:
    return wish_of(parse({"name": "x", "image": "x", "resources": {"gpus": as_json(text)}}).resources.gpus)


def wish_of(asked: GpuRequest | None) -> GpuWish | None:
    """As placement speaks of it."""
    return None if asked is None else GpuWish(asked.number, asked.millis, frozenset(asked.models))
