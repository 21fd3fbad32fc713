"""How long it takes to choose who gives way, in a fleet of 1,000 hosts and 50,000 containers that is nearly full.

By the process's own CPU time; no database. Four requests: one that a few must go for, one that half a host must, one
that only the least important may go for, and one that nobody can help.
"""

from __future__ import annotations

import random
from time import process_time

import numpy as np

from scheduler.placement import Fleet, Shape
from scheduler.placement.occupants import Occupant
from scheduler.placement.preempt import choose
from tests.bench.crowd import GIB, Crowd
from tests.bench.figures import Figure
from tests.bench.rig import say

HOSTS = 1_000
CONTAINERS = 50_000
SERVICES = 400
MIB = 1024**2
ASKED = {
    "a few on a host": Shape(cpu_millis=20_000, memory_bytes=14 * GIB, priority=100),
    "half a host": Shape(cpu_millis=40_000, memory_bytes=40 * GIB, priority=100),
    "only the least important": Shape(cpu_millis=15_000, memory_bytes=GIB, priority=1),
    "nobody can help": Shape(cpu_millis=70_000, priority=100),
}


def measure(*, rounds: int) -> list[Figure]:
    say(f"giving way: {HOSTS} hosts, {CONTAINERS} containers")
    fleet, there, may_miss = crowd()
    figures = []
    for name, shape in ASKED.items():
        took_ms: list[float] = []
        choice = None
        for _ in range(rounds):
            began_s = process_time()
            choice = choose(shape, fleet, there, may_miss=may_miss)
            took_ms.append(1000 * (process_time() - began_s))
        found = f"{len(choice.victims)} go{'' if choice.exact else ', not proved'}" if choice else "none"
        figures.append(Figure(f"giving way among {CONTAINERS}: {name} ({found})", "ms", took_ms))
    return figures


def crowd() -> tuple[Fleet, list[Occupant], dict[str, int]]:
    """Priorities of all kinds, two thirds of the containers of services that may miss none, one or two."""
    chance = random.Random(1)
    fleet = Crowd(HOSTS, 0).fleet()
    nothing = np.zeros(HOSTS, dtype=np.int64)
    fleet.cpu_allocatable, fleet.memory_allocatable = nothing + 64_000, nothing + 64 * GIB
    fleet.cpu_reserved, fleet.memory_reserved, fleet.containers = nothing.copy(), nothing.copy(), nothing.copy()
    there = []
    for number in range(CONTAINERS):
        shape = Shape(
            cpu_millis=chance.choice([500, 1000, 1500]),
            memory_bytes=chance.choice([512, 1024, 1536]) * MIB,
            priority=chance.choice([-10, 0, 0, 0, 5, 50]),
        )
        row = number % HOSTS
        fleet.add([row], shape)
        there.append(Occupant(str(number), row, shape, service=f"s{number % SERVICES}" if number % 3 else ""))
    return fleet, there, {f"s{number}": number % 3 for number in range(SERVICES)}
