"""What a drain leaves where it is: containers that would have to stop first, and that no other host takes.

Where the new one comes first, a drain waits for its room by itself; here it would lose what it cannot give elsewhere.
The operator reads the same at the drain (scheduler/drain.py). Before: read.py. After: plan.py.
"""

from collections.abc import Sequence
from uuid import UUID

from scheduler.controllers.services.stays import drained, marked
from scheduler.controllers.services.types import ServiceSeen
from scheduler.drain import nowhere


def with_stays(services: Sequence[ServiceSeen]) -> tuple[ServiceSeen, ...]:
    """The services, with `nowhere` filled in. Asks placement only where it matters."""
    asked: dict[int, list[UUID]] = {}
    for one in (one for service in services for one in drained(service)):
        if one.host_id is not None:
            asked.setdefault(one.host_id, []).append(one.id)
    found = {key: why for host_id, ids in asked.items() for key, why in nowhere(host_id, ids).items()}
    return tuple(marked(service, found) for service in services) if found else tuple(services)
