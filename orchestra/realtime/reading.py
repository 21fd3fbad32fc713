"""The hub's reads of the fleet: what changed since the last read, or everything, as plain rows.

Before: a hint or the timer said "look". After: columns.py shows them, feed.py finds the difference. The mark is the
oldest transaction that was still open at the last read, so that nothing which commits late is passed over.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from containers.display import shown_state as container_state
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

CURRENT = "NOT c.superseded AND NOT (c.desired = 'remove' AND c.gone_at IS NOT NULL)"
"""The current attempt of each slot, but for those that were removed and are gone: as lists show them."""
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
FROM containers_container WHERE host_id IS NOT NULL AND (%(all)s OR host_id = ANY(%(keys)s::bigint[])) GROUP BY 1, 2
"""
# Texts where texts are shown, and what is mostly empty as NULL: twenty thousand rows are read at once.
CONTAINERS = f"""
SELECT c.slot_id::text, c.id::text, c.project_id, p.name, c.host_id, h.name, h.reachable, c.name, c.status, c.health,
  c.attempt, c.not_before, c.spec->>'image', c.spec #>> '{{resources,memory_limit}}',
  nullif(c.ports, '[]')::text, nullif(c.spec->'ports', '[]')::text, c.reason, left(c.message, {MESSAGE_CHARS}),
  floor(extract(epoch FROM c.status_since) * 1000)::bigint, floor(extract(epoch FROM c.created_at) * 1000)::bigint,
  c.desired, c.generation
FROM containers_container c JOIN accounts_project p ON p.id = c.project_id LEFT JOIN hosts_host h ON h.id = c.host_id
WHERE {CURRENT} AND (%(all)s OR c.slot_id = ANY(%(keys)s::uuid[]))
ORDER BY c.is_successor, c.attempt DESC
"""
COUNT = f"SELECT count(DISTINCT slot_id) FROM containers_container c WHERE {CURRENT}"
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
        if changed is None or len(changed[0]) > SLOTS_BY_DELTA_MAX:
            found, present, slots_there = _fetch(cursor, None, None), None, None
        else:
            found = _fetch(cursor, *changed)
            present = frozenset(Host.objects.values_list("pk", flat=True))
            slots_there = _count(cursor) if count else None
    containers, hosts = found.containers(), found.hosts()
    if changed is None or present is None:
        ids = frozenset(hosts)
        return FleetRead(new_mark, whole=True, containers=containers, hosts=hosts, host_ids=ids, slots=len(containers))
    return FleetRead(
        new_mark,
        whole=False,
        containers={**dict.fromkeys(changed[0]), **containers},
        hosts={**dict.fromkeys(changed[1]), **hosts},
        host_ids=present,
        slots=slots_there,
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
    host_rows: Sequence[Host]
    count_rows: Sequence[tuple[int, int, int, int]]

    def containers(self) -> dict[str, ContainerRow]:
        """By slot: of a slot's attempts the youngest that is no successor, as they are ordered."""
        rows: dict[str, ContainerRow] = {}
        for row in self.container_rows:
            rows.setdefault(row[0], _container(row))
        return rows

    def hosts(self) -> dict[int, HostRow]:
        counts: dict[int, dict[int, Count]] = {}
        for host_id, project_id, there, failed in self.count_rows:
            counts.setdefault(host_id, {})[project_id] = Count(there, failed)
        return {host.pk: _host(host, counts.get(host.pk, {})) for host in self.host_rows}


def _fetch(cursor: Any, slots: set[str] | None, host_ids: set[int] | None) -> _Fetched:
    """Containers of these slots and these hosts; None: all."""
    hosts = Host.objects.all() if host_ids is None else Host.objects.filter(pk__in=host_ids)
    return _Fetched(
        _ask(cursor, CONTAINERS, slots) if slots is None or slots else [],
        list(hosts.select_related("booking")) if host_ids is None or host_ids else [],
        _ask(cursor, COUNTS, host_ids) if host_ids is None or host_ids else [],
    )


def _ask(cursor: Any, query: str, keys: Collection[Any] | None) -> list[tuple[Any, ...]]:
    cursor.execute(query, {"all": keys is None, "keys": list(keys or ())})
    return list(cursor.fetchall())


def _count(cursor: Any) -> int:
    cursor.execute(COUNT)
    return int(cursor.fetchone()[0])


def _changed(cursor: Any, mark: int) -> tuple[set[str], set[int]]:
    """Slots and hosts."""
    cursor.execute(CHANGED, {"mark": mark})
    rows = cursor.fetchall()
    return {key for kind, key in rows if kind == "slot"}, {int(key) for kind, key in rows if kind == "host"}


def _container(row: tuple[Any, ...]) -> ContainerRow:
    slot, key, project_id, project, host_id, host, reachable, name, status, health, attempt, not_before = row[:12]
    image, memory_limit, ports, wished_ports, reason, message, since_ms, created_ms, desired, generation = row[12:]
    state = container_state(status, health=health, attempt=attempt, not_before=not_before, reachable=reachable)
    bound, wished = (json.loads(text) if text else () for text in (ports, wished_ports))
    values = (
        *(key, slot, name, project, host, status, state, health, None, None, bytes_of(memory_limit), image or ""),
        *(reason, message, attempt, since_ms, created_ms, ports_text(bound, wished), desired, generation),
    )
    return ContainerRow(key, project_id, host_id, status, values)


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
