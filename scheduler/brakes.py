"""Brakes: unless a person wishes it, no minute sees more than a few of a host's containers stopped, or half of all.

What would go beyond leaves a row that holds until somebody releases it. Counted are the wishes that transitions marked
as unasked. Before: a controller wants to stop something. After: the row, its event, and the verb that releases it.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now

from containers.states import ON_ENGINE
from core.events.models import Level
from core.events.record import Happening, record
from core.lib.clock import database_now
from core.lib.notify import hint
from core.lib.partitions import time_id
from core.lib.problems import Problem
from scheduler.models import Brake
from scheduler.reading import query

WINDOW_S: Final = 60
LEAST: Final = 3
HOST_SHARE: Final = 0.2
FLEET_SHARE: Final = 0.5


@dataclass(frozen=True, slots=True)
class Count:
    """Containers that hold their slot, and how many were stopped unasked within the window."""

    holding: int
    stopped: int


def most_of_host(holding: int) -> int:
    return max(LEAST, int(HOST_SHARE * holding))


def most_of_fleet(holding: int) -> int:
    return max(LEAST, int(FLEET_SHARE * holding))


def may_stop(host_id: int | None, *, actor: str) -> bool:
    """Whether one more of this host's may be stopped unasked; in the caller's transaction. Says so when it may not."""
    if host_id is None:
        return True
    if Brake.objects.filter(Q(host_id=host_id) | Q(host=None), released_at=None).exists():
        return False
    fleet, host = _count(None), _count(host_id)
    if host.stopped >= most_of_host(host.holding):
        _put_on(host_id, host, actor=actor)
    elif fleet.stopped >= most_of_fleet(fleet.holding):
        _put_on(None, fleet, actor=actor)
    else:
        return True
    return False


def _count(host_id: int | None) -> Count:
    """Of one host, or of all; what was stopped before the last brake was released is forgiven."""
    ((holding,),) = query(
        "SELECT count(*) FROM containers_container WHERE status = ANY(%s) AND NOT is_successor"
        " AND (%s::bigint IS NULL OR host_id = %s)",
        [sorted(ON_ENGINE), host_id, host_id],
    )
    ((stopped,),) = query(
        "SELECT count(*) FROM events_event WHERE kind = ANY(ARRAY['container.stop-asked','container.stop-held'])"
        " AND data ? 'unasked' AND id >= %s"
        " AND (%s::bigint IS NULL OR host_id = %s) AND at > coalesce((SELECT max(released_at) FROM scheduler_brake"
        " WHERE host_id IS NULL OR host_id = %s), '-infinity')",
        [time_id(database_now() - timedelta(seconds=WINDOW_S)), host_id, host_id, host_id],
    )
    return Count(holding + stopped, stopped)


def _put_on(host_id: int | None, count: Count, *, actor: str) -> None:
    where = "the fleet" if host_id is None else _name(host_id)
    words = (
        f"{count.stopped} of {count.holding} containers of {where} were stopped within {WINDOW_S} s although nobody"
        " asked for it: no more are, until somebody has looked and releases this brake"
    )
    brake = Brake.objects.create(host_id=host_id, message=words)
    _tell(brake, "brake.on", words, actor=actor, level=Level.WARNING)


def release(brake: Brake, *, actor: str) -> Brake:
    """Let controllers go on; Problem 409 when it was released before."""
    with transaction.atomic():
        if not Brake.objects.filter(pk=brake.pk, released_at=None).update(released_at=Now(), released_by=actor):
            raise Problem(409, "already-released", "this brake was released already")
        _tell(brake, "brake.released", "what was braked may go on", actor=actor)
    brake.refresh_from_db()
    return brake


def _tell(brake: Brake, kind: str, message: str, *, actor: str, level: str = Level.INFO) -> None:
    record(
        Happening(
            kind=kind,
            actor=actor,
            object_kind="brake",
            object_id=str(brake.pk),
            host_id=brake.host_id,
            message=message,
            level=level,
        )
    )
    hint(brake=[brake.pk], service=True)


def _name(host_id: int) -> str:
    rows = query("SELECT name FROM hosts_host WHERE id = %s", [host_id])
    return str(rows[0][0]) if rows else str(host_id)
