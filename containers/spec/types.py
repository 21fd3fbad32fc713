"""The wish for one container, typed: what `parse` returns and what placement, compile and the agent read.

Every field holds its canonical form, so that two specs that mean the same are equal. A field that is added later
must have a default, and a default never changes: stored specs leave it out (see dump.py).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal

Protocol = Literal["tcp", "udp"]
Restart = Literal["none", "on-failure", "always"]
ConstraintOp = Literal["=", "!=", "exists", "absent", "<", ">"]
Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class PortSpec:
    """A port to publish. No host_port: the scheduler chooses one. No host_address: the host's data address."""

    container_port: int
    protocol: Protocol = "tcp"
    host_port: int | None = None
    host_address: str | None = None


@dataclass(frozen=True, slots=True)
class VolumeMount:
    """A named volume of the project at a path inside the container."""

    name: str
    path: str
    read_only: bool = False


@dataclass(frozen=True, slots=True)
class TmpfsMount:
    """Memory at a path; what lies there counts as the container's memory."""

    path: str
    size_bytes: int = 64 * 1024**2


@dataclass(frozen=True, slots=True)
class GpuRequest:
    """`number` whole devices of the host, or (`millis` below 1000) thousandths of a single one. No models: any."""

    number: int = 1
    millis: int = 1000
    models: tuple[str, ...] = ()  # sorted


@dataclass(frozen=True, slots=True)
class Resources:
    """Requests reserve room on a host (0: none); limits are enforced by the engine (None: no limit)."""

    cpu_request_millis: int = 0
    memory_request_bytes: int = 0
    cpu_limit_millis: int | None = None
    memory_limit_bytes: int | None = None
    gpus: GpuRequest | None = None


@dataclass(frozen=True, slots=True)
class HttpProbe:
    """An answer to GET with a status from `low` to `high` is a good one. No host_header: the address that is asked."""

    port: int
    path: str = "/"
    low: int = 200
    high: int = 399
    host_header: str | None = None


@dataclass(frozen=True, slots=True)
class TcpProbe:
    """A connection that is taken, and not closed at once, is a good answer."""

    port: int


@dataclass(frozen=True, slots=True)
class HealthCheck:
    """One of `test`, which the engine runs inside the container, and `http` or `tcp`, which the agent asks.

    `test` begins with CMD or CMD-SHELL, or is ("NONE",), which switches the image's own check off.
    """

    test: tuple[str, ...] = ()
    interval_s: int = 10
    timeout_s: int = 5
    retries: int = 3
    start_period_s: int = 0
    http: HttpProbe | None = None
    tcp: TcpProbe | None = None

    @property
    def probe(self) -> HttpProbe | TcpProbe | None:
        """What the agent asks; None: the engine runs the test."""
        return self.http or self.tcp


NUMBER: Final = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,6})?")


@dataclass(frozen=True, slots=True)
class Constraint:
    """A rule on host labels.

    `=` wants one of the values, `!=` none of them (a missing label fits), `exists` any value, `absent` no such label;
    `<` and `>` compare numbers, and a label that is missing or no number does not fit.
    """

    key: str
    op: ConstraintOp
    values: tuple[str, ...] = ()

    def holds(self, labels: Mapping[str, str]) -> bool:
        """Whether a host with these labels fits."""
        if self.op == "exists":
            return self.key in labels
        if self.op == "absent":
            return self.key not in labels
        if self.op in ("<", ">"):
            there = labels.get(self.key, "")
            if not NUMBER.fullmatch(there):
                return False
            found, bound = Decimal(there), Decimal(self.values[0])
            return found < bound if self.op == "<" else found > bound
        return (labels.get(self.key) in self.values) == (self.op == "=")

    def __str__(self) -> str:
        if self.op == "absent":
            return f"!{self.key}"
        return self.key if self.op == "exists" else f"{self.key}{self.op}{','.join(self.values)}"


@dataclass(frozen=True, slots=True)
class Affinity:
    """Beside which other containers of the project it runs: those of a service, or those that bear a label key=value.

    `within`: on the same host, or on hosts with the same value of this label. `apart`: not beside them. `prefer` (1 to
    100) makes a wish of the rule; without it the rule must hold.
    """

    service: str | None = None
    label: str | None = None
    apart: bool = False
    within: str = "host"
    prefer: int | None = None


@dataclass(frozen=True, slots=True)
class ContainerSpec:
    """One container. env and labels are (key, value) pairs sorted by key; `dict(spec.env)` gives the mapping.

    command None is the image's own. entrypoint None is the image's own; () clears it.
    """

    name: str
    image: str
    command: tuple[str, ...] | None = None
    entrypoint: tuple[str, ...] | None = None
    env: Pairs = ()
    labels: Pairs = ()
    ports: tuple[PortSpec, ...] = ()
    volumes: tuple[VolumeMount, ...] = ()
    tmpfs: tuple[TmpfsMount, ...] = ()
    resources: Resources = Resources()
    user: str | None = None
    workdir: str | None = None
    init: bool = True
    stop_signal: str | None = None
    stop_grace_s: int = 10
    read_only: bool = False
    health_check: HealthCheck | None = None
    restart: Restart = "none"
    constraints: tuple[Constraint, ...] = ()
    tolerations: tuple[str, ...] = ()  # sorted; hosts.taints says what they mean
    affinity: tuple[Affinity, ...] = ()
    max_per: tuple[tuple[str, int], ...] = ()  # (host or a host label, at most so many of its service), sorted
    placement_policy: str = ""  # "": the project's
    priority: int = 0  # who goes first where there is no room for all, and who gives way
    needs: tuple[tuple[str, int], ...] = ()  # so much of each named resource of its host, sorted
