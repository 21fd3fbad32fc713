"""Where the agent asks a host's running containers: at the published port, else at their own address.

Before: rows, and the engine's word for a container's own address. After: probes.py asks there. What can be reached
nowhere has no place, and a reason that says what to do.
"""

import ipaddress
import socket
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.db.models.functions import Now

from containers.agent.hands import Hands
from containers.agent.plan import live_name
from containers.agent.probe_wire import Place
from containers.models import Container
from containers.spec import HealthCheck
from containers.spec.health import health_check
from containers.states import Desired, Status
from core.lib.brief import database_visit
from hosts.engine.errors import EngineError

_COLUMNS: Final = ("id", "health", "ports", "spec__health_check", "started_at", "status_since", "now")


@dataclass(frozen=True, slots=True)
class Target:
    """One container to ask. `trouble` says why there is no place; `age_s`: seconds since it was started."""

    id: UUID
    check: HealthCheck
    health: str
    age_s: float
    place: Place | None
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class _Ground:
    """Of the host: whether its engine is on this machine, and the IP address of its published ports."""

    is_local: bool
    data_address: str
    ip: str | None


class Map:
    """Finds the targets of one host. The own address of a container is asked for once; it stays while it runs."""

    def __init__(self, hands: Hands) -> None:
        self.hands = hands
        self._own: dict[UUID, str] = {}

    def read(self, ids: Iterable[UUID]) -> list[Target]:
        """Those of the containers that run and shall run, and are for the agent to ask."""
        with database_visit():
            running = Container.objects.filter(
                id__in=list(ids), host_id=self.hands.host_id, status=Status.RUNNING, desired=Desired.RUN
            )
            rows = list(running.annotate(now=Now()).values(*_COLUMNS, "host__url", "host__data_address"))
        if not rows:
            return []
        self._own = {row["id"]: self._own[row["id"]] for row in rows if row["id"] in self._own}
        ground = _ground(rows[0]["host__url"], rows[0]["host__data_address"])
        return [self._target(row, check, ground) for row in rows if (check := _check(row)) is not None]

    def _target(self, row: Mapping[str, Any], check: HealthCheck, ground: _Ground) -> Target:
        assert check.probe is not None
        age_s = (row["now"] - (row["started_at"] or row["status_since"])).total_seconds()
        place, trouble = self._place(row, check.probe.port, ground)
        return Target(row["id"], check, row["health"], max(0.0, age_s), place, trouble)

    def _place(self, row: Mapping[str, Any], port: int, ground: _Ground) -> tuple[Place | None, str]:
        published = [p for p in row["ports"] if p["container_port"] == port and p["protocol"] == "tcp"]
        for binding in published:
            address = _reachable(binding["host_address"], ground)
            if address is not None:
                return Place(address, binding["host_port"]), ""
        if ground.is_local and (own := self._own_address(row["id"])):
            return Place(own, port), ""
        if not published:
            return None, f"nobody can ask port {port} from outside; publish it with ports, or use a test"
        if ground.ip is None:
            return None, f"the host's data address {ground.data_address!r} has no IP address; correct the host or DNS"
        bound = ", ".join(p["host_address"] for p in published)
        return None, f"port {port} is published for the host itself only ({bound}); leave host_address out"

    def _own_address(self, container_id: UUID) -> str:
        if container_id not in self._own:
            try:
                self._own[container_id] = self.hands.engine.inspect(live_name(container_id)).address
            except EngineError:
                return ""
        return self._own[container_id]


def _check(row: Mapping[str, Any]) -> HealthCheck | None:
    check = health_check.read(row["spec__health_check"]) if row["spec__health_check"] else None
    return check if check is not None and check.probe is not None else None


def _ground(url: str, data_address: str) -> _Ground:
    return _Ground(url.startswith("unix://"), data_address, _ip(data_address))


def _ip(address: str) -> str | None:
    try:
        return str(ipaddress.ip_address(address))
    except ValueError:
        pass
    try:
        found = socket.getaddrinfo(address, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return None
    found.sort(key=lambda one: one[0] != socket.AF_INET)  # for a name, engines publish at 0.0.0.0
    return str(found[0][4][0]) if found else None


def _reachable(bound: str, ground: _Ground) -> str | None:
    """The address to ask a binding at. Another machine's loopback is not ours: there something else would answer."""
    address = ipaddress.ip_address(bound)
    if address.is_unspecified:
        return ground.ip
    is_here = ground.is_local or (ground.ip is not None and ipaddress.ip_address(ground.ip).is_loopback)
    return bound if is_here or not address.is_loopback else None
