"""The core of placement alone: how many containers a second, how that grows with the fleet, and with what memory.

Each size is measured by a process of its own (placing.py), so that its memory is its own. Nothing else runs: no
database, no engine.
"""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

from tests.bench.figures import Figure
from tests.bench.rig import say

HOSTS = 10_000
PENDING = 100_000
RATE = 200_000
RESIDENT_MIB = 150
CURVE = (100, 1_000, 10_000, 50_000)
PER_HOST = 10
GROWTH = 1.5
ADVICE_MS = 1_000


def measure(*, rounds: int) -> list[Figure]:
    """The figure at 10,000 hosts, the curve, and the same with nothing that could be merged."""
    main = child(HOSTS, PENDING, rounds=rounds)
    alone = child(HOSTS, PENDING, rounds=rounds, images=True)
    name = f"placement core, {HOSTS} hosts, {PENDING} pending"
    figures = [
        Figure(f"{name}, containers a second", "/s", main["rates"], limit=RATE, at_least=True),
        Figure(f"{name}, memory of the process", "MiB", [main["resident_mib"]], limit=RESIDENT_MIB),
        Figure(f"{name}, {alone['requests']} requests", "/s", alone["rates"], "merged", main["rates"], kind="ratio"),
    ]
    costs: dict[int, list[float]] = {}
    for hosts in CURVE:
        found = child(hosts, hosts * PER_HOST, rounds=rounds)
        costs[hosts] = [1e6 / rate for rate in found["rates"]]
        words = f"growth: {hosts} hosts, {hosts * PER_HOST} pending, {found['requests']} requests"
        figures += [
            Figure(f"{words}, each", "us", costs[hosts]),
            Figure(f"{words}, memory", "MiB", [found["resident_mib"]]),
        ]
    for words, values in advising(HOSTS, rounds=rounds).items():
        figures.append(Figure(f"why it waits, {HOSTS} hosts: {words}", "ms", values, limit=ADVICE_MS))
    words = "growth: cost of a container, 10,000 hosts beside 1,000"
    return [*figures, Figure(words, "us", costs[10_000], "1,000", costs[1_000], kind="ratio", limit=GROWTH)]


def child(hosts: int, pending: int, *, rounds: int, images: bool = False) -> dict[str, Any]:
    words = [str(hosts), str(pending), str(rounds), *(["images"] if images else [])]
    say(f"placement: {' '.join(words)}")
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.placing", *words], capture_output=True, text=True, check=True
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def advising(hosts: int, *, rounds: int) -> dict[str, list[float]]:
    say(f"advice: {hosts} hosts")
    words = [sys.executable, "-m", "tests.bench.advising", str(hosts), str(rounds)]
    found: dict[str, list[float]] = json.loads(subprocess.run(words, capture_output=True, text=True, check=True).stdout)
    return found
