"""How long it takes to say why one fits nowhere and what would let it in: HOSTS ROUNDS, milliseconds as JSON.

A process of its own, started by placement.py; by the process's own CPU time, as the core of placement is.
"""

from __future__ import annotations

import json
import sys
from time import process_time

import numpy as np

from containers.spec.types import Constraint
from scheduler.placement import Fleet, PortWish, Shape
from scheduler.placement.fixes import advise
from scheduler.placement.remedies import Ask
from tests.bench.crowd import GIB, Crowd

WAITING = 100
SHAPES = {
    "too much memory": Shape(cpu_millis=500, memory_bytes=200 * GIB),
    "a label, a port and memory": Shape(
        memory_bytes=100 * GIB,
        constraints=(Constraint("zone", "=", ("a",)), Constraint("gpu", "exists")),
        ports=(PortWish(80, "tcp", 8080, ""),),
    ),
    "nothing single helps": Shape(memory_bytes=900 * GIB, constraints=(Constraint("zone", "=", ("nowhere",)),)),
}


def main(hosts: int, rounds: int) -> None:
    """Each shape, with what is known of the fleet forgotten before each time, as in a request."""
    took: dict[str, list[float]] = {}
    for number in range(rounds + 1):  # the first warms up
        for name, shape in SHAPES.items():
            fleet = crowded(hosts)
            began_s = process_time()
            found = advise(shape, fleet, ask=Ask(WAITING))
            if number:
                took.setdefault(name, []).append((process_time() - began_s) * 1000)
            if not found.fixes:
                raise SystemExit(f"{name}: nothing was found")
    print(json.dumps(took))  # noqa: T201


def crowded(hosts: int) -> Fleet:
    """A tenth of the hosts is cordoned, and all publish the port that is asked for, but for those."""
    fleet = Crowd(hosts, 1).fleet()
    closed = np.arange(hosts) % 10 == 0
    fleet.availability = tuple(np.where(closed, "cordoned", "active").tolist())
    fleet.used_ports = {(row, 8080): frozenset({("0.0.0.0", "tcp")}) for row in np.flatnonzero(~closed).tolist()}
    fleet.count_ports()
    return fleet


if __name__ == "__main__":
    main(*(int(word) for word in sys.argv[1:3]))
