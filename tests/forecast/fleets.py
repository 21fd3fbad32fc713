"""Random fleets with services on them, and random changes: from a seed, as real rows."""

from dataclasses import dataclass, field
from random import Random
from typing import Any

from containers import service_actions
from core.accounts.models import Project
from core.lib.lease import Hold
from tests.forecast.deeds import Deeds, pass_time
from tests.scheduler import rows

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
    """What stands before the change. `alike`: every container asks for as much as every other."""

    rng: Random
    hold: Hold
    project: Project
    alike: bool = False
    hosts: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)

    def build(self) -> None:
        for number in range(1, self.rng.randint(2, 5) + 1):
            self.hosts.append(f"h{number}")
            rows.host(
                f"h{number}",
                cpu=self.rng.choice((2000, 4000)),
                memory=self.rng.choice((2, 4)) * rows.GIB,
                labels={"zone": self.rng.choice("ab")},
            )
        for number in range(1, self.rng.randint(1, 4) + 1):
            name = f"s{number}"
            self.names.append(name)
            service_actions.create(self.project, self.spec(name), actor="user:test")
        Deeds(self.hold).run()
        pass_time(600)  # what ran until now has run for long

    def spec(self, name: str) -> dict[str, Any]:
        cpu, memory = SIZES[1] if self.alike else self.rng.choice(SIZES)
        container: dict[str, Any] = {
            "image": "registry.test/web:1",
            "resources": {"cpu": cpu, "memory": memory},
            "restart": "always",
        }
        if not self.alike and self.rng.random() < 0.2:
            container["constraints"] = ["zone=a"]
        if not self.alike and self.rng.random() < 0.2:
            container["max_per"] = {"host": 2}
        found = {"name": name, "container": container, "update": self.rng.choice(POLICIES)}
        if not self.alike and self.rng.random() < 0.15:
            return {**found, "mode": "global"}
        return {**found, "replicas": self.rng.randint(1, 6), "stop_delay": self.rng.choice((0, 0, 3))}

    # --- changes

    def changes(self) -> list[dict[str, Any]]:
        return [self.change() for _ in range(1 if self.alike else self.rng.choice((1, 1, 1, 2)))]

    def change(self) -> dict[str, Any]:
        of = {"project": self.project.name, "service": self.rng.choice(self.names)}
        host = self.rng.choice(self.hosts)
        if self.alike:
            return {"verb": "host.lost", "host": host}
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
                    "body": {"name": "alone", "image": "registry.test/web:1", "resources": {"memory": "512m"}},
                },
            )
        )
