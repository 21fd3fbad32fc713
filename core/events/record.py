"""The one way to write an event, in the transaction of what it tells about.

Before: an action or a transition. After: the events list, the socket's event topic, the audit trail.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from core.events.models import Event, Level
from core.lib.notify import hint
from core.lib.requests import current_request_id


@dataclass(frozen=True, slots=True)
class Happening:
    """An event before it is a row; `object_id` is text, ids of rows that may be gone later."""

    kind: str
    actor: str
    object_kind: str
    object_id: str
    message: str = ""
    level: str = Level.INFO
    project_id: int | None = None
    host_id: int | None = None
    data: dict[str, Any] = field(default_factory=dict)


def record(happening: Happening) -> None:
    """Write one event and hint that there is one."""
    record_many([happening])
    hint(event=True)


def record_many(happenings: Iterable[Happening]) -> None:
    """Write events without a hint: the caller sends its own, with what else it changed."""
    request_id = current_request_id()
    Event.objects.bulk_create(
        [
            Event(
                kind=h.kind,
                actor=h.actor,
                object_kind=h.object_kind,
                object_id=h.object_id,
                message=h.message,
                level=h.level,
                project_id=h.project_id,
                host_id=h.host_id,
                data=h.data,
                request_id=request_id,
            )
            for h in happenings
        ]
    )
