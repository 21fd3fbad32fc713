"""The hub's reads of the fleet: what changed since the last read, or everything, as plain rows.

Before: a hint or the timer said "look". After: columns.py shows them, feed.py finds the difference. The mark is the
oldest transaction that was still open at the last read, so that nothing which commits late is passed over.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import QuerySet

from containers.display import shown_state as container_state
from containers.models import Container
from containers.states import Desired
from core.lib.clock import monotonic_s
from core.lib.partitions import COUNTER_BITS
from hosts.models import Host
from hosts.states import shown_state as host_state
from orchestra.realtime.columns import (
    MESSAGE_CHARS,
    ContainerRow,
    Count,
    HostRow,
    Used,
    bytes_of,
    millis,
    ports_text,
)

SLOTS_BY_DELTA_MAX = 5_000
SAMPLES_FRESH_S = 60
SAMPLES_LATE_MS = 5_000
"""A sample's id is taken before its transaction commits: look back so far."""

MARK = "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
CHANGED = """
WITH moved AS (SELECT id FROM hosts_host WHERE changed_xid >= %(mark)s),
touched AS (
  SELECT slot_id, host_id FROM containers_container WHERE changed_xid >= %(mark)s
  UNION
  SELECT slot_id, host_id FROM containers_container WHERE gone_at IS NULL AND host_id IN (SELECT id FROM moved)
)
SELECT 'slot', slot_id::text FROM touched
UNION SELECT 'host', host_id::text FROM touched WHERE host_id IS NOT NULL
UNION SELECT 'host', id::text FROM moved
"""
COUNTS = """
SELECT host_id, project_id, count(*) FILTER (WHERE gone_at IS NULL),
  count(*) FILTER (WHERE status = 'failed' AND NOT superseded AND (desired <> 'remove' OR gone_at IS NULL))
FROM containers_container WHERE host_id IS NOT NULL AND (%(all)s OR host_id = ANY(%(hosts)s)) GROUP BY 1, 2
"""
SAMPLES = """
SELECT host_id, container_id, cpu_millis, memory_bytes, id FROM hosts_sample
WHERE id > greatest(%s, (extract(epoch FROM now() - make_interval(secs => %s)) * 1000)::bigint << 20) ORDER BY id
"""


@dataclass(frozen=True, slots=True)
class FleetRead:
    """What was read; None as a row: it is not there (any more). `whole`: what is not named is gone."""

    mark: int
    whole: bool
    containers: Mapping[UUID, ContainerRow | None]
    hosts: Mapping[int, HostRow | None]
    host_ids: frozenset[int]
    """All hosts there are: a removed one leaves no mark."""
    slots: int | None
    """How many slots a list shows: when we know of another number, rows were deleted, which leaves no mark either.
    None: not counted, since that costs more than a small read."""


@dataclass(frozen=True, slots=True)
class UsageRead:
    """The newest measurement of each container and host, and how far was read."""

    last_id: int
    containers: Mapping[UUID, Used]
    hosts: Mapping[int, Used]


def read_fleet(mark: int | None, *, count: bool = True) -> FleetRead:
    """What changed since `mark`, or everything for None (and where the change is too large to tell row by row)."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute(MARK)
        (new_mark,) = cursor.fetchone()
        return _whole(new_mark) if mark is None else _delta(mark, new_mark, count=count)


def _delta(mark: int, new_mark: int, *, count: bool) -> FleetRead:
    slots, hosts = _changed(mark)
    if len(slots) > SLOTS_BY_DELTA_MAX:
        return _whole(new_mark)
    containers: dict[UUID, ContainerRow | None] = dict.fromkeys(slots)
    containers |= _containers(current().filter(slot_id__in=slots)) if slots else {}
    found = _hosts(Host.objects.filter(pk__in=hosts), hosts) if hosts else {}
    present = frozenset(Host.objects.values_list("pk", flat=True))
    rows = {**dict.fromkeys(hosts), **found}
    slots_there = current().count() if count else None
    return FleetRead(new_mark, whole=False, containers=containers, hosts=rows, host_ids=present, slots=slots_there)


def read_usage(after_id: int) -> UsageRead:
    """Measurements newer than `after_id`, and once more the few before it that may have come late."""
    with connection.cursor() as cursor:
        cursor.execute(SAMPLES, [after_id - (SAMPLES_LATE_MS << COUNTER_BITS), SAMPLES_FRESH_S])
        rows = cursor.fetchall()
    now_s = monotonic_s()
    containers, hosts, last_id = {}, {}, after_id
    for host_id, container_id, cpu_millis, memory_bytes, row_id in rows:
        used = Used(cpu_millis, memory_bytes, now_s)
        if container_id is None:
            hosts[host_id] = used
        else:
            containers[container_id] = used
        last_id = max(last_id, row_id)
    return UsageRead(last_id, containers, hosts)


def current() -> QuerySet[Container]:
    """The current attempt of each slot, but for those that were removed and are gone: as lists show them."""
    return Container.objects.filter(superseded=False).exclude(desired=Desired.REMOVE, gone_at__isnull=False)


def _whole(mark: int) -> FleetRead:
    hosts, containers = _hosts(Host.objects.all(), None), _containers(current())
    ids = frozenset(hosts)
    return FleetRead(mark, whole=True, containers=containers, hosts=hosts, host_ids=ids, slots=len(containers))


def _changed(mark: int) -> tuple[set[UUID], set[int]]:
    with connection.cursor() as cursor:
        cursor.execute(CHANGED, {"mark": mark})
        rows = cursor.fetchall()
    return (
        {UUID(key) for kind, key in rows if kind == "slot"},
        {int(key) for kind, key in rows if kind == "host"},
    )


FIELDS = (
    "id",
    "slot_id",
    "project_id",
    "project__name",
    "name",
    "host_id",
    "host__name",
    "host__reachable",
    "status",
    "health",
    "attempt",
    "not_before",
    "spec__image",
    "spec__resources",
    "spec__ports",
    "ports",
    "reason",
    "message",
    "status_since",
    "created_at",
    "desired",
    "generation",
)


def _containers(found: QuerySet[Container]) -> dict[UUID, ContainerRow]:
    ordered = found.order_by("is_successor", "-attempt").values_list(*FIELDS)
    rows: dict[UUID, ContainerRow] = {}
    for values in ordered.iterator(chunk_size=2000):
        row = dict(zip(FIELDS, values, strict=True))
        rows.setdefault(row["slot_id"], _container(row))
    return rows


def _container(row: Mapping[str, Any]) -> ContainerRow:
    state = container_state(
        row["status"],
        health=row["health"],
        attempt=row["attempt"],
        not_before=row["not_before"],
        reachable=row["host__reachable"],
    )
    values = (
        str(row["id"]),
        str(row["slot_id"]),
        row["name"],
        row["project__name"],
        row["host__name"],
        row["status"],
        state,
        row["health"],
        None,
        None,
        bytes_of((row["spec__resources"] or {}).get("memory_limit")),
        row["spec__image"] or "",
        row["reason"],
        row["message"][:MESSAGE_CHARS],
        row["attempt"],
        millis(row["status_since"]),
        millis(row["created_at"]),
        ports_text(row["ports"], row["spec__ports"] or []),
        row["desired"],
        row["generation"],
    )
    return ContainerRow(row["id"], row["project_id"], row["host_id"], row["status"], values)


def _hosts(found: QuerySet[Host], ids: Iterable[int] | None) -> dict[int, HostRow]:
    counts: dict[int, dict[int, Count]] = {}
    with connection.cursor() as cursor:
        cursor.execute(COUNTS, {"all": ids is None, "hosts": list(ids or ())})
        for host_id, project_id, there, failed in cursor.fetchall():
            counts.setdefault(host_id, {})[project_id] = Count(there, failed)
    return {host.pk: _host(host, counts.get(host.pk, {})) for host in found.select_related("booking")}


def _host(host: Host, counts: Mapping[int, Count]) -> HostRow:
    booking = getattr(host, "booking", None)  # a row without one is a fault elsewhere, and must not stop the feed
    bad = frozenset(name for name, one in host.conditions.items() if one.get("status") == "bad")
    return HostRow(
        host_id=host.pk,
        name=host.name,
        state=host_state(host.availability, host.reachable, bad),
        availability=host.availability,
        cpu_millis=host.cpu_millis,
        memory_bytes=host.memory_bytes,
        cpu_reserved=booking.cpu_millis_reserved if booking else 0,
        memory_reserved=booking.memory_bytes_reserved if booking else 0,
        engine=str(host.facts.get("engine_version", "")),
        since_ms=millis(host.reachable_since) or 0,
        zone=str(host.labels.get("zone", "")),
        url=host.url,
        counts=counts,
    )
