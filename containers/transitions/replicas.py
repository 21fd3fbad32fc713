"""New rows for the slots of services: the first attempt of a slot, one beside its occupant, and the change of places.

Before: scheduler.controllers.services has planned, under its lease. After: placement, the agent. Compare-and-set as
everywhere: None or False means that another hand was first, and the next turn plans anew.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import NAMESPACE_OID, UUID, uuid5

from django.db import IntegrityError, transaction
from django.db.models import Max

from containers.models import Container, Revision, Service
from containers.spec import parse
from containers.states import FINAL, Desired
from containers.transitions.slots import Template, insert_after, row_of
from containers.transitions.write import happening, once_more_on_deadlock, tell
from core.lib.lease import Hold

_PINS = ("image_digest", "image_id", "image_architecture")


@dataclass(frozen=True, slots=True)
class NewReplica:
    """The first attempt of a service's slot; `only_host_id`: of a global service, the host it is for."""

    slot_key: str
    message: str
    only_host_id: int | None = None


def slot_id_of(service_id: UUID, key: str) -> UUID:
    """The same for ever: a slot that is removed and made again is the same slot."""
    return uuid5(NAMESPACE_OID, f"orchestra:{service_id}:{key}")


def template_of(revision: Revision, *, number: int) -> Template:
    """The columns of a new attempt that its revision decides."""
    spec = parse(revision.spec)
    resources = spec.resources
    return Template(
        {
            "spec": revision.spec,
            "spec_hash": revision.spec_hash,
            "cpu_millis": resources.cpu_request_millis,
            "memory_bytes": resources.memory_request_bytes,
            "restart": spec.restart,
            "priority": spec.priority,
            "revision_id": revision.pk,
            "round": number,
            **{pin: getattr(revision, pin) for pin in _PINS},
        }
    )


@once_more_on_deadlock
def add_replicas(
    service: Service, wanted: Sequence[NewReplica], template: Template, *, actor: str, hold: Hold | None = None
) -> int:
    """Fill empty slots, all in one statement; one whose earlier occupant is not over yet stays empty. How many."""
    if hold is not None:
        hold.fence()
    slots = {slot_id_of(service.pk, one.slot_key): one for one in wanted}
    Container.objects.filter(slot_id__in=slots, superseded=False, status__in=sorted(FINAL)).update(superseded=True)
    taken = set(Container.objects.filter(slot_id__in=slots, superseded=False).values_list("slot_id", flat=True))
    latest = dict(
        Container.objects.filter(slot_id__in=slots).values_list("slot_id").annotate(Max("attempt")).order_by()
    )
    made = Container.objects.bulk_create(
        Container(
            project_id=service.project_id,
            name=f"{service.name}.{one.slot_key}",
            slot_id=slot_id,
            service_id=service.pk,
            slot_key=one.slot_key,
            only_host_id=one.only_host_id,
            attempt=latest.get(slot_id, 0) + 1,
            reason="new",
            message=one.message,
            **template.columns,
        )
        for slot_id, one in slots.items()
        if slot_id not in taken
    )
    rows = [row_of(one) for one in made]
    told = [
        happening(row, "container.created", actor=actor, message=one.message)
        for row, one in zip(rows, made, strict=True)
    ]
    if rows:
        tell(rows, told, pending=True)
    return len(rows)


@once_more_on_deadlock
def add_successor(
    beside_id: UUID,
    template: Template | None,
    *,
    message: str,
    not_before: datetime | None,
    actor: str,
    hold: Hold | None = None,
) -> UUID | None:
    """A new attempt beside the slot's occupant, by the template or like it.

    None when the slot has one already, or the occupant is over.
    """
    if hold is not None:
        hold.fence()
    beside = Container.objects.select_for_update().filter(pk=beside_id, superseded=False).first()
    if beside is None or beside.is_successor or beside.status in FINAL or beside.desired == Desired.REMOVE:
        return None
    values = {"is_successor": True, "not_before": not_before, "message": message}
    try:
        with transaction.atomic():
            row = insert_after(beside, values, template=template)
    except IntegrityError:
        return None
    told = happening(row, "container.created", actor=actor, message=message, data={"beside": str(beside_id)})
    tell([row, row_of(beside)], [told], pending=True)
    return row.id


def prove(container_id: UUID) -> bool:
    """It was ready for the whole health window of its roll-out: written down once."""
    return bool(Container.objects.filter(pk=container_id, proved=False).update(proved=True))


def ask_replacement(container_id: UUID) -> bool:
    """Another container shall take its place, within the bounds of its service's updates."""
    return bool(Container.objects.filter(pk=container_id, replace_asked=False).update(replace_asked=True))


@once_more_on_deadlock
def promote(old_id: UUID, new_id: UUID, *, message: str, actor: str, hold: Hold | None = None) -> bool:
    """The successor takes the place of an occupant that is over."""
    if hold is not None:
        hold.fence()
    rows = {row.pk: row for row in Container.objects.select_for_update().filter(pk__in=[old_id, new_id]).order_by("pk")}
    old, new = rows.get(old_id), rows.get(new_id)
    if old is None or new is None or old.status not in FINAL or new.status in FINAL or not new.is_successor:
        return False
    if old.slot_id != new.slot_id or old.superseded:
        return False
    Container.objects.filter(pk=old_id).update(superseded=True, restart_asked=False)
    Container.objects.filter(pk=new_id).update(is_successor=False)
    row = row_of(new)
    tell([row, row_of(old)], [happening(row, "container.promoted", actor=actor, message=message)])
    return True
