"""Hosts and containers by the thousand, in a few statements: what a fleet looks like on a bad day.

Before: an empty installation. After: churn.py changes it, a console shows it. One row in a hundred or two is in
trouble, in a way that gathers on some hosts and under some images, as trouble does.
"""

import json
from typing import Any

from django.db import connection, transaction

from containers.spec import dump, parse, spec_hash
from core.accounts.models import User, default_project
from orchestra.simulation.made_up import APPS, ZONES

NEEDS_PORT = frozenset({"cart", "crm-web", "docs", "gateway", "shop-web", "video"})
PASSWORD = "correct-horse-battery-staple"

HOSTS = """
INSERT INTO hosts_host (name, url, data_address, labels, availability, reachable, responsive, conditions, facts,
  cpu_millis, memory_bytes, architecture, marker, generation, reachable_since)
SELECT 'h-' || lpad(n::text, 4, '0'), 'fake://large/h-' || n, '10.' || n / 250 || '.1.' || n %% 250,
  jsonb_build_object('zone', (%(zones)s::text[])[1 + n %% 4], 'disk', 'ssd'),
  CASE WHEN n %% 100 = 33 THEN 'draining' WHEN n %% 100 = 66 THEN 'cordoned' ELSE 'active' END,
  CASE WHEN n %% 200 = 7 THEN 'lost' WHEN n %% 333 = 5 THEN 'suspect' ELSE 'ok' END, 'ok', '{}',
  '{"engine_version": "28.5.2", "os": "Debian 12"}', 32000, 128 * 1024^3, 'x86_64', gen_random_uuid(), 1,
  now() - make_interval(secs => n * 977 %% 900000)
FROM generate_series(0, %(hosts)s - 1) AS n ORDER BY n
"""
BOOKINGS = """
INSERT INTO hosts_hostbooking (host_id, cpu_millis_allocatable, cpu_millis_reserved, memory_bytes_allocatable,
  memory_bytes_reserved)
SELECT id, cpu_millis, 0, memory_bytes, 0 FROM hosts_host
"""
HOLDS = "INSERT INTO hosts_hosthold (host_id, epoch) SELECT id, 0 FROM hosts_host"
TEMPORARY = "CREATE TEMPORARY TABLE app (at int, name text, spec jsonb, hash text, has_port boolean) ON COMMIT DROP"

# Trouble by number of the container: small shares, some of it gathered on single hosts and images.
CONTAINERS = """
INSERT INTO containers_container (id, slot_id, project_id, name, attempt, is_successor, superseded, spec, spec_hash,
  cpu_millis, memory_bytes, restart, desired, restart_asked, not_before, generation, host_id, bound_at, ports,
  image_digest, image_id, image_architecture, status, reason, message, exit_code, oom_killed, health, engine_id,
  progress, stop_by, round, slot_key, replace_asked, proved, status_since, created_at, started_at)
SELECT id, id, %(project)s, name || '-' || lpad(n::text, 5, '0'), CASE word WHEN 'restarting' THEN 3 ELSE 1 END,
  false, false, spec, hash, 100, 64 * 1024^2, 'always', 'run', false,
  CASE word WHEN 'restarting' THEN now() + interval '1 hour' END, 1,
  CASE WHEN word NOT IN ('pending', 'restarting') THEN host END, now(),
  CASE WHEN has_port AND word = 'running' THEN jsonb_build_array(jsonb_build_object('container_port', 80, 'protocol',
    'tcp', 'host_address', '0.0.0.0', 'host_port', 20000 + n %% 9000)) ELSE '[]' END, '', '', '',
  CASE word WHEN 'restarting' THEN 'pending' WHEN 'unhealthy' THEN 'running' ELSE word END,
  CASE word WHEN 'failed' THEN 'exited' WHEN 'pending' THEN 'no-host' WHEN 'restarting' THEN 'restart' ELSE '' END,
  CASE word WHEN 'failed' THEN 'exited 137, out of memory: it may use 512 MiB and used 511'
    WHEN 'pending' THEN '0 of ' || %(hosts)s || ' hosts fit: all lack the label gpu'
    WHEN 'restarting' THEN 'starts again after exit 1' ELSE '' END,
  CASE word WHEN 'failed' THEN 137 END, word = 'failed',
  CASE word WHEN 'unhealthy' THEN 'unhealthy' WHEN 'running' THEN 'healthy' ELSE 'none' END, '',
  '{}', '', 0, '', false, false,
  now() - make_interval(secs => 60 + n * 613 %% 500000), now() - make_interval(secs => 90 + n * 613 %% 500000), now()
FROM (
  SELECT gen_random_uuid() AS id, n, app.name, spec, hash, has_port, host.id AS host,
    CASE WHEN n %% 128 = 5 OR (n %% %(hosts)s %% 40 = 3 AND n / %(hosts)s %% 4 = 1) THEN 'failed'
      WHEN n %% 150 = 13 THEN 'unhealthy' WHEN n %% 97 = 11 THEN 'pending' WHEN n %% 163 = 17 THEN 'restarting'
      WHEN n %% 80 = 19 THEN 'starting' ELSE 'running' END AS word
  FROM generate_series(0, %(containers)s - 1) AS n
  JOIN app ON app.at = n / 7 %% %(apps)s
  JOIN (SELECT id, row_number() OVER (ORDER BY id) - 1 AS at FROM hosts_host) AS host ON host.at = n %% %(hosts)s
) AS one
"""


def seed(*, hosts: int, containers: int) -> None:
    """Fill an empty installation; one admin, anna, may log in."""
    project = default_project()
    User.objects.create_superuser("anna", password=PASSWORD)
    values: dict[str, Any] = {
        "hosts": hosts,
        "containers": containers,
        "project": project.pk,
        "apps": len(APPS),
        "zones": list(ZONES),
    }
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(TEMPORARY)
        with cursor.copy("COPY app (at, name, spec, hash, has_port) FROM STDIN") as copy:
            for number, name in enumerate(APPS):
                copy.write_row((number, name, *_spec(name), name in NEEDS_PORT))
        cursor.execute(HOSTS, values)
        cursor.execute(BOOKINGS)
        cursor.execute(HOLDS)
        cursor.execute(CONTAINERS, values)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE hosts_host, containers_container")


def _spec(name: str) -> tuple[str, str]:
    wished: dict[str, Any] = {
        "name": name,
        "image": f"registry.test:5000/{name.partition('-')[0]}/{name}:1.{len(name)}.0",
        "resources": {"cpu": "100m", "memory": "64m", "memory_limit": "512m"},
        "restart": "always",
    }
    if name in NEEDS_PORT:
        wished["ports"] = [{"container_port": 80}]
    spec = parse(wished)
    return json.dumps(dump(spec)), spec_hash(spec)
