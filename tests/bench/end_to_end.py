"""Placement on PostgreSQL, from the look at the rows to the guarded write, and how that grows; idle turns of all loops.

Every size has an installation of its own, filled with rows by passes.py; no engine takes part. How soon one container
is bound after its commit is seen from outside, beside the real scheduler process with all its loops.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.bench.figures import Figure
from tests.bench.rig import say
from tests.whole.installation import ROOT, Installation

SIZES = ((100, 5_000, 5_000), (1_000, 50_000, 20_000), (10_000, 50_000, 20_000))  # hosts, running, waiting
RATE = 25_000
BOUND_MS = 20.0
IDLE_MS = 50.0
PER_CHANGE = 2.0
FEW, MANY = (1_000, 1_000, 0), (1_000, 100_000, 0)  # one change among these containers


def measure(*, rounds: int, latency: bool = True) -> list[Figure]:
    figures: list[Figure] = []
    for hosts, running, pending in SIZES:
        with filled(hosts, running, pending, rounds=rounds) as (installation, found):
            figures += of_a_size(found)
            if latency and hosts <= 1_000:
                figures.append(bound_after_commit(installation, hosts, running))
    return figures + growth()


def of_a_size(found: dict[str, Any]) -> list[Figure]:
    hosts, running, pending = found["hosts"], found["running"], found["pending"]
    size = f"{hosts} hosts, {running} running"
    bulk: Sequence[dict[str, float]] = found["bulk"]
    rates = [pending / one["total"] * 1000 for one in bulk]
    figures = [Figure(f"end to end, {size}, {pending} waiting", "/s", rates, limit=RATE, at_least=True)]
    both = [pending / (one["python_cpu"] + one["database_cpu"]) * 1000 for one in bulk]
    figures.append(Figure(f"  {hosts} hosts, by the CPU time of both, one core", "/s", both))
    least = [one["database_cpu"] / pending * 1000 for one in found["floor"]]
    mine = [one["database_cpu"] / pending * 1000 for one in bulk]
    figures.append(Figure(f"  {hosts} hosts, database of a container", "us", mine, "plain UPDATE", least, kind="ratio"))
    for part in sorted({name for one in bulk for name in one}):
        each_us = [one.get(part, 0.0) / pending * 1000 for one in bulk]
        figures.append(Figure(f"  {hosts} hosts, a container's {part}", "us", each_us))
    figures += [
        Figure(f"  {hosts} hosts, a pass for one: {part}", "ms", [one[part] for one in found["one"]])
        for part in ("total", "read", "read: changes", "read: hosts", "place", "write")
    ]
    for name, took in found["idle"].items():
        figures.append(Figure(f"idle, {size}: {name}", "ms", took["idle"], limit=IDLE_MS))
        figures.append(Figure(f"  its first look: {name}", "ms", took["first"]))
    return figures


def bound_after_commit(installation: Installation, hosts: int, running: int) -> Figure:
    say("one after the other, from commit to bound")
    installation.start("scheduler-1")
    took = json.loads(child(installation, "tests.bench.bound"))
    name = f"one container, commit to bound, {hosts} hosts, {running} running"
    limit = BOUND_MS if hosts == 1_000 else None
    return Figure(name, "ms", took, limit=limit, percentile=99)


def growth() -> list[Figure]:
    """P5: a pass for one container among many, beside one among few, on equally many hosts."""
    took = {}
    for hosts, running, _ in (FEW, MANY):
        with filled(hosts, running, 0, rounds=0) as (_, found):
            took[running] = [one["total"] for one in found["one"]]
    name = f"one change among {MANY[1]} containers, {MANY[0]} hosts"
    return [Figure(name, "ms", took[MANY[1]], f"among {FEW[1]}", took[FEW[1]], kind="ratio", limit=PER_CHANGE)]


@contextmanager
def filled(hosts: int, running: int, pending: int, *, rounds: int) -> Iterator[tuple[Installation, dict[str, Any]]]:
    say(f"{hosts} hosts, {running} running, {pending} waiting")
    with tempfile.TemporaryDirectory(prefix="orchestra-passes-", dir="/tmp") as folder:
        installation = Installation(Path(folder) / "var")
        try:
            installation.start()
            words = [str(number) for number in (hosts, running, pending, rounds)]
            yield installation, json.loads(child(installation, "tests.bench.passes", *words))
        finally:
            installation.stop()


def child(installation: Installation, module: str, *words: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", module, *words],
        cwd=ROOT,
        env=installation.environment(),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return done.stdout
