"""New rows: the first attempt of a slot, and the next one after an attempt has ended."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction

from containers.models import Container
from containers.states import FINAL, OCCUPYING, Desired, Status
from containers.transitions.write import Row, happening, once_more_on_deadlock, tell, write
from core.lib.lease import Hold
from core.lib.problems import FieldProblem, Problem

_OF_THE_SLOT = ("project_id", "name", "slot_id", "service_id", "slot_key", "only_host_id")
_OF_THE_WISH = (
    "spec",
    "spec_hash",
    "cpu_millis",
    "memory_bytes",
    "restart",
    "priority",
    "image_digest",
    "image_id",
    "image_architecture",
    "revision_id",
    "round",
)
_HELD_STOP = ("stop_at", "stop_by")  # an operator's; a replacement's has been fulfilled


@dataclass(frozen=True, slots=True)
class Template:
    """What a service wants of a new attempt: the columns that its revision gives it."""

    columns: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NewSlot:
    """A stand-alone container as an action asks for it; `spec` is canonical, requests are its own."""

    project_id: int
    name: str
    spec: dict[str, Any]
    spec_hash: str
    cpu_millis: int
    memory_bytes: int
    restart: str
    priority: int = 0


def add_first(asked: NewSlot, *, actor: str) -> Container:
    """Insert the first attempt, pending; its id is the slot's id. A name that is in use is a 409."""
    slot_id = uuid4()
    try:
        with transaction.atomic():
            container = Container.objects.create(
                id=slot_id,
                slot_id=slot_id,
                project_id=asked.project_id,
                name=asked.name,
                spec=asked.spec,
                spec_hash=asked.spec_hash,
                cpu_millis=asked.cpu_millis,
                memory_bytes=asked.memory_bytes,
                restart=asked.restart,
                priority=asked.priority,
                reason="new",
                message="waits for the scheduler",
            )
            row = row_of(container)
            told = happening(row, "container.created", actor=actor, message=f"{asked.name} was asked for")
            tell([row], [told], pending=True)
    except IntegrityError as error:
        if "one_name_per_project" not in str(error):
            raise
        raise name_conflict(asked.name) from error
    return container


def name_in_use(project_id: int, name: str) -> bool:
    """Whether the constraint one_name_per_project would refuse this name now."""
    here = Container.objects.filter(project_id=project_id, name=name, is_successor=False)
    return here.filter(status__in=[one.value for one in OCCUPYING]).exists()


def name_conflict(name: str) -> Problem:
    message = f"{name!r} is in use in this project; choose another name, or remove that container first."
    return Problem(409, "name-taken", message, errors=[FieldProblem("/name", "name-taken", message)])


@once_more_on_deadlock
def add_next(
    previous_id: UUID,
    *,
    actor: str,
    message: str,
    not_before: datetime | None = None,
    by_operator: bool = False,
    template: Template | None = None,
    hold: Hold | None = None,
) -> UUID | None:
    """Insert the attempt after a final one, pending; None when another hand was first or it is no longer wanted.

    An operator may fill a slot again whose last attempt was stopped on purpose, a controller may not: but for that of
    a service (`template`), which says itself what its slots shall have.
    """
    if hold is not None:
        hold.fence()
    previous = Container.objects.select_for_update().filter(pk=previous_id, superseded=False).first()
    if previous is None or previous.status not in FINAL or previous.desired == Desired.REMOVE:
        return None
    if previous.desired != Desired.RUN and not (previous.restart_asked or by_operator or template):
        return None
    if previous.is_successor:
        return None
    try:
        with transaction.atomic():
            row = _insert(previous, message=message, not_before=not_before, template=template)
    except IntegrityError as error:  # the slot's name was taken meanwhile, or another hand inserted the same attempt
        if "one_name_per_project" in str(error):
            _say_name_taken(previous, actor=actor)
        return None
    told = happening(row, "container.created", actor=actor, message=message, data={"after": str(previous_id)})
    tell([row, row_of(previous)], [told], pending=True)
    return row.id


def _say_name_taken(previous: Container, *, actor: str) -> None:
    """Why nothing follows, on the row and as an event; once, however often it is tried."""
    words = f"it cannot start again while another container is named {previous.name}; remove that one, or this one"
    if previous.message.endswith(words):
        return
    write([{"id": previous.pk, "message": f"{previous.message}; {words}" if previous.message else words}])
    row = row_of(previous)
    tell([row], [happening(row, "container.name-taken", actor=actor, message=words)])


def _insert(previous: Container, *, message: str, not_before: datetime | None, template: Template | None) -> Row:
    Container.objects.filter(pk=previous.pk).update(superseded=True, restart_asked=False)
    held = _HELD_STOP if previous.service_id is None else ()
    return insert_after(
        previous,
        {name: getattr(previous, name) for name in held} | {"not_before": not_before, "message": message},
        template=template,
    )


def insert_after(previous: Container, values: Mapping[str, Any], *, template: Template | None) -> Row:
    """One more attempt of the slot, by the template or as the one before was."""
    wish = {name: getattr(previous, name) for name in _OF_THE_WISH} if template is None else template.columns
    container = Container.objects.create(
        **{name: getattr(previous, name) for name in _OF_THE_SLOT},
        **wish,
        attempt=next_number(previous.slot_id),
        reason="restart",
        **values,
    )
    return row_of(container)


def next_number(slot_id: UUID) -> int:
    """Attempts of a slot are counted on, also after it was removed and made again."""
    latest = Container.objects.filter(slot_id=slot_id).order_by("-attempt").values_list("attempt", flat=True).first()
    return (latest or 0) + 1


def row_of(container: Container) -> Row:
    return Row(
        id=container.id,
        name=container.name,
        project_id=container.project_id,
        slot_id=container.slot_id,
        attempt=container.attempt,
        status=Status(container.status),
        desired=container.desired,
        host_id=container.host_id,
        health=container.health,
        gone=container.gone_at is not None,
        cpu_millis=container.cpu_millis,
        memory_bytes=container.memory_bytes,
        service_id=container.service_id,
    )
