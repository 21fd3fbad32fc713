"""Docker Swarm on the lab's own engines: one manager, every engine a node, one service with N replicas.

Made as favourable as it gets: asked through the API without the command line's start, the image by its digest and
present, no network but each engine's bridge, no published port.
"""

from __future__ import annotations

import contextlib
import time
from functools import partial
from typing import Any

import docker

from tests.bench.raw import Raw
from tests.lab import Lab, LabHost
from tests.whole.installation import wait_for

SERVICE = "bench"
LABEL = f"com.docker.swarm.service.name={SERVICE}"


class Swarm:
    """`up`, any number of `start_many` and `clear`, `down`."""

    def __init__(self, lab: Lab, raws: list[Raw]) -> None:
        self.lab, self.raws = lab, raws
        self.manager = raws[0]

    def up(self) -> None:
        first, *others = self.lab.hosts
        self.manager.api.init_swarm(advertise_addr=first.address, listen_addr=f"{first.address}:2377")
        token = self.manager.api.inspect_swarm()["JoinTokens"]["Worker"]
        for host, raw in zip(others, self.raws[1:], strict=True):
            raw.api.join_swarm(
                [f"{first.address}:2377"], token, listen_addr=f"{host.address}:2377", advertise_addr=host.address
            )
        wait_for(self._whole, timeout_s=30, what=f"{len(self.raws)} swarm nodes ready")

    def _whole(self) -> bool:
        return [node["Status"]["State"] for node in self.manager.api.nodes()].count("ready") == len(self.raws)

    def down(self) -> None:
        with contextlib.suppress(docker.errors.APIError):
            self.clear()
        for raw in reversed(self.raws):
            with contextlib.suppress(docker.errors.APIError):
                raw.api.leave_swarm(force=True)

    def start_many(self, engines: int, image_ref: str, command: list[str], count: int) -> float:
        """Seconds from the request to `count` tasks running, by the manager's own count."""
        chosen = [f"node.hostname=={self.lab.hosts[0].name}"] if engines == 1 else []
        template: dict[str, Any] = {
            "ContainerSpec": {"Image": image_ref, "Args": command, "Init": True},
            "Placement": {"Constraints": chosen},
            "RestartPolicy": {"Condition": "none"},
        }
        body = {"Name": SERVICE, "TaskTemplate": template, "Mode": {"Replicated": {"Replicas": count}}}
        began_s = time.monotonic()
        self._call("POST", "/services/create", body)
        wait_for(lambda: self._running() >= count, timeout_s=240, what=f"{count} tasks", last=self._running)
        return time.monotonic() - began_s

    def start_service(self, image_ref: str, command: list[str], count: int) -> None:
        """`count` tasks anywhere, each started again at once when it ends or its node is down; until all run."""
        template: dict[str, Any] = {
            "ContainerSpec": {"Image": image_ref, "Args": command, "Init": True},
            "RestartPolicy": {"Condition": "any", "Delay": 0},
        }
        body = {"Name": SERVICE, "TaskTemplate": template, "Mode": {"Replicated": {"Replicas": count}}}
        self._call("POST", "/services/create", body)
        wait_for(lambda: self._running() >= count, timeout_s=240, what=f"{count} tasks", last=self._running)

    def running_elsewhere(self, lost: LabHost) -> int:
        """Tasks that run, by the manager's word, on nodes other than this one."""
        nodes = {node["ID"] for node in self._call("GET", "/nodes") if node["Description"]["Hostname"] != lost.name}
        tasks = self._call("GET", "/tasks")
        return sum(one["Status"]["State"] == "running" and one.get("NodeID") in nodes for one in tasks)

    def _running(self) -> int:
        found = self._call("GET", "/services?status=true")
        return int(found[0]["ServiceStatus"]["RunningTasks"]) if found else 0

    def clear(self) -> None:
        """Remove the service and wait until every engine is rid of it."""
        with contextlib.suppress(docker.errors.APIError):
            self.manager.api.remove_service(SERVICE)
        for raw in self.raws:
            raw.clear(LABEL)
            wait_for(partial(_is_rid, raw), timeout_s=60, what="Swarm's containers gone", every_s=0.2)

    def _call(self, method: str, path: str, body: Any = None) -> Any:
        return self.lab.hosts[0].api(method, path, body)


def _is_rid(raw: Raw) -> bool:
    return not raw.api.containers(all=True, quiet=True, filters={"label": LABEL})
