"""A public trace of a GPU cluster (openb), read from the folder that holds it: its nodes, and requests in their order.

No part of the project: whoever has it names its folder. Before: `simulate --trace`, the bench. After: made-up hosts and
containers, or the arrays of a replay.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from orchestra.simulation.made_up import MadeUp, MadeUpHost

NODES: Final = "openb_node_list_gpu_node.csv"
DEFAULT: Final = "openb_pod_list_default.csv"
WHOLE: Final = 1_000  # thousandths of a GPU
GPU: Final = "gpu-millis"  # the countable resource that stands for its GPUs


@dataclass(frozen=True, slots=True)
class Node:
    name: str
    cpu_millis: int
    memory_mib: int
    gpus: int
    model: str


@dataclass(frozen=True, slots=True)
class Pod:
    """`gpu_millis`: of each of its GPUs."""

    name: str
    cpu_millis: int
    memory_mib: int
    gpus: int
    gpu_millis: int


def read_nodes(folder: Path) -> list[Node]:
    """Raises OSError where the list is not there, ValueError where it cannot be read."""
    return [
        Node(one["sn"], int(one["cpu_milli"]), int(one["memory_mib"]), int(one["gpu"]), one["model"])
        for one in _rows(folder / NODES)
    ]


def read_pods(folder: Path, name: str = DEFAULT) -> list[Pod]:
    return [
        Pod(one["name"], int(one["cpu_milli"]), int(one["memory_mib"]), int(one["num_gpu"]), int(one["gpu_milli"]))
        for one in _rows(folder / name)
    ]


def _rows(file: Path) -> Sequence[Mapping[str, str]]:
    with file.open() as opened:
        try:
            return list(csv.DictReader(opened))
        except KeyError as error:
            raise ValueError(f"{file} has no column {error}") from error


def played(folder: Path, *, hosts: int | None, containers: int | None) -> MadeUp:
    """The trace's hosts and requests, or the first so many of each."""
    nodes, pods = read_nodes(folder)[:hosts], read_pods(folder)[:containers]
    return MadeUp([_host(one) for one in nodes], (), [_container(one) for one in pods])


def _host(node: Node) -> MadeUpHost:
    return MadeUpHost(
        name=node.name,
        cpu_count=max(1, node.cpu_millis // 1000),
        memory_mib=node.memory_mib,
        labels={"gpu": node.model} if node.model else {},
        resources={GPU: node.gpus * WHOLE} if node.gpus else {},
    )


def _container(pod: Pod) -> dict[str, Any]:
    found: dict[str, Any] = {
        "name": pod.name,
        "image": "registry.test:5000/openb/request:1",
        "resources": {"cpu": f"{pod.cpu_millis}m", "memory": f"{pod.memory_mib}m"},
        "restart": "always",
        "stop_grace": 1,
    }
    if pod.gpus:
        found["needs"] = {GPU: pod.gpus * pod.gpu_millis}
    return found
