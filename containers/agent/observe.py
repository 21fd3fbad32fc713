"""Rows and facts of one host, as plan.py wants them: list the engine first, read the rows second."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection

from containers.agent.plan import Wanted, owner
from containers.states import Desired, Status
from core.lib.brief import database_visit
from hosts.engine.types import Facts

_COLUMNS = (
    "SELECT id, status, desired, health, gone_at IS NOT NULL, extract(epoch FROM now() - least(now(),"
    " greatest(status_since, to_timestamp((progress ->> 'moved_at')::float))))::float,"
    " status = 'running' AND coalesce(spec -> 'health_check' ?| ARRAY['http','tcp'], false)"
    " FROM containers_container"
)
_URGENT = "(status = 'bound' OR (desired <> 'run' AND status IN ('bound','preparing','starting','running')))"


@dataclass(frozen=True, slots=True)
class Cluster:
    """Which containers on an engine are ours."""

    label: str

    @property
    def filter(self) -> dict[str, str | None]:
        return {"orchestra.cluster": self.label, "orchestra.role": "workload"}


def rows_of(host_id: int, facts: Sequence[Facts]) -> dict[UUID, Wanted]:
    """The rows that this host's engine should know, and those of everything it does know."""
    listed = [row_id for row_id in map(owner, facts) if row_id is not None]
    return _read("host_id = %s AND (gone_at IS NULL OR id = ANY(%s))", [host_id, listed])


def urgent_rows(host_id: int) -> dict[UUID, Wanted]:
    """The rows that call for something by themselves."""
    return _read(f"host_id = %s AND gone_at IS NULL AND {_URGENT}", [host_id])


def waiting_rows(host_id: int) -> dict[UUID, Wanted]:
    """The rows of which nothing can have been started yet."""
    return _read("host_id = %s AND gone_at IS NULL AND status IN ('bound','preparing')", [host_id])


def _read(where: str, params: list[Any]) -> dict[UUID, Wanted]:
    with database_visit(), connection.cursor() as cursor:
        cursor.execute(f"{_COLUMNS} WHERE {where} ORDER BY created_at, id", params)
        return {
            row[0]: Wanted(row[0], Status(row[1]), Desired(row[2]), row[3], gone=row[4], still_s=row[5], probed=row[6])
            for row in cursor.fetchall()
        }
