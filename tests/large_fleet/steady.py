"""A fleet on a good day, in rows: every host answers, every container of every service runs, nothing is left to do.

For the bench of passes: hosts and services are those of a simulation, and the rows are what its agents would have
written. Before: an empty installation. After: `wait` adds containers that want a host.
"""

import json
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from containers import service_actions
from containers.models import Rollout, Service
from core.accounts.models import default_project
from orchestra.simulation.made_up import MadeUp

ROOM = 4  # times what a simulation would give a host: it is to take what waits, too
APART = 0.1  # of the services want their containers on different hosts

HOSTS = """
INSERT INTO hosts_host (name, url, data_address, labels, availability, reachable, responsive, conditions, facts,
  cpu_millis, memory_bytes, architecture, marker, generation, reachable_since)
SELECT name, url, '10.0.0.1', labels, 'active', 'ok', 'ok', '{}', '{}', cpu_millis, memory_bytes, 'x86_64',
  gen_random_uuid(), 1, now() - interval '1 day'
FROM asked ORDER BY name
"""
BOOKINGS = """
INSERT INTO hosts_hostbooking (host_id, cpu_millis_allocatable, cpu_millis_reserved, memory_bytes_allocatable,
  memory_bytes_reserved) SELECT id, cpu_millis, 0, memory_bytes, 0 FROM hosts_host
"""
HOLDS = "INSERT INTO hosts_hosthold (host_id, agent, epoch) SELECT id, %s, 1 FROM hosts_host"

# One after the other of every service, so that the order of the rows says nothing about their services.
CONTAINERS = """
INSERT INTO containers_container (id, slot_id, project_id, name, attempt, is_successor, superseded, service_id,
  revision_id, round, slot_key, replace_asked, proved, spec, spec_hash, cpu_millis, memory_bytes, restart, desired,
  restart_asked, stop_by, generation, host_id, bound_at, ports, image_digest, image_id, image_architecture, status,
  reason, message, oom_killed, health, engine_id, progress, status_since, created_at, started_at)
SELECT one.id, one.id, s.project_id, s.name || '.' || key, 1, false, false, s.id, r.id, 1, key, false, true, r.spec,
  r.spec_hash, asked.cpu_millis, asked.memory_bytes, 'always', 'run', false, '', 1, host.id,
  CASE WHEN host.id IS NOT NULL THEN now() END, '[]', '', '', '', CASE WHEN host.id IS NULL THEN 'pending' ELSE
  'running' END, '', '', false, 'none', '', '{}', now() - age, now() - age, CASE WHEN host.id IS NOT NULL THEN
  now() - age END
FROM (
  SELECT gen_random_uuid() AS id, service, key::text AS key, row_number() OVER (ORDER BY key, service) AS number,
    CASE WHEN %(hosted)s THEN interval '1 hour' ELSE interval '0' END AS age
  FROM unnest(%(services)s::uuid[], %(replicas)s::int[]) AS wanted(service, replicas),
    LATERAL generate_series(1, replicas) AS key
) AS one
JOIN unnest(%(services)s::uuid[], %(cpus)s::bigint[], %(memories)s::bigint[]) AS asked(service, cpu_millis,
  memory_bytes) USING (service)
JOIN containers_service s ON s.id = one.service
JOIN containers_revision r ON r.id = s.revision_id
LEFT JOIN (SELECT id, row_number() OVER (ORDER BY id) - 1 AS at, count(*) OVER () AS hosts FROM hosts_host) AS host
  ON %(hosted)s AND host.at = one.number %% host.hosts
ORDER BY one.number
"""


def seed_steady(wanted: MadeUp, *, agent: UUID) -> None:
    """Hosts that `agent` speaks for, and services whose every container runs."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMPORARY TABLE asked (name text, url text, labels jsonb, cpu_millis bigint, memory_bytes bigint)"
            " ON COMMIT DROP"
        )
        cursor.executemany(
            "INSERT INTO asked VALUES (%s, %s, %s::jsonb, %s, %s)",
            [
                (
                    one.name,
                    one.url,
                    json.dumps(dict(one.labels)),
                    one.cpu_count * 1000 * ROOM,
                    one.memory_mib * 1024**2 * ROOM,
                )
                for one in wanted.hosts
            ],
        )
        cursor.execute(HOSTS)
        cursor.execute(BOOKINGS)
        cursor.execute(HOLDS, [agent])
    _fill(wanted.services, hosted=True)
    analyze()


def wait(services: int, *, each: int) -> None:
    """So many more services, of whose containers none has a host yet."""
    _fill([_waiting(number, each) for number in range(services)], hosted=False)


def _waiting(number: int, replicas: int) -> dict[str, Any]:
    """A dozen sizes, a fifth with a rule on labels, a tenth apart from its own kind: as in the core's bench."""
    name = f"waiting-{number}"
    container: dict[str, Any] = {
        "image": f"registry.test:5000/waiting/{name}:1",
        "resources": {"cpu": f"{(50, 100, 250, 500)[number % 4]}m", "memory": f"{(64, 256, 512)[number % 3]}m"},
    }
    share = number % 10 / 10
    if share < 0.2:
        container["constraints"] = [("zone=ber-a", "zone in (ber-b, fra-a)", "disk!=hdd")[number // 10 % 3]]
    if share >= 1 - APART:
        container["affinity"] = [{"service": name, "apart": True}]
    return {"name": name, "replicas": replicas, "container": container}


def _fill(services: Sequence[Any], *, hosted: bool) -> None:
    """Made by the action that the API calls; only what the loops would have made of them since is written here."""
    project = default_project()
    made = [service_actions.create(project, dict(one), actor="bench") for one in services]
    Rollout.objects.filter(service__in=made).update(status="done")
    asked = [service_actions.checked_service(project, dict(one)).container.resources for one in services]
    with connection.cursor() as cursor:
        cursor.execute(
            CONTAINERS,
            {
                "services": [one.pk for one in made],
                "replicas": [one.replicas for one in made],
                "cpus": [one.cpu_request_millis for one in asked],
                "memories": [one.memory_request_bytes for one in asked],
                "hosted": hosted,
            },
        )


def forget_waiting() -> None:
    """Those that `wait` added are gone again, with their events and decisions."""
    ids = list(Service.objects.filter(name__startswith="waiting-").values_list("pk", flat=True))
    with transaction.atomic(), connection.cursor() as cursor:
        for table in ("containers_container", "containers_rollout", "containers_revision"):
            cursor.execute(f"DELETE FROM {table} WHERE service_id = ANY(%s)", [ids])
        cursor.execute("DELETE FROM containers_service WHERE id = ANY(%s)", [ids])
        cursor.execute("TRUNCATE scheduler_decision; TRUNCATE events_event")


def analyze() -> None:
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
