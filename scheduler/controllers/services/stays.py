"""Which containers of services a drain can only leave where they are, once it is known that no other host takes them.

Those that would have to stop before another one starts: elsewhere a drain waits for its room by itself. Pure. Before:
read.py or a forecast. After: placement was asked, and plan.py leaves the marked ones.
"""

from collections.abc import Mapping
from dataclasses import replace
from uuid import UUID

from scheduler.controllers.services.types import Attempt, ServiceSeen, Slot


def drained(service: ServiceSeen) -> list[Attempt]:
    """Those on a draining host that would have to stop before another one starts."""
    beside = service.policy.order == "start-first" and service.policy.max_surge > 0 and not service.exclusive
    if beside or service.mode == "global" or service.pinned or service.removing:
        return []
    found = [slot.occupant for slot in service.slots.values() if slot.occupant is not None and slot.successor is None]
    return [one for one in found if one.host_draining and not one.leaves]


def marked(service: ServiceSeen, words: Mapping[UUID, str]) -> ServiceSeen:
    """The service, with `nowhere` filled in."""
    return replace(service, slots={key: _marked_slot(slot, words) for key, slot in service.slots.items()})


def _marked_slot(slot: Slot, words: Mapping[UUID, str]) -> Slot:
    one = slot.occupant
    return slot if one is None or one.id not in words else replace(slot, occupant=replace(one, nowhere=words[one.id]))
