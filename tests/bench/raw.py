"""The raw peers: docker-py on the lab's engines over the same wire, TLS and create body that Orchestra's agent uses."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from uuid import uuid4

import docker

from containers.compile import engine_body
from containers.spec import parse
from tests.lab import Lab, LabHost

THREADS = 8
PREFIX = "raw-"


class Raw:
    """docker-py's client of one lab engine."""

    def __init__(self, lab: Lab, host: LabHost) -> None:
        self.host = host
        keys = lab.folder / "client"
        tls = docker.tls.TLSConfig(
            client_cert=(str(keys / "cert.pem"), str(keys / "key.pem")), ca_cert=str(keys / "ca.pem"), verify=True
        )
        self.api: Any = docker.APIClient(
            base_url=host.tcp.url.replace("tcp://", "https://"), tls=tls, version="1.41", timeout=60
        )
        self.api.trust_env = False  # proxies and authorities of the environment are not the lab's

    def run(self, body: dict[str, Any], name: str) -> str:
        """Create and start, as `docker run -d` does; the engine's id."""
        made = str(self.api.create_container_from_config(body, name)["Id"])
        self.api.start(made)
        return made

    def clear(self, label: str) -> None:
        """Remove every container with this label, by force."""
        found = self.api.containers(all=True, quiet=True, filters={"label": label})
        with ThreadPoolExecutor(THREADS) as threads:
            list(threads.map(self._remove, [one["Id"] for one in found]))

    def _remove(self, container: str) -> None:
        with contextlib.suppress(docker.errors.NotFound, docker.errors.APIError):
            self.api.remove_container(container, force=True, v=True)

    def count_running(self, label: str) -> int:
        return len(self.api.containers(quiet=True, filters={"label": label, "status": "running"}))


def body_of(spec: dict[str, Any], image_ref: str, *, restarts: bool = False) -> dict[str, Any]:
    """What Orchestra would send for this spec, under a cluster that is nobody's, so that no agent looks at it."""
    one = uuid4()
    body = engine_body(
        parse(spec), container_id=one, slot_id=one, cluster="bench-raw", project="default", image_ref=image_ref
    )
    if restarts:
        body["HostConfig"]["RestartPolicy"] = {"Name": "always"}
    return body


def start_many(raws: Sequence[Raw], spec: dict[str, Any], image_ref: str, count: int) -> float:
    """The plain loop: eight threads create and start `count` containers, engine by engine in turn; seconds."""
    jobs = [(raws[i % len(raws)], body_of(spec, image_ref), f"{PREFIX}{uuid4()}") for i in range(count)]
    with ThreadPoolExecutor(THREADS) as threads:
        began_s = time.monotonic()
        list(threads.map(lambda job: job[0].run(job[1], job[2]), jobs))
        return time.monotonic() - began_s


def first_process(container_id: str) -> int:
    """This machine's pid of a container's first process: the cgroup names the container, its own pid there is 1."""
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        with contextlib.suppress(OSError):
            if container_id in (entry / "cgroup").read_text() and _innermost_pid(entry) == "1":
                return int(entry.name)
    raise LookupError(f"no process of {container_id}")


def _innermost_pid(entry: Path) -> str:
    for line in (entry / "status").read_text().splitlines():
        if line.startswith("NSpid:"):
            return line.split()[-1]
    return ""


def kill(pid: int) -> float:
    """Send KILL; the wall clock just before."""
    at_s = time.time()
    os.kill(pid, 9)
    return at_s
