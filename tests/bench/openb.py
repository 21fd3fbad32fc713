"""The trace of a GPU cluster, replayed: how much of the GPUs is in use when requests for 130 % of them have arrived.

After the published protocol of Weng et al. (USENIX ATC 2023): requests are drawn from the list until that much has
arrived, none ever ends, and what fits nowhere when it comes is lost. The trace is no part of the project: its folder is
given by path. Ours is place() itself with the policy for GPUs; the baselines (random, best fit, dot product, the
paper's own) stand in baselines.py.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean
from time import process_time

import numpy as np

from orchestra.simulation.trace import DEFAULT, NODES, read_nodes, read_pods
from scheduler.placement import Fleet, Request, Shape, place
from scheduler.placement.gpus import NONE, WHOLE, Demand, GpuWish, Park, demand
from scheduler.placement.policy import GPU
from tests.bench.baselines import BASELINES, State
from tests.bench.figures import Figure
from tests.bench.rig import say

LISTS = (DEFAULT, "openb_pod_list_cpu050.csv")
ARRIVE = 1.3
SEEDS = tuple(range(42, 52))
COVER = 0.95  # the typical requests are the most usual ones that make up so much of the list
MIB = 1024**2
LEAST_PERCENT = 95.0
LEAST_RATE = 1_000
Pod = tuple[int, int, int, int]  # CPU, memory in MiB, GPUs, thousandths of each


@dataclass(frozen=True)
class Trace:
    cpu_millis: list[int]
    memory_mib: list[int]
    gpus: list[int]
    pods: list[Pod]

    @property
    def capacity(self) -> int:
        return sum(self.gpus) * WHOLE

    def arrivals(self, seed: int) -> list[Pod]:
        chance, arrived, found = np.random.default_rng(seed), 0, []
        while arrived < ARRIVE * self.capacity:
            pod = self.pods[int(chance.integers(len(self.pods)))]
            found.append(pod)
            arrived += pod[2] * pod[3]
        return found

    def devices(self) -> np.ndarray[tuple[int, int], np.dtype[np.int16]]:
        free = np.full((len(self.gpus), max(self.gpus)), NONE, dtype=np.int16)
        for row, count in enumerate(self.gpus):
            free[row, :count] = WHOLE
        return free

    def demand(self) -> Demand:
        return demand(
            [(cpu, mib * MIB, wish(n, millis), often) for (cpu, mib, n, millis), often in self.counted()], cover=COVER
        )

    def counted(self) -> list[tuple[Pod, int]]:
        return sorted(Counter(self.pods).items())

    def fleet(self) -> Fleet:
        count = len(self.gpus)
        zeros = np.zeros(count, dtype=np.int64)
        return Fleet(
            ids=np.arange(1, count + 1),
            names=tuple(f"node-{row:04}" for row in range(count)),
            ready=np.ones(count, dtype=np.bool_),
            unready_words=("",) * count,
            availability=("active",) * count,
            cpu_allocatable=np.array(self.cpu_millis),
            cpu_reserved=zeros.copy(),
            memory_allocatable=np.array(self.memory_mib) * MIB,
            memory_reserved=zeros.copy(),
            containers=zeros.copy(),
            labels=({},) * count,
            architectures=("amd64",) * count,
            data_addresses=("10.0.0.1",) * count,
            park=Park(self.devices(), ("",) * count, np.ones(count, dtype=np.bool_), self.demand()),
        )


def wish(number: int, millis: int) -> GpuWish | None:
    return GpuWish(number, millis) if number else None


def read(folder: Path, pods: str) -> Trace:
    nodes = read_nodes(folder)
    return Trace(
        cpu_millis=[one.cpu_millis for one in nodes],
        memory_mib=[one.memory_mib for one in nodes],
        gpus=[one.gpus for one in nodes],
        pods=[(one.cpu_millis, one.memory_mib, one.gpus, one.gpu_millis) for one in read_pods(folder, pods)],
    )


def measure(folder: Path | None, *, seeds: int) -> list[Figure]:
    """Nothing, and a word about it, where the trace is not there."""
    if folder is None or not (folder / NODES).exists():
        say(f"openb: no trace {'given (--trace FOLDER)' if folder is None else f'in {folder}'}; left out")
        return []
    figures = []
    for pods in LISTS:
        trace, words = read(folder, pods), pods.removeprefix("openb_pod_list_").removesuffix(".csv")
        found = {name: [baseline(trace, name, seed) for seed in SEEDS[:seeds]] for name in BASELINES}
        ours, rates = zip(*(replay(trace, seed) for seed in SEEDS[:seeds]), strict=True)
        say(f"openb {words}: ours {mean(ours):.2f}, " + ", ".join(f"{n} {mean(v):.2f}" for n, v in found.items()))
        name = f"openb {words}, GPU in use at 130 %"
        least = LEAST_PERCENT if pods == LISTS[0] else None
        figures.append(Figure(f"{name}, mean", "%", [mean(ours)], limit=least, at_least=True))
        figures += [
            Figure(f"{name}, beside {peer}", "%", ours, peer, theirs, kind="difference", limit=0, at_least=True)
            for peer, theirs in found.items()
        ]
        figures.append(Figure(f"openb {words}, requests a second", "/s", rates, limit=LEAST_RATE, at_least=True))
    return figures


def replay(trace: Trace, seed: int) -> tuple[float, float]:
    """Per cent of the GPUs that our placement has in use in the end, and requests a second of CPU time."""
    fleet, arrivals = trace.fleet(), trace.arrivals(seed)
    shapes = {
        pod: Shape(cpu_millis=pod[0], memory_bytes=pod[1] * MIB, gpus=wish(pod[2], pod[3]), policy=GPU)
        for pod, _ in trace.counted()
    }
    requests = [Request(shapes[pod], (str(number),)) for number, pod in enumerate(arrivals)]
    began_s = process_time()
    groups = place(requests, fleet)
    took_s = process_time() - began_s
    placed = [pod for pod, group in zip(arrivals, groups, strict=True) if group.verdicts[0].host is not None]
    return share(trace, placed), len(arrivals) / took_s


def share(trace: Trace, placed: Sequence[Pod]) -> float:
    return 100 * sum(number * millis for _, _, number, millis in placed) / trace.capacity


def baseline(trace: Trace, name: str, seed: int) -> float:
    state = State(
        np.array(trace.cpu_millis),
        np.array(trace.memory_mib),
        np.maximum(trace.devices(), 0).astype(np.int64),
        seed=seed,
    )
    state.typical = [(pod, often) for pod, often in trace.counted()]
    choose = BASELINES[name]
    return share(trace, [pod for pod in trace.arrivals(seed) if state.take(pod, choose)])
