"""What others do with a trace of GPU requests, each in its few lines: random, best fit, dot product, least fragmentation.

Written apart from the placement they are compared with. All of them give a request the fullest devices that still fit;
the last one chooses the device, too, and evaluates every host anew unless the host has not changed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Pod = tuple[int, int, int, int]  # CPU, memory, GPUs, thousandths of each
COVER = 0.95


class State:
    """The hosts as they fill."""

    def __init__(self, cpu: Ints, memory: Ints, devices: Ints, *, seed: int) -> None:
        self.cpu, self.memory, self.devices = cpu.copy(), memory.copy(), devices.copy()
        self.most = np.array([cpu.max(), memory.max(), devices.sum(axis=1).max()], dtype=np.float64)
        self.chance = np.random.default_rng(seed + 1000)
        self.typical: list[tuple[Pod, int]] = []
        self.known: dict[Any, Any] = {}

    def take(self, pod: Pod, choose: Callable[[State, Pod, Ints], tuple[int, int]]) -> bool:
        cpu, memory, number, millis = pod
        fits = (self.cpu >= cpu) & (self.memory >= memory)
        if number:
            fits &= (self.devices >= millis).sum(axis=1) >= number
        rows = np.flatnonzero(fits)
        if not len(rows):
            return False
        row, device = choose(self, pod, rows)
        self.cpu[row] -= cpu
        self.memory[row] -= memory
        if number:
            enough = [(free, at) for at, free in enumerate(self.devices[row].tolist()) if free >= millis]
            chosen = [device] if device >= 0 else [at for _, at in sorted(enough)[:number]]
            self.devices[row, chosen] -= millis
        self.known.pop(row, None)
        return True

    def left(self, rows: Ints) -> Floats:
        """What is free, each dimension by the most any host has."""
        found: Floats = (
            np.stack([self.cpu[rows], self.memory[rows], self.devices[rows].sum(axis=1)], axis=1) / self.most
        )
        return found


def by_chance(state: State, pod: Pod, rows: Ints) -> tuple[int, int]:
    return int(state.chance.choice(rows)), -1


def best_fit(state: State, pod: Pod, rows: Ints) -> tuple[int, int]:
    """Where the least is left."""
    return int(rows[np.argmin(state.left(rows).sum(axis=1))]), -1


def dot_product(state: State, pod: Pod, rows: Ints) -> tuple[int, int]:
    """Where what is asked and what is free point to the least together."""
    asked = np.array([pod[0], pod[1], pod[2] * pod[3]]) / state.most
    return int(rows[np.argmin(state.left(rows) @ asked)]), -1


def least_fragmentation(state: State, pod: Pod, rows: Ints) -> tuple[int, int]:
    """Where the expected unusable GPU grows least; of equal hosts the first."""
    best = (np.inf, -1, -1)
    for row in rows.tolist():
        known = state.known.setdefault(row, {})
        if pod not in known:
            known[pod] = _cheapest(state, pod, row)
        cost, device = known[pod]
        if cost < best[0] - 1e-9:
            best = (cost, row, device)
    return best[1], best[2]


def _cheapest(state: State, pod: Pod, row: int) -> tuple[float, int]:
    cpu, memory, number, millis = pod
    there = state.devices[row]
    before = _unusable(state, int(state.cpu[row]), int(state.memory[row]), there[None, :])[0]
    if number == 1:
        _, options = np.unique(np.where(there >= millis, there, -1), return_index=True)
        options = np.array([at for at in sorted(options.tolist()) if there[at] >= millis])
        after = np.repeat(there[None, :], len(options), axis=0)
        after[np.arange(len(options)), options] -= millis
    else:
        options, after = np.array([-1]), there[None, :].copy()
        after[0, np.flatnonzero(there >= millis)[:number]] -= millis if number else 0
    costs = _unusable(state, int(state.cpu[row]) - cpu, int(state.memory[row]) - memory, after) - before
    best = int(np.argmin(costs))
    return float(costs[best]), int(options[best])


def _unusable(state: State, cpu: int, memory: int, devices: Ints) -> Floats:
    cpus, memories, numbers, millis, weights = state.known.setdefault("typical", _typical(state))
    small = devices[:, None, :] < millis[None, :, None]
    lost = (devices[:, None, :] * small).sum(axis=2)
    runs = (numbers > 0) & (cpus <= cpu) & (memories <= memory) & ((~small).sum(axis=2) >= numbers)
    found: Floats = np.where(runs, lost, devices.sum(axis=1)[:, None]) @ weights
    return found


def _typical(state: State) -> tuple[Ints, Ints, Ints, Ints, Floats]:
    kept: list[tuple[Pod, int]] = []
    total = sum(often for _, often in state.typical)
    for pod, often in sorted(state.typical, key=lambda one: -one[1]):
        if sum(n for _, n in kept) >= COVER * total:
            break
        kept.append((pod, often))
    columns = np.array([pod for pod, _ in kept]).T
    weights = np.array([often for _, often in kept], dtype=np.float64)
    return columns[0], columns[1], columns[2], columns[3], weights / weights.sum()


BASELINES: dict[str, Callable[[State, Pod, Ints], tuple[int, int]]] = {
    "random": by_chance,
    "best fit": best_fit,
    "dot product": dot_product,
    "FGD": least_fragmentation,
}
