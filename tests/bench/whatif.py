"""What-if on a large fleet, placed in this process: whether any one host can be lost, and what a tight fleet costs.

Nothing else runs: no database, no engine. Figures are milliseconds of the process's own CPU.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from time import process_time
from typing import get_args
from uuid import UUID

import numpy as np

from scheduler.forecast.loss import Load, each_host, each_value, losses
from scheduler.forecast.more import NewHost, hosts_needed, how_many_fit, landing
from scheduler.forecast.rebalance import Goal, Lodger, choose
from scheduler.placement import Fleet, Request, Shape, merge, place
from scheduler.placement.company import Kin, Near
from scheduler.placement.fixes import advise
from scheduler.placement.policy import SPREAD, policy
from scheduler.placement.remedies import Ask
from tests.bench.crowd import GIB, Crowd
from tests.bench.figures import Figure
from tests.bench.rig import say

HOSTS, CONTAINERS = 1_000, 50_000
ROOM = policy("room", {"spread": 1})
ROOMY, TIGHT = 1.0, 0.7  # of the room that the crowd's hosts have
LIMIT_MS = 1_000
MOVES, MOVES_LIMIT_MS = 5, 10_000


def measure(*, rounds: int) -> list[Figure]:
    """A fleet with room to spare, and one where the last is taken."""
    figures = []
    for word, share in (("roomy", ROOMY), ("tight", TIGHT)):
        fleet, loads, used = standing(share)
        name = f"what-if, {HOSTS} hosts, {CONTAINERS} containers, {word} ({used:.0%} of the memory booked)"
        say(name)
        figures.append(Figure(f"{name}: any host lost", "ms", hosts(fleet, loads, rounds), limit=LIMIT_MS))
        figures.append(Figure(f"{name}: any zone lost", "ms", zones(fleet, loads, rounds)))
        figures.append(Figure(f"{name}: how many more fit", "ms", fits(fleet, loads, rounds)))
        figures.append(Figure(f"{name}: where 20 land", "ms", lands(fleet, rounds, 20)))
        figures.append(Figure(f"{name}: where 10,000 land", "ms", lands(fleet, rounds, 10_000)))
        figures.append(Figure(f"{name}: hosts for 10,000 more", "ms", needed(fleet, loads, rounds)))
        figures += [
            Figure(f"{name}: {MOVES} moves for {goal}", "ms", moves(fleet, loads, goal), limit=MOVES_LIMIT_MS)
            for goal in get_args(Goal)
        ]
    return figures


def standing(share: float) -> tuple[Fleet, list[Load], float]:
    """The crowd placed on its hosts by room alone, so that there is something to move; a part of the memory is somebody
    else's."""
    crowd = Crowd(HOSTS, CONTAINERS)
    fleet = crowd.fleet()
    fleet.memory_allocatable = (fleet.memory_allocatable * share * 0.35).astype(np.int64)
    fleet.cpu_allocatable = fleet.cpu_allocatable * 2
    at = {int(host): row for row, host in enumerate(fleet.ids.tolist())}
    loads = []
    wishes = [(container, replace(shape, policy=ROOM)) for container, shape in crowd.wishes()]
    for group in place(merge(wishes), fleet):
        shape = replace(group.request.shape, policy=SPREAD)
        counts = Counter(at[verdict.host] for verdict in group.verdicts if verdict.host is not None)
        loads += [Load(row, shape, count) for row, count in sorted(counts.items())]
    for load in loads:
        fleet.add([load.row] * load.many, load.shape)
    return fleet, loads, float(fleet.memory_reserved.sum() / fleet.memory_allocatable.sum())


def hosts(fleet: Fleet, loads: list[Load], rounds: int) -> list[float]:
    taken = []
    for _ in range(rounds):
        began_s = process_time()
        found = losses(fleet, loads, each_host(fleet))
        taken.append(1_000 * (process_time() - began_s))
        say(f"{sum(one.unplaced > 0 for one in found)} hosts cannot be lost, {taken[-1]:.0f} ms")
    return taken


def zones(fleet: Fleet, loads: list[Load], rounds: int) -> list[float]:
    taken = []
    for _ in range(min(rounds, 2)):
        began_s = process_time()
        losses(fleet, loads, each_value(fleet, "zone"))
        taken.append(1_000 * (process_time() - began_s))
    return taken


def fits(fleet: Fleet, loads: list[Load], rounds: int) -> list[float]:
    taken = []
    for _ in range(rounds):
        began_s = process_time()
        how_many_fit(loads[0].shape, fleet)
        taken.append(1_000 * (process_time() - began_s))
    return taken


def lands(fleet: Fleet, rounds: int, count: int) -> list[float]:
    """Spread over zones, with why the rest finds no host and what would let it in."""
    kin = Kin(1, "service", "simulated")
    likes = (Near(kin, "zone", apart=True, weight=50),)
    shape = Shape(cpu_millis=2_000, memory_bytes=4 * GIB, likes=likes, counted=frozenset({kin}))
    taken, left = [], 0
    for _ in range(rounds):
        began_s = process_time()
        found = landing(shape, fleet, count)
        left = found.left
        advise(shape, found.after, ask=Ask(max(1, left)))
        taken.append(1_000 * (process_time() - began_s))
    say(f"{count - left} of {count} land, {taken[-1]:.0f} ms")
    return taken


def needed(fleet: Fleet, loads: list[Load], rounds: int) -> list[float]:
    new, shape = NewHost(16_000, 64 * GIB, {"zone": "a"}), Shape(cpu_millis=500, memory_bytes=GIB)
    taken = []
    for _ in range(min(rounds, 2)):
        began_s = process_time()
        hosts_needed([Request(shape, tuple(map(str, range(10_000))))], fleet, new)
        taken.append(1_000 * (process_time() - began_s))
    return taken


def moves(fleet: Fleet, loads: list[Load], goal: Goal) -> list[float]:
    """All of a shape are of one service, and every one of them may be moved."""
    services: dict[Shape, UUID] = {}
    lodgers = []
    for number, (row, shape, many, _) in enumerate(loads):
        service = services.setdefault(shape, UUID(int=len(services)))
        ids = tuple(UUID(int=number * CONTAINERS + one) for one in range(many))
        lodgers.append(Lodger(row, shape, service, many, ids))
    began_s = process_time()
    found = choose(fleet, lodgers, goal=goal, most=MOVES)
    taken_ms = 1_000 * (process_time() - began_s)
    say(f"{len(found)} of {MOVES} moves for {goal} among {len(lodgers)} loads, {taken_ms:.0f} ms")
    return [taken_ms]
