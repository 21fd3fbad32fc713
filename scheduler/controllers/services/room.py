"""What a drain leaves where it is: containers that would have to stop first, and that no other host takes.

Where the new one comes first, a drain waits for its room by itself; here it would lose what it cannot give elsewhere.
The operator reads the same at the drain (scheduler/drain.py). Before: read.py. After: plan.py.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from scheduler.controllers.services.types import Attempt, ServiceSeen, Slot
from scheduler.drain import nowhere


def with_stays(services: Sequence[ServiceSeen]) -> tuple[ServiceSeen, ...]:
    """The services, with `nowhere` filled in. Asks placement only where it matters."""
    asked: dict[int, list[UUID]] = {}
    for one in (one for service in services for one in _drained(service)):
        if one.host_id is not None:
            asked.setdefault(one.host_id, []).append(one.id)
    found = {key: why for host_id, ids in asked.items() for key, why in nowhere(host_id, ids).items()}
    return tuple(_marked(service, found) for service in services) if found else tuple(services)


def _drained(service: ServiceSeen) -> list[Attempt]:
    """Those on a draining host that would have to stop before another one starts."""
    beside = service.policy.order == "start-first" and service.policy.max_surge > 0 and not service.exclusive
    if beside or service.mode == "global" or service.pinned or service.removing:
        return []
    found = [slot.occupant for slot in service.slots.values() if slot.occupant is not None and slot.successor is None]
    return [one for one in found if one.host_draining and not one.leaves]


def _marked(service: ServiceSeen, words: Mapping[UUID, str]) -> ServiceSeen:
    return replace(service, slots={key: _marked_slot(slot, words) for key, slot in service.slots.items()})


def _marked_slot(slot: Slot, words: Mapping[UUID, str]) -> Slot:
    one = slot.occupant
    return slot if one is None or one.id not in words else replace(slot, occupant=replace(one, nowhere=words[one.id]))
