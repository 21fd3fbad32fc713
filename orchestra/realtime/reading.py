"""The hub's reads of the fleet: what changed since the last read, or everything, as plain rows.

Before: a hint or the timer said "look". After: columns.py shows them, feed.py finds the difference. The mark is the
oldest transaction that was still open at the last read, so that nothing which commits late is passed over.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from containers.display import shown_state as container_state
from containers.service_display import Counts, rollout_done, service_state
from containers.service_queries import read_counts
from containers.states import RolloutStatus
from core.lib.clock import monotonic_s
from core.lib.partitions import COUNTER_BITS
from hosts.models import Host
from hosts.states import shown_state as host_state
from orchestra.realtime.columns import (
    MESSAGE_CHARS,
    ContainerRow,
    Count,
    HostRow,
    ServiceRow,
    Used,
    bytes_of,
    millis,
    ports_text,
)

SLOTS_BY_DELTA_MAX = 5_000
SAMPLES_FRESH_S = 60
QUIET = (RolloutStatus.DONE, RolloutStatus.SUPERSEDED)
"""Roll-outs of which nothing is left to be told."""

CURRENT = "NOT c.superseded AND NOT (c.desired = 'remove' AND c.gone_at IS NOT NULL)"
"""The current attempt of each slot, but for those that were removed and are gone: as lists show them."""
MARK = "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
CHANGED = """
WITH moved AS (SELECT id FROM hosts_host WHERE changed_xid >= %(mark)s),
touched AS (
  SELECT slot_id, host_id, service_id FROM containers_container WHERE changed_xid >= %(mark)s
  UNION
  SELECT slot_id, host_id, service_id FROM containers_container
  WHERE gone_at IS NULL AND host_id IN (SELECT id FROM moved)
)
SELECT 'slot', slot_id::text FROM touched
UNION SELECT 'host', host_id::text FROM touched WHERE host_id IS NOT NULL
UNION SELECT 'host', id::text FROM moved
UNION SELECT 'service', service_id::text FROM touched WHERE service_id IS NOT NULL
UNION SELECT 'service', id::text FROM containers_service WHERE changed_xid >= %(mark)s
UNION SELECT 'service', service_id::text FROM containers_rollout WHERE changed_xid >= %(mark)s
UNION SELECT 'service', id::text FROM containers_service
  WHERE mode = 'global' AND gone_at IS NULL AND EXISTS (SELECT 1 FROM moved)
"""
COUNTS = """
SELECT host_id, project_id, count(*) FILTER (WHERE gone_at IS NULL),
  count(*) FILTER (WHERE status = 'failed' AND NOT superseded AND (desired <> 'remove' OR gone_at IS NULL))
FROM containers_container WHERE host_id IS NOT NULL AND (%(all)s OR host_id = ANY(%(keys)s::bigint[])) GROUP BY 1, 2
"""
# Texts where texts are shown, and what is mostly empty as NULL: twenty thousand rows are read at once.
CONTAINERS = f"""
SELECT c.slot_id::text, c.id::text, c.project_id, p.name, c.host_id, h.name, h.reachable, c.name, c.status, c.health,
  c.attempt, c.not_before, c.spec->>'image', c.spec #>> '{{resources,memory_limit}}',
  nullif(c.ports, '[]')::text, nullif(c.spec->'ports', '[]')::text, c.reason, left(c.message, {MESSAGE_CHARS}),
  floor(extract(epoch FROM c.status_since) * 1000)::bigint, floor(extract(epoch FROM c.created_at) * 1000)::bigint,
  c.desired, c.generation, s.name
FROM containers_container c JOIN accounts_project p ON p.id = c.project_id LEFT JOIN hosts_host h ON h.id = c.host_id
LEFT JOIN containers_service s ON s.id = c.service_id
WHERE {CURRENT} AND (%(all)s OR c.slot_id = ANY(%(keys)s::uuid[]))
ORDER BY c.is_successor, c.attempt DESC
"""
SERVICES = f"""
SELECT s.id::text, s.id, s.project_id, p.name, s.name, s.mode, s.replicas, s.paused, s.desired, s.generation,
  s.version, r.number, r.spec->>'image', coalesce(o.status, ''), left(coalesce(o.message, ''), {MESSAGE_CHARS}),
  floor(extract(epoch FROM s.created_at) * 1000)::bigint
FROM containers_service s JOIN accounts_project p ON p.id = s.project_id JOIN containers_revision r
  ON r.id = s.revision_id
LEFT JOIN LATERAL (SELECT status, message FROM containers_rollout WHERE service_id = s.id ORDER BY number DESC LIMIT 1)
  o ON true
WHERE s.gone_at IS NULL AND (%(all)s OR s.id = ANY(%(keys)s::uuid[]))
"""
COUNT = (
    f"SELECT (SELECT count(DISTINCT slot_id) FROM containers_container c WHERE {CURRENT}),"
    " (SELECT count(*) FROM containers_service WHERE gone_at IS NULL)"
)
SAMPLES = """
WITH newest AS (
  SELECT max(id) AS id FROM hosts_sample
  WHERE id > greatest(%s, (extract(epoch FROM now() - make_interval(secs => %s)) * 1000)::bigint << 20)
  GROUP BY host_id, container_id
)
SELECT host_id, container_id::text, cpu_millis, memory_bytes, id FROM hosts_sample
WHERE id = ANY(ARRAY(SELECT id FROM newest))
"""


@dataclass(frozen=True, slots=True)
class FleetRead:
    """What was read; None as a row: it is not there (any more). `whole`: what is not named is gone."""

    mark: int
    whole: bool
    containers: Mapping[str, ContainerRow | None]
    services: Mapping[str, ServiceRow | None]
    hosts: Mapping[int, HostRow | None]
    host_ids: frozenset[int]
    """All hosts there are: a removed one leaves no mark."""
    there: tuple[int, int] | None
    """How many slots and services lists show: when we know of other numbers, rows were deleted, which leaves no mark
    either. None: not counted, since that costs more than a small read."""


@dataclass(frozen=True, slots=True)
class UsageRead:
    """The newest measurement of each container and host, and how far was read."""

    last_id: int
    containers: Mapping[str, Used]
    hosts: Mapping[int, Used]


def read_fleet(mark: int | None, *, count: bool = True) -> FleetRead:
    """What changed since `mark`, or everything for None (and where the change is too large to tell row by row).

    Inside the transaction rows are only fetched: the database ends one that idles, and a large fleet takes a while.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute(MARK)
        (new_mark,) = cursor.fetchone()
        changed = None if mark is None else _changed(cursor, mark)
        if changed is None or len(changed.slots) > SLOTS_BY_DELTA_MAX:
            found, present, there = _fetch(cursor, None), None, None
        else:
            found = _fetch(cursor, changed)
            present = frozenset(Host.objects.values_list("pk", flat=True))
            there = _count(cursor) if count else None
    containers, services, hosts = found.containers(), found.services(), found.hosts()
    if changed is None or present is None:
        counted = (len(containers), len(services))
        return FleetRead(new_mark, True, containers, services, hosts, frozenset(hosts), counted)
    return FleetRead(
        new_mark,
        whole=False,
        containers={**dict.fromkeys(changed.slots), **containers},
        services={**dict.fromkeys(changed.services), **services},
        hosts={**dict.fromkeys(changed.hosts), **hosts},
        host_ids=present,
        there=there,
    )


def read_usage(after_id: int, *, late_ms: int) -> UsageRead:
    """Measurements newer than `after_id`, and once more those before it that may have come late: a sample's id is
    taken before its transaction commits."""
    with connection.cursor() as cursor:
        cursor.execute(SAMPLES, [after_id - (late_ms << COUNTER_BITS), SAMPLES_FRESH_S])
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


@dataclass(frozen=True, slots=True)
class _Fetched:
    """Rows as the database gave them."""

    container_rows: Sequence[tuple[Any, ...]]
    service_rows: Sequence[tuple[Any, ...]]
    service_counts: Mapping[UUID, Counts]
    host_rows: Sequence[Host]
    count_rows: Sequence[tuple[int, int, int, int]]

    def containers(self) -> dict[str, ContainerRow]:
        """By slot: of a slot's attempts the youngest that is no successor, as they are ordered."""
        rows: dict[str, ContainerRow] = {}
        for row in self.container_rows:
            rows.setdefault(row[0], _container(row))
        return rows

    def services(self) -> dict[str, ServiceRow]:
        return {row[0]: _service(row, self.service_counts.get(row[1], Counts())) for row in self.service_rows}

    def hosts(self) -> dict[int, HostRow]:
        counts: dict[int, dict[int, Count]] = {}
        for host_id, project_id, there, failed in self.count_rows:
            counts.setdefault(host_id, {})[project_id] = Count(there, failed)
        return {host.pk: _host(host, counts.get(host.pk, {})) for host in self.host_rows}


@dataclass(frozen=True, slots=True)
class _Changed:
    """What to read anew."""

    slots: set[str]
    services: set[str]
    hosts: set[int]


def _fetch(cursor: Any, only: _Changed | None) -> _Fetched:
    """What has changed; None: all."""
    hosts = Host.objects.all() if only is None else Host.objects.filter(pk__in=only.hosts)
    services = _ask(cursor, SERVICES, None if only is None else only.services)
    return _Fetched(
        _ask(cursor, CONTAINERS, None if only is None else only.slots),
        services,
        read_counts(None if only is None else [row[1] for row in services]) if services else {},
        list(hosts.select_related("booking")) if only is None or only.hosts else [],
        _ask(cursor, COUNTS, None if only is None else only.hosts),
    )


def _ask(cursor: Any, query: str, keys: Collection[Any] | None) -> list[tuple[Any, ...]]:
    """Of these; None: of all."""
    if keys is not None and not keys:
        return []
    cursor.execute(query, {"all": keys is None, "keys": list(keys or ())})
    return list(cursor.fetchall())


def _count(cursor: Any) -> tuple[int, int]:
    """Slots and services."""
    cursor.execute(COUNT)
    slots, services = cursor.fetchone()
    return int(slots), int(services)


def _changed(cursor: Any, mark: int) -> _Changed:
    cursor.execute(CHANGED, {"mark": mark})
    found: dict[str, set[str]] = {"slot": set(), "service": set(), "host": set()}
    for kind, key in cursor.fetchall():
        found[kind].add(key)
    return _Changed(found["slot"], found["service"], {int(key) for key in found["host"]})


def _container(row: tuple[Any, ...]) -> ContainerRow:
    slot, key, project_id, project, host_id, host, reachable, name, status, health, attempt, not_before = row[:12]
    image, memory_limit, ports, wished_ports, reason, message, since_ms, created_ms, desired, generation = row[12:-1]
    state = container_state(status, health=health, attempt=attempt, not_before=not_before, reachable=reachable)
    bound, wished = (json.loads(text) if text else () for text in (ports, wished_ports))
    values = (
        *(key, slot, name, project, host, status, state, health, None, None, bytes_of(memory_limit), image or ""),
        *(reason, message, attempt, since_ms, created_ms, ports_text(bound, wished), desired, generation),
        row[-1],
    )
    return ContainerRow(key, project_id, host_id, status, values)


def _service(row: tuple[Any, ...], counts: Counts) -> ServiceRow:
    key, _, project_id, project, name, mode, replicas, paused, desired, generation, version = row[:11]
    revision, image, rollout, message, created = row[11:]
    state = service_state(counts, removing=desired == "remove", paused=paused, rollout=rollout)
    done = rollout_done(counts, rollout)
    values = (
        *(key, name, project, mode, replicas, counts.desired, counts.ready, counts.live, state, revision, image or ""),
        *(rollout, done, counts.desired, "" if rollout in QUIET else message, paused, created),
        *(generation, version),
    )
    return ServiceRow(project_id, values)


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
