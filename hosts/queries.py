"""The rows of hosts as lists and pages need them: each in a fixed number of queries, however many hosts there are.

Before: views and the feed. After: serializers.py turns what is found here into what people see.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Count, Q, QuerySet

from hosts.models import Host
from hosts.states import shown_state

USAGE_FRESH_S = 60

# One short descent of the index (host, id) for each host; a reading older than a minute tells nothing of now.
USAGE = """
SELECT s.host_id, s.cpu_millis, s.memory_bytes, s.at FROM unnest(%s::bigint[]) AS h(id)
CROSS JOIN LATERAL (
  SELECT host_id, cpu_millis, memory_bytes, at FROM hosts_sample
  WHERE host_id = h.id AND container_id IS NULL AND id > %s ORDER BY id DESC LIMIT 1) AS s
"""
FIRST_ID = "SELECT (extract(epoch FROM now() - make_interval(secs => %s)) * 1000)::bigint << 20"


@dataclass(frozen=True, slots=True)
class Usage:
    """What a host used at `at`."""

    cpu_millis: int
    memory_bytes: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Seen:
    """What is shown of a host beside its own rows. `gpus`: its devices in order, each with those who have it."""

    usage: Usage | None
    gpus: Sequence[Mapping[str, Any]]


# Who has a device: of the projects that may be seen, or (NULL) of all.
GPUS = """
SELECT g.host_id, g.device, g.model, g.is_there, g.millis_reserved, coalesce(held.holders, '[]') FROM hosts_hostgpu g
LEFT JOIN LATERAL (
  SELECT jsonb_agg(jsonb_build_object('container', c.id, 'slot', c.slot_id, 'name', c.name, 'project', p.name,
    'millis', e.millis) ORDER BY c.name, c.id) AS holders
  FROM containers_container c CROSS JOIN LATERAL jsonb_to_recordset(c.gpus) AS e(device text, millis integer)
  JOIN accounts_project p ON p.id = c.project_id
  WHERE c.host_id = g.host_id AND c.gpus <> '[]'::jsonb AND c.gone_at IS NULL AND e.device = g.device
    AND containers_holds_room(c.status, c.gone_at) AND (%s::bigint[] IS NULL OR c.project_id = ANY(%s::bigint[]))
) AS held ON true
WHERE g.host_id = ANY(%s) ORDER BY g.host_id, g.number
"""


def seen_of(host_ids: Iterable[int], *, project_ids: Iterable[int] | None = None) -> Callable[[int], Seen]:
    """What belongs to each of these hosts; holders of GPUs of these projects or (None) of all."""
    ids, projects = list(host_ids), None if project_ids is None else list(project_ids)
    usage = usage_of(ids)
    gpus: dict[int, list[dict[str, Any]]] = {}
    with connection.cursor() as cursor:
        cursor.execute(GPUS, [projects, projects, ids])
        for host, device, model, is_there, millis, holders in cursor.fetchall():
            one = {"device": device, "model": model, "there": is_there, "reserved_millis": millis}
            gpus.setdefault(host, []).append(one | {"holders": json.loads(holders)})
    return lambda host: Seen(usage.get(host), gpus.get(host, ()))


def all_hosts(*, project_ids: Iterable[int] | None = None) -> QuerySet[Host]:
    """Hosts with booking and `containers_count`: those on their engine now, of these projects or (None) of all."""
    there = Q(containers__gone_at__isnull=True)
    if project_ids is not None:
        there &= Q(containers__project_id__in=list(project_ids))
    count = Count("containers", filter=there)
    return Host.objects.select_related("booking").annotate(containers_count=count).order_by("name")


def state_of(host: Host) -> str:
    """The one word that people see for a host."""
    return shown_state(host.availability, host.reachable, bad_conditions(host))


def bad_conditions(host: Host) -> frozenset[str]:
    return frozenset(name for name, one in host.conditions.items() if one.get("status") == "bad")


def usage_of(host_ids: Iterable[int]) -> Mapping[int, Usage]:
    """The last reading of each host, where there is a fresh one."""
    with connection.cursor() as cursor:
        cursor.execute(FIRST_ID, [USAGE_FRESH_S])
        (first_id,) = cursor.fetchone()
        cursor.execute(USAGE, [list(host_ids), first_id])
        return {row[0]: Usage(*row[1:]) for row in cursor.fetchall()}
