"""What a made-up installation consists of: hosts with sizes and zones, services with sizes and replicas.

Pure, and the same for the same numbers. Before: the words of `simulate`, or a trace. After: world.py makes the hosts,
wishes.py registers them and asks for the services.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import cycle
from random import Random
from typing import Any, Final
from urllib.parse import urlencode

FLEET: Final = "simulated"
ZONES: Final = ("ber-a", "ber-b", "fra-a", "fra-b")
APPS: Final = (
    "billing-api", "billing-cron", "cart", "catalog", "checkout", "crm-api", "crm-web", "docs", "edge-cache", "etl",
    "feed", "gateway", "geo", "health-report", "identity", "images", "invoice", "jobs", "kpi", "ledger", "mail",
    "metrics-store", "notify", "orders", "payments", "pricing", "queue", "recommend", "reports", "search", "session",
    "shop-api", "shop-web", "sms", "stock", "tax", "tracking", "users", "video", "warehouse",
)  # fmt: skip
SIZES: Final = tuple((cpu, memory) for cpu in (50, 100, 250, 500) for memory in (64, 256, 512))  # thousandths, MiB
FULL: Final = 0.6  # of the hosts' room when everything runs
KINDS: Final = (0.75, 1.0, 1.5)  # of the usual host's size
SERVICE_OF: Final = 200  # containers, on average
MOST_REPLICAS: Final = 1_000
SEED: Final = 7


@dataclass(frozen=True, slots=True)
class MadeUpHost:
    """`resources` are countable ones that an operator would declare, as the GPUs of a trace."""

    name: str
    cpu_count: int
    memory_mib: int
    labels: Mapping[str, str] = field(default_factory=dict)
    resources: Mapping[str, int] = field(default_factory=dict)

    @property
    def url(self) -> str:
        asked = {"cpu": self.cpu_count, "memory_mib": self.memory_mib, "any_image": 1}
        return f"fake://{FLEET}/{self.name}?{urlencode(asked)}"


@dataclass(frozen=True, slots=True)
class MadeUp:
    """`services` and `containers` are specs as somebody would send them, in the order in which they are asked for."""

    hosts: Sequence[MadeUpHost]
    services: Sequence[Mapping[str, Any]]
    containers: Sequence[Mapping[str, Any]] = ()

    @property
    def wanted(self) -> int:
        """How many containers run when everything does."""
        return sum(int(one["replicas"]) for one in self.services) + len(self.containers)


def made_up(hosts: int, containers: int) -> MadeUp:
    """A fleet that is well filled by so many containers, most of them of services, a few that stand alone."""
    alone = min(20, containers // 50)
    replicas = _shares(containers - alone, max(1, min(len(APPS) * 10, round(containers / SERVICE_OF))))
    services = [_service(number, count) for number, count in enumerate(replicas)]
    single = [_container(f"tool-{number + 1}", SIZES[number % len(SIZES)]) for number in range(alone)]
    return MadeUp(_hosts(hosts, [*_sizes(services), *((one, 1) for one in single)]), services, single)


def _sizes(services: Sequence[Mapping[str, Any]]) -> list[tuple[Mapping[str, Any], int]]:
    return [(one["container"], int(one["replicas"])) for one in services]


def _hosts(count: int, wanted: Sequence[tuple[Mapping[str, Any], int]]) -> list[MadeUpHost]:
    """Three sizes, so chosen that what is wanted fills them as far as FULL says."""
    cpu_millis = sum(int(one["resources"]["cpu"].rstrip("m")) * times for one, times in wanted) / count / FULL
    memory_mib = sum(int(one["resources"]["memory"].rstrip("m")) * times for one, times in wanted) / count / FULL
    middle = sum(KINDS) / len(KINDS)
    width = max(4, len(str(count - 1)))
    found = []
    for number in range(count):
        kind = KINDS[number % len(KINDS)] / middle
        found.append(
            MadeUpHost(
                name=f"h-{number:0{width}}",
                cpu_count=max(4, math.ceil(cpu_millis * kind / 1000)),
                memory_mib=max(4096, math.ceil(memory_mib * kind / 1024) * 1024),
                labels={"zone": ZONES[number % len(ZONES)], "disk": "ssd" if number % 5 else "hdd"},
            )
        )
    return found


def _shares(total: int, parts: int) -> list[int]:
    """A few large ones and many small ones, none above MOST_REPLICAS, `total` in all."""
    chance = Random(SEED)
    weights = [chance.paretovariate(1.2) for _ in range(parts)]
    whole = sum(weights)
    found = [min(MOST_REPLICAS, max(1, int(total * one / whole))) for one in weights]
    for at in cycle(range(parts)):
        missing = total - sum(found)
        if not missing:
            break
        room = MOST_REPLICAS - found[at] if missing > 0 else found[at] - 1
        step = min(abs(missing), room, math.ceil(abs(missing) / parts))
        found[at] += step if missing > 0 else -step
    return found


def _service(number: int, replicas: int) -> dict[str, Any]:
    chance = Random(f"{SEED} {number}")
    cpu, memory = chance.choice(SIZES)
    name = APPS[number % len(APPS)] + (f"-{number // len(APPS) + 1}" if number >= len(APPS) else "")
    container: dict[str, Any] = {
        "image": f"registry.test:5000/{name.partition('-')[0]}/{name}:1.{number % 9}.0",
        "resources": {"cpu": f"{cpu}m", "memory": f"{memory}m"},
        "stop_grace": 1,
    }
    if chance.random() < 0.2:
        container["constraints"] = [chance.choice(("disk=ssd", "disk!=hdd", "zone!=fra-b"))]
    return {"name": name, "replicas": replicas, "container": container}


def _container(name: str, size: tuple[int, int]) -> dict[str, Any]:
    cpu, memory = size
    return {
        "name": name,
        "image": f"registry.test:5000/tools/{name}:1",
        "resources": {"cpu": f"{cpu}m", "memory": f"{memory}m"},
        "restart": "always",
        "stop_grace": 1,
    }
