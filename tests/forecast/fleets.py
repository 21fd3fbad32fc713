"""Random fleets with services on them, and random changes: from a seed, as real rows."""

from dataclasses import dataclass, field
from random import Random
from typing import Any

from containers import service_actions
from core.accounts.models import Project
from core.lib.lease import Hold
from hosts.models import Host, HostBooking, HostGpu
from tests.forecast.deeds import Deeds, pass_time
from tests.scheduler import rows

PRIORITIES = (-5, 0, 0, 0, 10)
GPUS: tuple[dict[str, Any], ...] = ({"count": 1}, {"count": 2}, {"share": "0.5"}, {"share": "0.3"})
SIZES = (("100m", "64m"), ("250m", "256m"), ("500m", "512m"))
POLICIES: tuple[dict[str, Any], ...] = (
    {},
    {"max_surge": 2, "batch": 2},
    {"order": "stop-first", "max_unavailable": 1, "max_surge": 0},
    {"max_unavailable": 1},
    {"health_window": 0},
)


@dataclass
class Fleet:
    """What stands before the change. `alike`: every container asks for as much as every other.

    Of the others every second fleet is `tight`: little room, and some are more important than others; half of these are
    so `full` that something waits from the beginning. Every third fleet has GPUs, on some of its hosts.
    """

    rng: Random
    hold: Hold
    project: Project
    alike: bool = False
    hosts: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.tight, self.has_gpus = self.rng.random() < 0.5, not self.alike and self.rng.random() < 0.33
        self.full = self.tight and self.rng.random() < 0.5

    def build(self) -> None:
        for number in range(1, self.rng.randint(2, 5) + 1):
            self.hosts.append(f"h{number}")
            made = rows.host(
                f"h{number}",
                cpu=self.rng.choice((1000, 2000) if self.tight else (2000, 4000)),
                memory=self.rng.choice((1, 2) if self.tight else (2, 4)) * rows.GIB,
                labels={"zone": "ab"[number % 2] if self.tight else self.rng.choice("ab")},
            )
            if self.has_gpus and (number == 1 or self.rng.random() < 0.7):
                self._gpus(made)
        for number in range(1, self.rng.randint(1, 4) + 1):
            name = f"s{number}"
            self.names.append(name)
            service_actions.create(self.project, self.spec(name), actor="user:test")
        Deeds(self.hold).run()
        pass_time(600)  # what ran until now has run for long

    def _gpus(self, host: Host) -> None:
        Host.objects.filter(pk=host.pk).update(gpu_sharing=True)
        for number in range(self.rng.randint(1, 3)):
            HostGpu.objects.create(host=host, number=number, device=f"GPU-{host.name}-{number}", model="T4")

    def _wishes(self) -> dict[str, Any]:
        """Who is how important, and what it asks for beside CPU and memory."""
        found: dict[str, Any] = {}
        if self.tight:
            found["priority"] = self.rng.choice(PRIORITIES)
        if self.has_gpus and self.rng.random() < 0.6:
            found["gpus"] = self.rng.choice(GPUS)
        return found

    def spec(self, name: str) -> dict[str, Any]:
        cpu, memory = SIZES[1] if self.alike else self.rng.choice(SIZES)
        container: dict[str, Any] = {
            "image": "registry.test/web:1",
            "resources": {"cpu": cpu, "memory": memory},
            "restart": "always",
        }
        wishes = self._wishes()
        if "gpus" in wishes:
            container["resources"]["gpus"] = wishes.pop("gpus")
        container |= wishes
        if not self.alike and self.rng.random() < 0.2:
            container["constraints"] = ["zone=a"]
        if not self.alike and self.rng.random() < 0.2:
            container["max_per"] = {"host": 2}
        found = {"name": name, "container": container, "update": self.rng.choice(POLICIES)}
        if self.tight and self.rng.random() < 0.8:
            found["update"] = {"max_unavailable": self.rng.choice((1, 2, 6))}
        if not self.alike and self.rng.random() < 0.15:
            return {**found, "mode": "global"}
        replicas = self.rng.randint(1, 8 if self.full else 3 if self.tight else 6)
        return {**found, "replicas": replicas, "stop_delay": self.rng.choice((0, 0, 3))}

    def urgent(self) -> dict[str, Any]:
        """More important than most, and a little too large for what is free in its zone: somebody there has to give
        way, who may find room in the other one."""
        made = self.spec("new")
        zone = self.rng.choice("ab")
        asked = {"cpu": "100m", "memory": f"{self._more_than_free_mib(zone)}m"}
        made["container"] |= {"priority": 10, "resources": asked, "constraints": [f"zone={zone}"]}
        if made.pop("mode", None) is None and self.rng.random() < 0.8:
            made["replicas"] = self.rng.choice((1, 1, 2))
        return made

    def _more_than_free_mib(self, zone: str) -> int:
        """A little more than is free on any host of the zone, as far as one has so much at all."""
        found = [
            (row.memory_bytes_allocatable, row.memory_bytes_reserved)
            for row in HostBooking.objects.filter(host__labels__zone=zone)
        ]
        free = max((has - taken for has, taken in found), default=0) // rows.MIB
        most = max((has for has, taken in found), default=rows.GIB) // rows.MIB
        return min(free + self.rng.choice((32, 100, 200)), most)

    def alone(self) -> dict[str, Any]:
        found = {"name": "alone", "image": "registry.test/web:1", "resources": {"memory": "512m"}}
        return {**found, "priority": self.rng.choice((0, 20))} if self.tight else found

    # --- changes

    def changes(self) -> list[dict[str, Any]]:
        return [self.change() for _ in range(1 if self.alike else self.rng.choice((1, 1, 1, 2)))]

    def change(self) -> dict[str, Any]:
        of = {"project": self.project.name, "service": self.rng.choice(self.names)}
        host = self.rng.choice(self.hosts)
        if self.alike:
            return {"verb": "host.lost", "host": host}
        if self.tight and self.rng.random() < 0.6:
            return {"verb": "service.create", "project": self.project.name, "body": self.urgent()}
        return self.rng.choice(
            (
                {"verb": "service.scale", **of, "body": {"replicas": self.rng.randint(0, 12)}},
                {"verb": "service.scale", **of, "body": {"replicas": self.rng.randint(0, 12)}},
                {"verb": "service.restart", **of},
                {"verb": "service.remove", **of},
                {"verb": "host.drain", "host": host},
                {"verb": "host.drain", "host": host},
                {"verb": "host.cordon", "host": host},
                {"verb": "service.create", "project": self.project.name, "body": self.spec("new")},
                {
                    "verb": "container.run",
                    "project": self.project.name,
                    "body": self.alone(),
                },
            )
        )
