"""What a service used over time: all of it, and each of its slots, in steps that lie still.

Before: samples of its containers (hosts.metrics). After: service_views.py answers with it, the console draws it. An
attempt that lived for a part of a step counts for that part: a slot that is replaced within one does not count twice.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db import connection

MOST_STEPS: Final = 240
MOST_SLOTS: Final = 20
MOST_ATTEMPTS: Final = 1_000

# A step that is not over yet is left out: as long as not all have been measured in it, its sum would be too low.
_USED = """
WITH attempts AS (
  SELECT id, slot_key, extract(epoch FROM coalesce(started_at, created_at)) AS began,
    extract(epoch FROM coalesce(finished_at, now())) AS ended
  FROM containers_container
  WHERE service_id = %(service)s AND host_id IS NOT NULL
    AND coalesce(finished_at, now()) > now() - make_interval(secs => %(window_s)s)
  ORDER BY created_at DESC LIMIT %(most)s
), measured AS (
  SELECT a.slot_key, a.began, a.ended, floor(extract(epoch FROM s.at) / %(step_s)s)::bigint AS step,
    avg(s.cpu_millis) AS cpu, avg(s.memory_bytes) AS memory
  FROM attempts a JOIN hosts_sample s ON s.container_id = a.id
  WHERE s.at > now() - make_interval(secs => %(window_s)s)
    AND s.id > (extract(epoch FROM now() - make_interval(secs => %(window_s)s)) * 1000)::bigint << 20
  GROUP BY a.id, a.slot_key, a.began, a.ended, step
), weighed AS (
  SELECT step, slot_key, cpu, memory,
    greatest(0, least(ended, (step + 1) * %(step_s)s) - greatest(began, step * %(step_s)s)) / %(step_s)s AS share
  FROM measured WHERE (step + 1) * %(step_s)s <= extract(epoch FROM now())
)
SELECT step, slot_key, round(sum(cpu * share))::bigint, round(sum(memory * share))::bigint
FROM weighed GROUP BY step, slot_key ORDER BY step
"""

_PLACES = """
SELECT DISTINCT ON (c.slot_key) c.slot_key, h.name FROM containers_container c JOIN hosts_host h ON h.id = c.host_id
WHERE c.service_id = %s AND NOT c.is_successor ORDER BY c.slot_key, c.created_at DESC
"""


@dataclass(frozen=True, slots=True)
class Used:
    """The average over one step; `at`: its middle."""

    at: datetime
    cpu_millis: int
    memory_bytes: int


@dataclass(frozen=True, slots=True)
class SlotUsed:
    """What one slot used, a value for each point of the sum; None where nothing was measured."""

    slot: str
    host: str
    cpu_millis: tuple[int | None, ...]
    memory_bytes: tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class ServiceUsed:
    """`replicas`: the MOST_SLOTS that used the most, in the order of their slots; `replicas_total`: of how many."""

    step_s: int
    points: tuple[Used, ...]
    replicas: tuple[SlotUsed, ...]
    replicas_total: int


Cells = Mapping[str, Mapping[int, tuple[int, int]]]
"""By slot and step: CPU and memory."""


def service_history(service_id: UUID, *, window_s: int) -> ServiceUsed:
    """Of the last `window_s`, oldest first; in two queries however many containers there are."""
    step_s = max(int(2 * settings.SAMPLE_S), -(-window_s // MOST_STEPS), 1)
    names: dict[str, Any] = {"service": service_id, "window_s": window_s, "step_s": step_s, "most": MOST_ATTEMPTS}
    with connection.cursor() as cursor:
        cursor.execute(_USED, names)
        rows = cursor.fetchall()
        cursor.execute(_PLACES, [service_id])
        places = dict(cursor.fetchall())
    cells: defaultdict[str, dict[int, tuple[int, int]]] = defaultdict(dict)
    for step, slot, cpu, memory in rows:
        cells[slot][step] = (cpu, memory)
    steps = sorted({row[0] for row in rows})
    points = tuple(_sum(cells, step, step_s) for step in steps)
    shown = tuple(_slot(slot, cells, steps, places) for slot in _largest(cells, points))
    return ServiceUsed(step_s, points, shown, len(cells))


def _sum(cells: Cells, step: int, step_s: int) -> Used:
    there = [by_step[step] for by_step in cells.values() if step in by_step]
    at = datetime.fromtimestamp((step + 0.5) * step_s, tz=UTC)
    return Used(at, sum(cpu for cpu, _ in there), sum(memory for _, memory in there))


def _largest(cells: Cells, points: Sequence[Used]) -> list[str]:
    """Those with the largest part of what all used, of CPU and memory together."""
    cpu_all = sum(point.cpu_millis for point in points) or 1
    memory_all = sum(point.memory_bytes for point in points) or 1

    def part(slot: str) -> float:
        return sum(cpu / cpu_all + memory / memory_all for cpu, memory in cells[slot].values())

    chosen = sorted(cells, key=part, reverse=True)[:MOST_SLOTS]
    return sorted(chosen, key=lambda slot: (len(slot), slot))


def _slot(slot: str, cells: Cells, steps: Sequence[int], places: Mapping[str, str]) -> SlotUsed:
    found = [cells[slot].get(step, (None, None)) for step in steps]
    cpu, memory = tuple(one[0] for one in found), tuple(one[1] for one in found)
    return SlotUsed(slot, places.get(slot, ""), cpu, memory)
