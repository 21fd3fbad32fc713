"""Rows and facts of one host, as plan.py wants them: list the engine first, read the rows second."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.db import connection

from containers.agent.plan import Wanted, Window, owner
from containers.queries import STEADY_SINCE
from containers.spec import UpdatePolicy
from containers.states import READY_HEALTH, Desired, Status
from core.lib.brief import database_visit
from hosts.engine.types import Facts
from hosts.states import CONDITIONS

CLOCK_BACK_S = 60.0  # ready since later than that from now: the clock was set back while it was ready

# Of a service's that is ready: the end of its health window, as long as nobody has seen it run to that end.
_WINDOW = (
    f"(SELECT {STEADY_SINCE} + make_interval(secs => coalesce((s.policy ->> 'health_window')::float, %s)) AS ends_at"
    " FROM containers_service s WHERE s.id = c.service_id AND c.status = 'running' AND c.desired = 'run'"
    " AND c.health = ANY(%s)) w ON c.watched_until IS NULL OR c.watched_until < w.ends_at"
)
_COLUMNS = (
    "SELECT c.id, c.status, c.desired, c.health, c.gone_at IS NOT NULL, extract(epoch FROM now() - least(now(),"
    " greatest(c.status_since, to_timestamp((c.progress ->> 'moved_at')::float))))::float,"
    " c.status = 'running' AND coalesce(c.spec -> 'health_check' ?| ARRAY['http','tcp'], false), w.ends_at,"
    f" CASE WHEN {STEADY_SINCE} > now() + make_interval(secs => %s) THEN 0.0"
    " ELSE extract(epoch FROM w.ends_at - now())::float END"
    " FROM containers_container c JOIN hosts_host h ON h.id = c.host_id"
    f" LEFT JOIN LATERAL {_WINDOW}"
)
_OF_COLUMNS: list[Any] = [CLOCK_BACK_S, UpdatePolicy().health_window_s, list(READY_HEALTH)]
_WORDS = "SELECT version, reachable, responsive, conditions FROM hosts_host WHERE id = %s"
_URGENT = "(c.status = 'bound' OR (c.desired <> 'run' AND c.status IN ('bound','preparing','starting','running')))"


@dataclass(frozen=True, slots=True)
class Cluster:
    """Which containers on an engine are ours."""

    label: str

    @property
    def filter(self) -> dict[str, str | None]:
        return {"orchestra.cluster": self.label, "orchestra.role": "workload"}


Standing = tuple[int | None, dict[str, str | None]]


def look(host_id: int, facts: Sequence[Facts]) -> tuple[Standing, dict[UUID, Wanted]]:
    """The version of this host's row and the words that stand there, and what `rows_of` gives.

    The agent writes a word when another one stands.
    """
    with database_visit(), connection.cursor() as cursor:
        cursor.execute(_WORDS, [host_id])
        row = cursor.fetchone()
        stands: Standing = (None, {}) if row is None else (row[0], _words(*row[1:]))
        return stands, _fetch(cursor, *_known(host_id, facts))


def _words(reachable: str, responsive: str, conditions: str) -> dict[str, str | None]:
    found: dict[str, str | None] = dict.fromkeys(CONDITIONS)
    for name, one in json.loads(conditions).items():
        found[name] = condition_word(bad=one.get("status") == "bad", message=one.get("message", ""))
    return found | {"reachable": reachable, "responsive": responsive}


def condition_word(*, bad: bool, message: str) -> str:
    """What a condition says, as one word to compare."""
    return f"{'bad' if bad else 'ok'}: {message}"


def rows_of(host_id: int, facts: Sequence[Facts]) -> dict[UUID, Wanted]:
    """The rows that this host's engine should know, and those of everything it does know."""
    return _read(*_known(host_id, facts))


def _known(host_id: int, facts: Sequence[Facts]) -> tuple[str, list[Any]]:
    listed = [row_id for row_id in map(owner, facts) if row_id is not None]
    return "c.host_id = %s AND (c.gone_at IS NULL OR c.id = ANY(%s))", [host_id, listed]


def urgent_rows(host_id: int) -> dict[UUID, Wanted]:
    """The rows that call for something by themselves."""
    return _read(f"c.host_id = %s AND c.gone_at IS NULL AND {_URGENT}", [host_id])


def waiting_rows(host_id: int) -> dict[UUID, Wanted]:
    """The rows of which nothing can have been started yet."""
    return _read("c.host_id = %s AND c.gone_at IS NULL AND c.status IN ('bound','preparing')", [host_id])


def _read(where: str, params: list[Any]) -> dict[UUID, Wanted]:
    with database_visit(), connection.cursor() as cursor:
        return _fetch(cursor, where, params)


def _fetch(cursor: Any, where: str, params: list[Any]) -> dict[UUID, Wanted]:
    cursor.execute(f"{_COLUMNS} WHERE {where} ORDER BY c.created_at, c.id", [*_OF_COLUMNS, *params])
    return {row[0]: _wanted(row) for row in cursor.fetchall()}


def _wanted(row: tuple[Any, ...]) -> Wanted:
    key, status, desired, health, gone, still_s, probed, ends_at, ends_in_s = row
    window = None if ends_at is None else Window(ends_at, ends_in_s)
    wanted = Wanted(key, Status(status), Desired(desired), health, gone=gone, still_s=still_s, probed=probed)
    return wanted if window is None else replace(wanted, window=window)
