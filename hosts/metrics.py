"""What was measured: samples go in by one COPY per host and turn, with one hint; the console reads the last ones.

Before: the agent that holds the host. After: the fleet feed, usage plots. Kept 24 h in daily partitions.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import connection, transaction

from core.lib.lease import Hold
from core.lib.notify import hint

MOST_POINTS: Final = 500

# The ids of samples rise with time: they find the partitions. Buckets lie still, so that old points do not move.
HISTORY = """
SELECT to_timestamp(avg(extract(epoch FROM at))), round(avg(cpu_millis))::bigint, round(avg(memory_bytes))::bigint
FROM hosts_sample
WHERE {whose} AND at > now() - make_interval(secs => %(window_s)s)
  AND id > (extract(epoch FROM now() - make_interval(secs => %(window_s)s)) * 1000)::bigint << 20
GROUP BY floor(extract(epoch FROM at) / %(bucket_s)s) ORDER BY 1
"""


@dataclass(frozen=True, slots=True)
class Point:
    """The average of one bucket; `at`: the middle of its samples."""

    at: datetime
    cpu_millis: int
    memory_bytes: int


@dataclass(frozen=True, slots=True)
class Usage:
    """What was used since the sample before; container None: the whole host."""

    container_id: UUID | None
    cpu_millis: int
    memory_bytes: int


def write_samples(host_id: int, usages: Sequence[Usage], *, hold: Hold) -> None:
    """Append the samples of one host in one transaction."""
    if not usages:
        return
    with transaction.atomic():
        hold.fence()
        with (
            connection.cursor() as cursor,
            cursor.copy("COPY hosts_sample (host_id, container_id, cpu_millis, memory_bytes) FROM STDIN") as copy,
        ):
            for usage in usages:
                copy.write_row((host_id, usage.container_id, usage.cpu_millis, usage.memory_bytes))
        hint(sample=[host_id])


def latest(host_ids: Sequence[int], *, not_older_than_s: float = 60.0) -> dict[int, tuple[int, int]]:
    """Last sample of each host: (cpu_millis, memory_bytes); hosts without a recent one are absent."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT ON (host_id) host_id, cpu_millis, memory_bytes FROM hosts_sample"
            " WHERE host_id = ANY(%s) AND container_id IS NULL"
            " AND id > ((extract(epoch FROM now() - make_interval(secs => %s)) * 1000)::bigint << 20)"
            " ORDER BY host_id, id DESC",
            [list(host_ids), not_older_than_s],
        )
        return {row[0]: (row[1], row[2]) for row in cursor.fetchall()}


def host_history(host_id: int, *, window_s: int) -> list[Point]:
    """What the host used in the last `window_s`, oldest first; at most MOST_POINTS."""
    return _history("host_id = %(host)s AND container_id IS NULL", window_s, {"host": host_id})


def container_history(container_ids: Sequence[UUID], *, window_s: int) -> list[Point]:
    """What these attempts of one slot used in the last `window_s`, oldest first; at most MOST_POINTS."""
    return _history("container_id = ANY(%(containers)s)", window_s, {"containers": list(container_ids)})


def _history(whose: str, window_s: int, names: dict[str, Any]) -> list[Point]:
    bucket_s = max(1, -(-window_s // (MOST_POINTS - 1)))  # a window begins and ends within a bucket: one more
    with connection.cursor() as cursor:
        cursor.execute(HISTORY.format(whose=whose), {**names, "window_s": window_s, "bucket_s": bucket_s})
        return [Point(*row) for row in cursor.fetchall()]
