"""Orchestra's own processes as they stand in the rows: who leads, which agent speaks for which hosts, the database.

Before: the view. After: the console's page of health. Whether a process lives is not decided here: readers compare its
beat with the one they saw before (core.lib.lease), and a retired one is not told at all.
"""

import os
import platform
import socket
from typing import Any, Final

import django
from django.conf import settings
from django.db import connection

from core.lib.clock import monotonic_s, utc_now
from hosts.models import HostHold, Process
from orchestra import __version__
from scheduler.models import SchedulerLease

STARTED_AT: Final = utc_now()
DATABASE: Final = """
SELECT current_setting('server_version'), pg_database_size(current_database()),
       (SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()),
       current_setting('max_connections')::int, pg_postmaster_start_time()
"""


def platform_json() -> dict[str, Any]:
    """The object exactly as GET answers it."""
    processes = list(Process.objects.filter(retired=False).order_by("-role", "name"))
    leaders = set(SchedulerLease.objects.exclude(holder=None).values_list("holder", flat=True))
    living = {one.pk for one in processes}
    spoken: dict[Any, list[str]] = {}
    for agent, host in HostHold.objects.order_by("host__name").values_list("agent", "host__name"):
        spoken.setdefault(agent if agent in living else None, []).append(host)
    return {
        "version": __version__,
        "ttl_s": settings.LEASE_TTL_S,
        "web": _web(),
        "processes": [_process(one, leads=one.pk in leaders, hosts=spoken.get(one.pk, [])) for one in processes],
        "unspoken_hosts": spoken.get(None, []),
        "database": _database(),
    }


def _process(row: Process, *, leads: bool, hosts: list[str]) -> dict[str, Any]:
    return {
        "id": row.pk,
        "role": row.role,
        "name": row.name,
        "beat": row.beat,
        "leads": leads,
        "hosts": hosts,
        "started_at": row.started_at,
    }


def _web() -> dict[str, Any]:
    return {
        "name": f"{socket.gethostname()}:{os.getpid()}",
        "started_at": STARTED_AT,
        "python": platform.python_version(),
        "django": django.get_version(),
    }


def _database() -> dict[str, Any]:
    asked_s = monotonic_s()
    with connection.cursor() as cursor:
        cursor.execute(DATABASE)
        version, size_bytes, connections, most, started_at = cursor.fetchone()
    return {
        "version": version,
        "size_bytes": size_bytes,
        "connections": connections,
        "most_connections": most,
        "started_at": started_at,
        "answered_ms": (monotonic_s() - asked_s) * 1000,
    }
