"""The one statement that writes a batch of changes to container rows, and the telling that belongs to it.

Before: moves, binding and wishes inside their transaction. After: events and one hint. Private to the package.
"""

import functools
import json
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple, ParamSpec, TypeVar
from uuid import UUID

from django.db import OperationalError, connection, transaction

from containers.states import FINAL, Status
from core.events.models import Level
from core.events.record import Happening, record_many
from core.lib.lease import Hold
from core.lib.notify import Hints

P = ParamSpec("P")
R = TypeVar("R")

DEADLOCK = "40P01"

# column -> SQL type; a key that a change does not carry keeps the column as it is
COLUMNS: dict[str, str] = {
    "status": "text",
    "reason": "text",
    "message": "text",
    "host_id": "bigint",
    "decision_id": "bigint",
    "ports": "jsonb",
    "gpus": "jsonb",
    "exit_code": "integer",
    "oom_killed": "boolean",
    "health": "text",
    "engine_id": "text",
    "progress": "jsonb",
    "not_before": "timestamptz",
    "started_at": "timestamptz",
    "finished_at": "timestamptz",
    "watched_until": "timestamptz",
}
PINS = ("image_digest", "image_id", "image_architecture")  # written once: the first to know wins
_RECORD = ", ".join(
    ["id uuid", *(f"{name} {kind}" for name, kind in COLUMNS.items()), *(f"{pin} text" for pin in PINS), "gone boolean"]
)
_SET = ", ".join(
    [f"{name} = COALESCE(m.{name}, c.{name})" for name in COLUMNS]
    + [f"{pin} = CASE WHEN c.{pin} = '' THEN COALESCE(m.{pin}, '') ELSE c.{pin} END" for pin in PINS]
)
_ENDED = ", ".join(f"'{status}'" for status in sorted(FINAL))
_WRITE = f"""
UPDATE containers_container c SET {_SET},
  status_since = CASE WHEN m.status IS NULL THEN c.status_since ELSE now() END,
  health_since = CASE WHEN COALESCE(m.health, c.health) <> c.health THEN now() ELSE c.health_since END,
  superseded = c.superseded OR (c.is_successor AND COALESCE(m.status, c.status) = ANY(ARRAY[{_ENDED}])),
  bound_at = CASE WHEN m.host_id IS NULL THEN c.bound_at ELSE now() END,
  gone_at = CASE WHEN m.gone THEN COALESCE(c.gone_at, now()) ELSE c.gone_at END
FROM jsonb_to_recordset(%s::jsonb) AS m({_RECORD}) WHERE c.id = m.id
"""
# What the first container of a revision found out about its image holds for all that follow.
_SHARE_PINS = """
UPDATE containers_revision r SET image_digest = c.image_digest, image_id = c.image_id,
  image_architecture = c.image_architecture
FROM containers_container c WHERE c.id = ANY(%s) AND r.id = c.revision_id AND r.image_digest = '' AND r.image_id = ''
"""


class Row(NamedTuple):
    """What a change needs to know of a row, read under its lock."""

    id: UUID
    name: str
    project_id: int
    slot_id: UUID
    attempt: int
    status: Status
    desired: str
    host_id: int | None
    health: str
    gone: bool
    cpu_millis: int
    memory_bytes: int
    service_id: UUID | None = None


_STATUS = {status.value: status for status in Status}
_LOCK = (
    "SELECT id, name, project_id, slot_id, attempt, status, desired, host_id, health, gone_at IS NOT NULL,"
    " cpu_millis, memory_bytes, service_id FROM containers_container WHERE id = ANY(%s::uuid[]) ORDER BY id FOR UPDATE"
)


def lock(ids: Iterable[UUID], hold: Hold | None = None) -> dict[UUID, Row]:
    """Lock rows in the order of their ids, so that two batches never wait for each other crosswise.

    The hold is fenced first, in the same message to the server; raises HoldLost when it has passed on.
    """
    with connection.cursor() as cursor:
        if hold is None:
            cursor.execute(_LOCK, [_array(ids)])
        else:
            cursor.execute(f"{hold.fencing}; {_LOCK}", [hold.key, _array(ids)])
            hold.judge(cursor.fetchone())
            cursor.nextset()
        return {r[0]: Row._make((*r[:5], _STATUS[r[5]], *r[6:])) for r in cursor.fetchall()}


def write(changes: list[dict[str, Any]]) -> None:
    """Apply changes to locked rows, and give back the ports of attempts that no longer hold room."""
    if not changes:
        return
    with connection.cursor() as cursor:
        cursor.execute(_WRITE, [json.dumps(changes, default=_plain)])
        if any(c.get("image_digest") or c.get("image_id") for c in changes):
            cursor.execute(_SHARE_PINS, [[c["id"] for c in changes]])
        released = [c["id"] for c in changes if c.get("gone") or c.get("status") in FINAL - {Status.LOST}]
        if released:
            cursor.execute("DELETE FROM containers_hostport WHERE container_id = ANY(%s)", [released])


def _array(ids: Iterable[UUID]) -> str:
    """As PostgreSQL writes an array: of thousands the driver's own way, one by one, takes longer than the lock."""
    return f"{{{','.join(map(str, ids))}}}"


def tell(
    rows: Iterable[Row],
    happenings: list[Happening],
    *,
    work: Iterable[int | None] = (),
    pending: bool = False,
    ended: bool = False,
) -> None:
    """Write the events and send the one hint of this transaction. It wakes nobody who has nothing to do:

    `work` are hosts whose agents have; `pending`: something waits for a host; `ended`: an attempt is over or its
    room is free. An agent that writes down what it did itself names none of them.
    """
    rows = list(rows)
    told: Hints = {"container": [row.id for row in rows], "work": sorted({h for h in work if h is not None})}
    told |= {"service": sorted({row.service_id for row in rows if row.service_id is not None})}
    told |= {kind: True for kind, so in (("event", happenings), ("pending", pending), ("ended", ended)) if so}
    record_many(happenings, told)


def happening(row: Row, kind: str, *, actor: str, message: str, data: Mapping[str, Any] | None = None) -> Happening:
    """An event about a container, with its project, host and slot filled in."""
    data = dict(data or {})
    loud = kind in ("container.failed", "container.lost", "container.unhealthy")
    return Happening(
        kind=kind,
        actor=actor,
        object_kind="container",
        object_id=str(row.id),
        message=message,
        level=Level.WARNING if loud else Level.INFO,
        project_id=row.project_id,
        host_id=data.get("host_id", row.host_id),
        data={"name": row.name, "slot": str(row.slot_id), "attempt": row.attempt, **data},
    )


def once_more_on_deadlock(function: Callable[P, R]) -> Callable[P, R]:
    """Run in a transaction; PostgreSQL breaks a deadlock by failing one side, which may simply run again."""

    @functools.wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            with transaction.atomic():
                return function(*args, **kwargs)
        except OperationalError as error:
            nested = connection.in_atomic_block
            if nested or getattr(error.__cause__, "sqlstate", None) != DEADLOCK:
                raise
        with transaction.atomic():
            return function(*args, **kwargs)

    return run


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
