"""Rows of services and roll-outs: what is wanted from now on, how far the way there is, and how it ended.

A roll-out that has ended never changes again. Before: actions and the services loop, both with the service's row
locked. After: the loop plans anew, the page shows the lane.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import F, Max
from django.db.models.functions import Now

from containers.models import Revision, Rollout, Service
from containers.states import RolloutKind, RolloutStatus
from core.events.models import Level
from core.events.record import Happening, record_many
from core.lib.notify import Hints

ENDED = sorted(one.value for one in RolloutStatus.ended())
LOUD = (RolloutStatus.FAILED, RolloutStatus.PAUSED, RolloutStatus.ROLLED_BACK)


@dataclass(frozen=True, slots=True)
class NewRollout:
    """`revision` is wanted from now on; a restart wants it anew, whatever runs."""

    kind: RolloutKind
    revision: Revision
    message: str = ""


def tell_service(
    service: Service, kind: str, *, actor: str, message: str, loud: bool = False, data: Mapping[str, Any] | None = None
) -> None:
    """An event about a service, and the hint that its rows changed; in the caller's transaction."""
    told = Happening(
        kind=f"service.{kind}",
        actor=actor,
        object_kind="service",
        object_id=str(service.pk),
        message=message,
        level=Level.WARNING if loud else Level.INFO,
        project_id=service.project_id,
        data={"name": service.name, **(data or {})},
    )
    hints: Hints = {"service": [service.pk], "event": True}
    record_many([told], hints)


def start_rollout(service: Service, wanted: NewRollout, *, actor: str) -> Rollout:
    """Want a revision; a roll-out that is under way is superseded by this one. The service's row is locked."""
    latest = Rollout.objects.filter(service=service).aggregate(most=Max("number"))["most"] or 0
    for one in Rollout.objects.filter(service=service).exclude(status__in=ENDED):
        end_rollout(service, one, RolloutStatus.SUPERSEDED, message=f"roll-out {latest + 1} followed", actor=actor)
    made = Rollout.objects.create(
        service=service,
        number=latest + 1,
        kind=wanted.kind,
        revision=wanted.revision,
        from_revision_id=service.revision_id,
        policy=service.policy,
        message=wanted.message,
        asked_by=actor,
    )
    fresh_from = made.number if wanted.kind == RolloutKind.RESTART else 0
    Service.objects.filter(pk=service.pk).update(
        revision=wanted.revision, fresh_from=fresh_from, generation=F("generation") + 1
    )
    service.revision, service.fresh_from = wanted.revision, fresh_from
    words = wanted.message or f"revision {wanted.revision.number} shall run"
    data = {"rollout": made.number, "kind": wanted.kind, "revision": wanted.revision.number}
    tell_service(service, "rollout-started", actor=actor, message=words, data=data)
    return made


def end_rollout(service: Service, rollout: Rollout, to: RolloutStatus, *, message: str, actor: str) -> bool:
    """Move a roll-out to another status; False when it has ended already, or is there."""
    finished = {"finished_at": Now()} if to in RolloutStatus.ended() else {}
    moved = (
        Rollout.objects.filter(pk=rollout.pk)
        .exclude(status__in=[*ENDED, to.value])
        .update(status=to, message=message, stepped_at=Now(), **finished)
    )
    if moved:
        data = {"rollout": rollout.number, "to": to}
        tell_service(service, f"rollout-{to}", actor=actor, message=message, loud=to in LOUD, data=data)
    return bool(moved)


def note_rollout(rollout_id: int, message: str) -> bool:
    """What people read while it goes on; no event, only a newer row. False when it says so already."""
    noted = Rollout.objects.filter(pk=rollout_id).exclude(status__in=ENDED).exclude(message=message)
    return bool(noted.update(message=message))


def count_failure(rollout_id: int, container_id: UUID) -> bool:
    """A new container of it failed; each counts once."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE containers_rollout SET failed = failed || to_jsonb(%s::text), failures = failures + 1,"
            " stepped_at = now()"
            " WHERE id = %s AND NOT failed @> to_jsonb(%s::text) AND status <> ALL(%s)",
            [str(container_id), rollout_id, str(container_id), ENDED],
        )
        return bool(cursor.rowcount)


def step_rollout(rollout_id: int) -> None:
    """It has come further: its deadline for progress begins anew."""
    Rollout.objects.filter(pk=rollout_id).exclude(status__in=ENDED).update(stepped_at=Now())
