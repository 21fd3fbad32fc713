"""Where a service can be reached now: one entry for each published port of each container that serves or leaves.

Before: a proxy or a person asks, or the socket's hub looks. After: they send new work to what is ready, and nothing
new to what is draining. What does not run, is not healthy or sits on a host that is silent is not named.
"""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from django.db import connection

from containers.states import Desired, Health, Status, ready
from hosts.states import Reachable

_ANY = ("", "0.0.0.0", "::")  # published on all of the host's addresses  # nosec B104
# Of two readings the later one has seen more transactions end: a change of what is read always raises the count.
_QUERY = """
WITH now AS (SELECT pg_snapshot_xmax(s)::text::bigint - (SELECT count(*) FROM pg_snapshot_xip(s)) AS version
  FROM pg_current_snapshot() AS s)
SELECT now.version, s.id, s.name, c.id, c.slot_key, c.status, c.health, c.desired, c.stop_at IS NOT NULL, h.name,
  h.data_address, h.reachable, c.ports::text
FROM now, containers_service s LEFT JOIN containers_container c ON c.service_id = s.id AND NOT c.superseded
  AND c.gone_at IS NULL AND c.status IN ('running', 'stopping')
LEFT JOIN hosts_host h ON h.id = c.host_id
WHERE s.id = ANY(%s) AND s.gone_at IS NULL
"""


@dataclass(frozen=True, slots=True)
class Serving:
    """A container of a service as far as it decides; `ports` as they were bound."""

    id: UUID
    slot_key: str
    status: str
    health: str
    desired: str
    held: bool
    host: str
    data_address: str
    reachable: str
    ports: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Endpoints:
    """Of one service. `version` orders readings; it is no part of what is compared."""

    service: str
    version: int
    rows: tuple[dict[str, Any], ...]

    def json(self, *, port: int | None = None) -> dict[str, Any]:
        """As GET answers it; `port` narrows to one container port."""
        rows = [one for one in self.rows if port in (None, one["container_port"])]
        return {"service": self.service, "version": self.version, "endpoints": rows}


def read_endpoints(keys: Collection[UUID]) -> Mapping[UUID, Endpoints]:
    """Of these services, in one query; those that are gone are left out."""
    with connection.cursor() as cursor:
        cursor.execute(_QUERY, [list(keys)])
        rows = cursor.fetchall()
    found: dict[UUID, tuple[str, int, list[Serving]]] = {}
    for version, key, name, *rest in rows:
        serving = found.setdefault(key, (name, version, []))[2]
        if rest[0] is not None:
            serving.append(Serving(*(*rest[:-1], json.loads(rest[-1]))))
    return {key: Endpoints(name, version, endpoints_of(many)) for key, (name, version, many) in found.items()}


def endpoints_of(containers: Iterable[Serving]) -> tuple[dict[str, Any], ...]:
    """In the order of slots and ports, the same whenever the same is there."""
    found = [
        (_order(one, port), _endpoint(one, port, state))
        for one in containers
        if (state := _state(one)) is not None
        for port in one.ports
        if port.get("host_port")
    ]
    return tuple(endpoint for _, endpoint in sorted(found, key=lambda pair: pair[0]))


def _state(one: Serving) -> Literal["ready", "draining"] | None:
    if one.reachable != Reachable.OK or one.status not in (Status.RUNNING, Status.STOPPING):
        return None
    if one.held or one.desired != Desired.RUN or one.status == Status.STOPPING:
        return None if one.health == Health.STARTING else "draining"
    return "ready" if ready(one.status, one.health) else None


def _endpoint(one: Serving, port: Mapping[str, Any], state: str) -> dict[str, Any]:
    bound = port.get("host_address") or ""
    return {
        "container": one.id,
        "slot": one.slot_key,
        "host": one.host,
        "address": one.data_address if bound in _ANY else bound,
        "port": port["host_port"],
        "container_port": port["container_port"],
        "protocol": port.get("protocol") or "tcp",
        "state": state,
    }


def _order(one: Serving, port: Mapping[str, Any]) -> tuple[Any, ...]:
    """Slots are numbers, written out."""
    return len(one.slot_key), one.slot_key, str(one.id), port["container_port"], port["host_port"], str(port)
