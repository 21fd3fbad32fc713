"""A made-up fleet and the containers that wait for it, as large as asked: what the bench of the placement core places.

Pure and the same for the same numbers. A fifth of the services wants a label, a tenth wants its containers on
different hosts; the sizes are a dozen, as people write them; every service has an image of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from random import Random
from uuid import UUID

import numpy as np

from containers.spec.types import Constraint
from scheduler.placement import Fleet, Shape
from scheduler.placement.company import Kin, Near

GIB = 1024**3
REPLICAS = 100
HOST_SIZES = ((8_000, 32), (16_000, 64), (32_000, 128))  # thousandths of a CPU, GiB
SIZES = tuple((cpu, memory) for cpu in (50, 100, 250, 500) for memory in (64, 256, 512))  # the same, MiB
RULES = (
    Constraint("zone", "=", ("a",)),
    Constraint("zone", "=", ("b", "c")),
    Constraint("disk", "!=", ("hdd",)),
    Constraint("gpu", "exists"),
)
WITH_LABELS = 0.2
APART = 0.1


@dataclass(frozen=True)
class Crowd:
    """`images_known`: hosts have the images of all services, so that no two services are one request."""

    hosts: int
    pending: int
    images_known: bool = False
    seed: int = 7

    def fleet(self) -> Fleet:
        chance = np.random.default_rng(self.seed)
        kinds = chance.integers(0, len(HOST_SIZES), self.hosts)
        sizes = np.array(HOST_SIZES)[kinds]
        shared = [{"zone": zone, "disk": disk} for zone in "abc" for disk in ("ssd", "hdd")]
        labels = [*shared, *({**one, "gpu": ""} for one in shared)]
        count = self.hosts
        return Fleet(
            ids=np.arange(1, count + 1),
            names=tuple(f"host-{number:06}" for number in range(count)),
            ready=np.ones(count, dtype=np.bool_),
            unready_words=("",) * count,
            availability=("active",) * count,
            cpu_allocatable=sizes[:, 0].copy(),
            cpu_reserved=chance.integers(0, 2_000, count),
            memory_allocatable=sizes[:, 1] * GIB,
            memory_reserved=chance.integers(0, 4 * GIB, count),
            containers=chance.integers(0, 10, count),
            labels=tuple(labels[number] for number in chance.integers(0, len(labels), count).tolist()),
            architectures=("amd64",) * count,
            data_addresses=("10.0.0.1",) * count,
            images=self._images() if self.images_known else {},
        )

    def _images(self) -> dict[str, frozenset[int]]:
        chance = Random(self.seed)
        few = min(self.hosts, 5)
        return {f"shop/{number}:1": frozenset(chance.sample(range(self.hosts), few)) for number in range(self.services)}

    @property
    def services(self) -> int:
        return max(1, self.pending // REPLICAS)

    def wishes(self) -> Iterator[tuple[str, Shape]]:
        """Containers by turns, one of each service: the order in which they wait says nothing of their services."""
        shapes = [self._shape(number) for number in range(self.services)]
        for number in range(self.pending):
            yield str(UUID(int=number)), shapes[number % len(shapes)]

    def _shape(self, number: int) -> Shape:
        chance = Random(f"{self.seed} {number}")
        cpu, memory = chance.choice(SIZES)
        share = number % 10 / 10
        rules = (chance.choice(RULES),) if share < WITH_LABELS else ()
        kin = Kin(1, "service", f"shop-{number}")
        shape = Shape(
            cpu_millis=cpu,
            memory_bytes=memory * 1024**2,
            constraints=rules,
            image=f"shop/{number}:1",
            own=kin,  # the default policy asks
            counted=frozenset({kin}),
        )
        return shape if share < 1 - APART else replace(shape, near=(Near(kin, apart=True),))
