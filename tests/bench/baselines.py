"""What others do with a trace of GPU requests: random, best fit, dot product, and least fragmentation (FGD).

Written apart from the placement they are compared with. All of them give a request the fullest devices that still fit;
the last one chooses the device, too, and reckons a host anew when it has changed since.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Pod = tuple[int, int, int, int]  # CPU, memory, GPUs, thousandths of each
COVER = 0.95


class Known:
    """Of one kind of request: what it costs on each host, on which device, and where that must be reckoned anew."""

    def __init__(self, hosts: int) -> None:
        self.cost, self.device = np.full(hosts, np.inf), np.full(hosts, -1)
        self.stale = np.ones(hosts, dtype=np.bool_)


class State:
    """The hosts as they fill."""

    def __init__(self, cpu: Ints, memory: Ints, devices: Ints, *, seed: int) -> None:
        self.cpu, self.memory, self.devices = cpu.copy(), memory.copy(), devices.copy()
        self.most = np.array([cpu.max(), memory.max(), devices.sum(axis=1).max()], dtype=np.float64)
        self.chance = np.random.default_rng(seed + 1000)
        self.typical: list[tuple[Pod, int]] = []
        self.known: dict[Pod, Known] = {}
        self._weights: tuple[Ints, Ints, Ints, Ints, Floats] | None = None

    @property
    def weights(self) -> tuple[Ints, Ints, Ints, Ints, Floats]:
        if self._weights is None:
            self._weights = _typical(self.typical)
        return self._weights

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
        for one in self.known.values():
            one.stale[row] = True
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
    known = state.known.setdefault(pod, Known(len(state.cpu)))
    stale = rows[known.stale[rows]]
    if len(stale):
        _reckon(state, pod, stale, known)
        known.stale[stale] = False
    row = int(rows[np.argmin(np.round(known.cost[rows], 9))])
    return row, int(known.device[row])


def _reckon(state: State, pod: Pod, rows: Ints, known: Known) -> None:
    cpu, memory, _, _ = pod
    before = _unusable(state, state.cpu[rows], state.memory[rows], state.devices[rows])
    ways = [(at, device, after) for at, row in enumerate(rows.tolist()) for device, after in _ways(state, pod, row)]
    at = np.array([way[0] for way in ways])
    after = np.array([way[2] for way in ways])
    costs = _unusable(state, state.cpu[rows][at] - cpu, state.memory[rows][at] - memory, after) - before[at]
    known.cost[rows] = np.inf
    for (place, device, _), cost in zip(ways, costs.tolist(), strict=True):
        if cost < known.cost[rows[place]] - 1e-9:
            known.cost[rows[place]], known.device[rows[place]] = cost, device


def _ways(state: State, pod: Pod, row: int) -> list[tuple[int, list[int]]]:
    """Every way to serve it here: (device or -1, the devices afterwards)."""
    there, number, millis = state.devices[row].tolist(), pod[2], pod[3]
    if number == 1:
        found = [
            (at, [*there[:at], free - millis, *there[at + 1 :]]) for at, free in enumerate(there) if free >= millis
        ]
        return [one for at, one in enumerate(found) if sorted(one[1]) not in [sorted(o[1]) for o in found[:at]]]
    after, left = list(there), number
    for at, free in enumerate(there):
        if left and free >= millis:
            after[at], left = free - millis, left - 1
    return [(-1, after)]


def _unusable(state: State, cpu: Ints, memory: Ints, devices: Ints) -> Floats:
    cpus, memories, numbers, millis, weights = state.weights
    small = devices[:, None, :] < millis[None, :, None]
    lost = (devices[:, None, :] * small).sum(axis=2)
    runs = (numbers > 0) & (cpus <= cpu[:, None]) & (memories <= memory[:, None]) & ((~small).sum(axis=2) >= numbers)
    found: Floats = np.where(runs, lost, devices.sum(axis=1)[:, None]) @ weights
    return found


def _typical(seen: list[tuple[Pod, int]]) -> tuple[Ints, Ints, Ints, Ints, Floats]:
    kept: list[tuple[Pod, int]] = []
    total = sum(often for _, often in seen)
    for pod, often in sorted(seen, key=lambda one: -one[1]):
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
