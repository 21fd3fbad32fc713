"""The engine's world as plain values: what a host is, what its containers are, what an image is.

Pure: no Django, no Docker client, no I/O. Before: hosts/engine/docker and fake, which fill them.
After: the agent compares them with rows, the web shows them. All times are aware, in UTC.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

EngineState = Literal["created", "running", "paused", "restarting", "removing", "exited", "dead"]
EngineHealth = Literal["none", "starting", "healthy", "unhealthy"]

LABEL_CLUSTER = "orchestra.cluster"
LABEL_MARKER = "orchestra.marker"


@dataclass(frozen=True, slots=True)
class TlsPair:
    """Mutual TLS as PEM texts: the authority that signed the engine, our certificate, our key."""

    ca: str
    cert: str
    key: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class EngineAddress:
    """Where an engine is: unix:///path, tcp://host:port (TLS when `tls` is given), fake://fleet/host."""

    url: str
    tls: TlsPair | None = None


@dataclass(frozen=True, slots=True)
class EngineInfo:
    """A host's facts. `architecture` speaks as images do (amd64, arm64); `data_root_free_bytes` only when local."""

    engine_version: str
    api_version: str
    os: str
    architecture: str
    kernel: str
    cpu_count: int
    memory_bytes: int
    storage_driver: str
    hostname: str
    clock: datetime | None
    data_root_free_bytes: int | None
    cgroup_version: str
    gpus: tuple[str, ...] = ()  # their names, where its operator has told the engine of them


@dataclass(frozen=True, slots=True)
class Facts:
    """One engine container as a list shows it."""

    id: str
    name: str
    labels: Mapping[str, str]
    state: EngineState
    health: EngineHealth
    image: str
    image_id: str
    created_at: datetime | None


@dataclass(frozen=True, slots=True)
class PublishedPort:
    container_port: int
    protocol: str
    host_address: str
    host_port: int


@dataclass(frozen=True, slots=True)
class Inspected(Facts):
    """One engine container with its past. `exit_code` means something only when it is not running; `address` is its
    own on the engine's network, empty when it has none.

    An engine can say of a program that ended at once that it finished a moment before it started.
    """

    exit_code: int
    oom_killed: bool
    error: str
    started_at: datetime | None
    finished_at: datetime | None
    pid: int
    ports: tuple[PublishedPort, ...]
    restart_count: int
    address: str = ""


@dataclass(frozen=True, slots=True)
class ImageFacts:
    """An image the engine has. `digests` are repo digests (name@sha256:...)."""

    id: str
    digests: tuple[str, ...]
    architecture: str
    os: str
    size_bytes: int
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Resolved:
    """What a registry says a reference means now. No architectures: the manifest did not tell."""

    digest: str
    architectures: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PullProgress:
    """A pull so far. Totals grow while the engine learns of layers."""

    layers: int
    layers_done: int
    bytes_now: int
    bytes_total: int
    text: str


@dataclass(frozen=True, slots=True)
class Sample:
    """Use of one container (engine id and name), or of the host (both None), since the reading before."""

    container_id: str | None
    cpu_millis: int
    memory_bytes: int
    memory_limit_bytes: int
    at_monotonic: float
    name: str | None = None


@dataclass(frozen=True, slots=True)
class EngineEvent:
    """Something happened; never more than a hint. `exit_code` comes with action "die"."""

    kind: Literal["container", "daemon"]
    action: str
    container_name: str
    labels: Mapping[str, str]
    exit_code: int | None
    at: datetime


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line of output without its end; a line over 16 KiB comes in pieces."""

    stream: Literal["stdout", "stderr"]
    at: datetime | None
    text: str
