"""One container of a fake host, and the programs it can run.

The programs are those of the lab's image (`act exit 3`, `act stubborn`, ...), so that one test drives fake and real.
Any other command runs until it is told to end.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from hosts.engine.types import EngineHealth, EngineState, Facts, Inspected, LogLine, PublishedPort

KILLED = 137
TERMINATED = 143
ADDRESS = "172.17.0.2"  # of every one: nothing listens there


@dataclass
class FakeContainer:
    id: str
    name: str
    body: Mapping[str, Any]
    image_id: str
    created_at: datetime
    state: EngineState = "created"
    forced_health: EngineHealth | None = None
    exit_code: int = 0
    oom_killed: bool = False
    error: str = ""
    started_at: datetime | None = None
    finished_at: datetime | None = None
    pid: int = 0
    log: list[LogLine] = field(default_factory=list)
    cpu_millis: int = 10
    memory_used_bytes: int = 2 << 20
    anonymous_volumes: tuple[str, ...] = ()

    @property
    def labels(self) -> dict[str, str]:
        return dict(self.body.get("Labels") or {})

    @property
    def host_config(self) -> Mapping[str, Any]:
        return self.body.get("HostConfig") or {}

    @property
    def program(self) -> tuple[str, int]:
        """The verb after `act` and its number; ("wait", 0) for anything else."""
        command = [*(self.body.get("Entrypoint") or []), *(self.body.get("Cmd") or [])]
        if len(command) < 2 or command[0] != "act":
            return ("wait", 0)
        return (str(command[1]), int(command[2]) if len(command) > 2 else 0)

    @property
    def memory_limit_bytes(self) -> int:
        return int(self.host_config.get("Memory") or 0)

    @property
    def cpu_limit_millis(self) -> int:
        return int(self.host_config.get("NanoCpus") or 0) // 1_000_000

    def health(self, now: datetime) -> EngineHealth:
        """As the check would say: a test that ends in "false" never passes, every other passes after one interval."""
        check = self.body.get("Healthcheck") or {}
        test = check.get("Test") or ["NONE"]
        if test[0] == "NONE":
            return "none"
        if self.forced_health is not None:
            return self.forced_health
        if self.started_at is None or self.state != "running":
            return "starting" if self.started_at is None else "unhealthy"
        interval = timedelta(microseconds=int(check.get("Interval") or 30_000_000_000) / 1000)
        fails = str(test[-1]).endswith("false")
        if now < self.started_at + interval * (int(check.get("Retries") or 3) if fails else 1):
            return "starting"
        return "unhealthy" if fails else "healthy"

    def ports(self) -> Iterator[PublishedPort]:
        """Every binding of the body, published or not yet. As in truth, a port that is not exposed is not bound."""
        exposed = self.body.get("ExposedPorts") or {}
        asked = self.host_config.get("PortBindings") or {}
        for spec, bindings in ((port, to) for port, to in asked.items() if port in exposed):
            number, _, protocol = str(spec).partition("/")
            for binding in bindings or ():
                address = str(binding.get("HostIp") or "0.0.0.0")
                yield PublishedPort(int(number), protocol or "tcp", address, int(binding.get("HostPort") or 0))

    def facts(self, now: datetime) -> Facts:
        return Facts(
            id=self.id,
            name=self.name,
            labels=self.labels,
            state=self.state,
            health=self.health(now) if self.state == "running" else "none",
            image=str(self.body.get("Image", "")),
            image_id=self.image_id,
            created_at=self.created_at,
        )

    def inspected(self, now: datetime) -> Inspected:
        return Inspected(
            id=self.id,
            name=self.name,
            labels=self.labels,
            state=self.state,
            health=self.health(now),
            image=str(self.body.get("Image", "")),
            image_id=self.image_id,
            created_at=self.created_at,
            exit_code=self.exit_code,
            oom_killed=self.oom_killed,
            error=self.error,
            started_at=self.started_at,
            finished_at=self.finished_at,
            pid=self.pid,
            ports=tuple(self.ports()) if self.state == "running" else (),
            restart_count=0,
            address=ADDRESS if self.state == "running" else "",
        )
