"""P1: 10, 50 and 100 containers on one and on three engines, beside the raw loop and beside Docker Swarm.

Ours is measured twice: from the first request sent, and from the commit of the last one (its answer). It ends when the
rows of all show running. The raw loop ends when the last start has returned, Swarm when its manager counts all tasks.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from tests.bench import cpu
from tests.bench.figures import Figure
from tests.bench.raw import start_many
from tests.bench.rig import COMMAND, Rig, fresh_name, say
from tests.bench.swarm import Swarm

RAW_LIMITS: Mapping[int, float] = {10: 1.15, 50: 1.10, 100: 1.10}
SWARM_LIMITS: Mapping[int, float] = {100: 0.55}
SWARM_ROUNDS = 2  # where nothing is to be reached against it


@dataclass
class Times:
    """Of one size on one number of engines, round by round, in seconds."""

    first: list[float] = field(default_factory=list)
    commit: list[float] = field(default_factory=list)
    raw: list[float] = field(default_factory=list)
    swarm: list[float] = field(default_factory=list)
    with_swarm: list[int] = field(default_factory=list)  # the rounds that had Swarm beside them
    cpu: list[dict[str, float]] = field(default_factory=list)
    raw_cpu: list[dict[str, float]] = field(default_factory=list)


@dataclass(frozen=True)
class Asked:
    """`rounds` by size. No round but the first begins after `until_s` (monotonic)."""

    counts: list[int]
    engines: list[int]
    rounds: Callable[[int], int]
    swarm: bool
    until_s: float


def measure(rig: Rig, asked: Asked) -> list[Figure]:
    """All sizes on all numbers of engines, a round of each in turn, so that time that runs out is missed everywhere."""
    peer = Swarm(rig.lab, rig.raws) if asked.swarm else None
    found = {(count, on): Times() for count in asked.counts for on in asked.engines}
    try:
        if peer is not None:
            peer.up()
        for number in range(max(map(asked.rounds, asked.counts))):
            for (count, on), times in found.items():
                if number >= asked.rounds(count) or (number and time.monotonic() > asked.until_s):
                    continue
                with_peer = peer if number < SWARM_ROUNDS or count in SWARM_LIMITS else None
                one_round(rig, with_peer, times, count=count, engines=on, turn=number)
                say(f"{count} on {on}, round {number + 1}: {_words(times)}")
    finally:
        if peer is not None:
            peer.down()
    return [figure for (count, on), times in found.items() for figure in figures(times, count, on)]


def one_round(rig: Rig, peer: Swarm | None, times: Times, *, count: int, engines: int, turn: int) -> None:
    """Each once; who begins changes from round to round."""
    sides = ["ours", "raw"] if peer is None else ["ours", "raw", "Swarm"]
    shift = turn % len(sides)
    for side in sides[shift:] + sides[:shift]:
        if side == "ours":
            _ours(rig, times, count, engines)
        elif side == "raw":
            _raw(rig, times, count, engines)
        elif peer is not None:
            _swarm(rig, peer, times, count, engines)
            times.with_swarm.append(turn)


def _ours(rig: Rig, times: Times, count: int, engines: int) -> None:
    prefix = fresh_name("many")
    asked = [("", rig.spec(f"{prefix}-{number}", engines=engines)) for number in range(count)]
    before = rig.meter.now()
    first_s, _ = rig.post(asked)
    commit_s = time.monotonic()
    done_s = rig.await_running(prefix, count)
    times.first.append(done_s - first_s)
    times.commit.append(done_s - commit_s)
    times.cpu.append(used := rig.meter.since(before))
    say(f"    ours: {cpu.words(used)}")
    there = sum(raw.count_running("orchestra.role=workload") for raw in rig.raws)
    if there != count:
        raise RuntimeError(f"the rows say that {count} run, the engines say {there}")
    rig.remove(prefix)


def _raw(rig: Rig, times: Times, count: int, engines: int) -> None:
    before = rig.meter.now()
    times.raw.append(start_many(rig.raws[:engines], rig.spec("raw", engines=engines), rig.image_ref, count))
    times.raw_cpu.append(used := rig.meter.since(before))
    say(f"    raw:  {cpu.words(used)}")
    rig.clear_raw()


def _swarm(rig: Rig, peer: Swarm, times: Times, count: int, engines: int) -> None:
    times.swarm.append(peer.start_many(engines, rig.image_ref, COMMAND, count))
    peer.clear()
    time.sleep(1.0)


def figures(times: Times, count: int, engines: int) -> list[Figure]:
    on = f"{count} containers on {engines} engine{'s' if engines > 1 else ''}"
    limit = RAW_LIMITS.get(count)
    found = [
        Figure(f"{on}, from the first request", "s", times.first, "raw loop", times.raw, "ratio", limit),
        Figure(f"{on}, from the last commit", "s", times.commit, "raw loop", times.raw, "ratio"),
        Figure(f"{on}, CPU of everything", "s", _whole(times.cpu), "raw loop", _whole(times.raw_cpu), "ratio"),
    ]
    if times.swarm:
        limit = SWARM_LIMITS.get(count)
        pairs = [times.first[number] for number in times.with_swarm]
        found.append(Figure(f"{on}, from the first request", "s", pairs, "Swarm", times.swarm, "ratio", limit))
    return found


def _whole(used: list[dict[str, float]]) -> list[float]:
    return [sum(one.values()) for one in used]


def _words(times: Times) -> str:
    parts = {"ours": times.first, "from the last commit": times.commit, "raw": times.raw, "Swarm": times.swarm}
    return ", ".join(f"{name} {values[-1]:.2f} s" for name, values in parts.items() if len(values) == len(times.raw))
