"""GPUs, device by device: what is free on each, which ones a container gets, and how much of them it leaves unusable.

Fragmentation after Weng et al., "Beware of Fragmentation" (USENIX ATC 2023): of a host the expected thousandths of free
GPU that a typical request could not use; the best host is where a request lets that grow least. Shares of a device are
a matter of trust: an engine cannot enforce them, so only hosts whose operator says so take them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

WHOLE = 1000  # thousandths of a device
NONE = -1  # where a host has no such device

Mask = NDArray[np.bool_]
Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


class GpuWish(NamedTuple):
    """`number` devices, `millis` of each: all of it, or of a single one a share. `models`: any of these; none: any."""

    number: int
    millis: int = WHOLE
    models: frozenset[str] = frozenset()


class Demand(NamedTuple):
    """Typical requests, one an entry, and how usual each is (their sum is 1). CPU and memory as in a shape."""

    cpu_millis: Ints
    memory_bytes: Ints
    number: Ints
    millis: Ints
    weight: Floats


def demand(seen: Sequence[tuple[int, int, GpuWish | None, int]], *, cover: float = 1.0) -> Demand:
    """From (CPU, memory, GPUs, how often); of the most usual as many as make up this part of all."""
    ordered = sorted(seen, key=lambda one: (-one[3], one[0], one[1], one[2] or ()))
    total = sum(one[3] for one in ordered)
    kept, so_far = [], 0
    for one in ordered:
        if so_far >= cover * total:
            break
        kept.append(one)
        so_far += one[3]
    wishes = [one[2] or GpuWish(0, 0) for one in kept]
    return Demand(
        np.array([one[0] for one in kept], dtype=np.int64),
        np.array([one[1] for one in kept], dtype=np.int64),
        np.array([wish.number for wish in wishes], dtype=np.int64),
        np.array([wish.millis for wish in wishes], dtype=np.int64),
        np.array([one[3] for one in kept], dtype=np.float64) / max(so_far, 1),
    )


class Room(NamedTuple):
    """Of some rows: free CPU and memory, and of each device the free thousandths (none: 0)."""

    cpu_millis: Ints
    memory_bytes: Ints
    devices: Ints


def unusable(room: Room, wanted: Demand) -> Floats:
    """Per row: the expected thousandths of its free GPUs that a typical request cannot use."""
    total = room.devices.sum(axis=1)
    steps, step_of = np.unique(wanted.millis, return_inverse=True)
    too_small = room.devices[:, :, None] < steps
    wasted = (room.devices[:, :, None] * too_small).sum(axis=1)[:, step_of]
    enough = (~too_small).sum(axis=1)[:, step_of] >= wanted.number
    runs = (
        enough & (room.cpu_millis[:, None] >= wanted.cpu_millis) & (room.memory_bytes[:, None] >= wanted.memory_bytes)
    )
    lost = np.where(runs & (wanted.number > 0), wasted, total[:, None])
    found: Floats = lost @ wanted.weight
    return found


@dataclass
class Park:
    """All devices of a fleet. `free` has a row for each host, NONE where it has no device of that number.

    `models`: of each host's devices; those of a host that has several stand in `mixed`, device by device.
    """

    free: NDArray[np.int16]
    models: tuple[str, ...]
    shared: Mask  # hosts whose operator lets containers share a device
    wanted: Demand | None = None
    mixed: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    changes: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))  # per row: how often it changed
    best: dict[object, _Best] = field(default_factory=dict)
    _devices: Ints | None = None

    def __post_init__(self) -> None:
        if len(self.changes) != len(self.free):
            self.changes = np.zeros(len(self.free), dtype=np.int64)

    def copy(self) -> Park:
        return Park(self.free.copy(), self.models, self.shared, self.wanted, self.mixed)

    def models_of(self, row: int) -> tuple[str, ...]:
        """Sorted; none where there is no device."""
        there = zip(self.mixed.get(row, ()), self.free[row].tolist(), strict=False)
        several = {model for model, free in there if free != NONE}
        return tuple(sorted(several)) or ((self.models[row],) if (self.free[row] != NONE).any() else ())

    def suiting(self, wish: GpuWish) -> Mask | None:
        """Which devices are of a model that will do, where the hosts' models do not tell; None: they do."""
        if not wish.models or not self.mixed:
            return None
        mask = np.ones(self.free.shape, dtype=np.bool_)
        for row, names in self.mixed.items():
            mask[row, : len(names)] = [name in wish.models for name in names]
        return mask

    def fitting(self, wish: GpuWish) -> Ints:
        """Per row: on how many devices so much is free."""
        enough, suiting = self.free >= max(wish.millis, 1), self.suiting(wish)
        found: Ints = (enough if suiting is None else enough & suiting).sum(axis=1)
        return found

    def devices(self) -> Ints:
        """Per row: how many there are."""
        if self._devices is None:
            self._devices = (self.free != NONE).sum(axis=1)
        return self._devices

    def taken(self) -> Ints:
        """Per row: thousandths that somebody has."""
        free: Ints = np.maximum(self.free, 0).sum(axis=1, dtype=np.int64)
        return self.devices() * WHOLE - free

    def take(self, row: int, devices: Sequence[int], millis: int) -> None:
        self.free[row, list(devices)] -= millis

    def devices_for(self, wish: GpuWish, row: int, *, asked: tuple[int, int] | None = None) -> tuple[int, ...]:
        """The device that growth() found best for this request; else those with the least that is enough, in order."""
        best = self.best.get((wish, asked))
        if best is not None and best.seen[row] == self.changes[row] and best.device[row] != NONE:
            return (int(best.device[row]),)
        there = self.free[row].tolist()
        suiting = self.suiting(wish)
        will_do = [True] * len(there) if suiting is None else suiting[row].tolist()
        fits = sorted((free, number) for number, free in enumerate(there) if free >= wish.millis and will_do[number])
        return tuple(sorted(number for _, number in fits[: wish.number]))


@dataclass
class _Best:
    """Of one request: per row how much unusable GPU it adds at best, and on which device; reckoned at `seen`."""

    growth: Floats
    device: Ints
    seen: Ints


def growth(park: Park, wish: GpuWish | None, *, asked: tuple[int, int], room: tuple[Ints, Ints], rows: Ints) -> _Best:
    """How much unusable GPU this request (`asked`: CPU and memory) adds on these rows; only what changed is reckoned.

    `room`: free CPU and memory of every row.
    """
    key = (wish, asked)
    found = park.best.get(key)
    if found is None:
        size = len(park.free)
        found = park.best[key] = _Best(np.zeros(size), np.full(size, NONE), np.full(size, -1))
    stale = rows[found.seen[rows] != park.changes[rows]]
    if len(stale) and park.wanted is not None:
        found.growth[stale], found.device[stale] = _reckon(park, wish, asked=asked, room=room, rows=stale)
        found.seen[stale] = park.changes[stale]
    return found


def _reckon(
    park: Park, wish: GpuWish | None, *, asked: tuple[int, int], room: tuple[Ints, Ints], rows: Ints
) -> tuple[Floats, Ints]:
    assert park.wanted is not None
    devices = np.maximum(park.free[rows], 0).astype(np.int64)
    before = unusable(Room(room[0][rows], room[1][rows], devices), park.wanted)
    suiting = park.suiting(wish) if wish is not None else None
    at, device, after = options(devices, wish, only=None if suiting is None else suiting[rows])
    cpu, memory = room[0][rows] - asked[0], room[1][rows] - asked[1]
    cost = unusable(Room(cpu[at], memory[at], after), park.wanted) - before[at]
    # Of each row's options the cheapest, and of equal ones the first device: they stand in order of row and device.
    order = np.lexsort((device, np.round(cost, 9), at))
    first = order[np.unique(at[order], return_index=True)[1]]
    growth_of, device_of = np.zeros(len(rows)), np.full(len(rows), NONE)
    growth_of[at[first]], device_of[at[first]] = cost[first], device[first]
    return growth_of, device_of


def options(devices: Ints, wish: GpuWish | None, *, only: Mask | None = None) -> tuple[Ints, Ints, Ints]:
    """What a request could do: (row, device or NONE, the devices afterwards). Devices that are alike are tried once.

    `only`: the devices that may be given.
    """
    every = np.arange(len(devices))
    if wish is None or not wish.number:
        return every, np.full(len(devices), NONE), devices
    free = devices >= wish.millis if only is None else (devices >= wish.millis) & only
    if wish.number == 1 and wish.millis < WHOLE:
        fits = free
        same = devices[:, :, None] == devices[:, None, :]
        alike = np.tril(same if only is None else same & only[:, None, :], k=-1).any(axis=2)
        at, device = np.nonzero(fits & ~alike)
        after = devices[at]
        after[np.arange(len(at)), device] -= wish.millis
        return at, device, after
    taken = free & (np.cumsum(free, axis=1) <= wish.number)
    fitting = free.sum(axis=1) >= wish.number
    after = (devices - taken * wish.millis)[fitting]
    return every[fitting], np.full(int(fitting.sum()), NONE), after
