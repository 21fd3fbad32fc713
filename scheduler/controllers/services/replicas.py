"""Which slots of a service should exist: as many as asked for, or one on each host; none once it is removed. Pure.

Before: the roll-out was judged. After: what stands in the slots is replaced where it must be.
"""

from itertools import count, islice

from containers.states import Desired
from scheduler.controllers.services.draft import Draft, is_kept
from scheduler.controllers.services.types import Gone, Slot


def fill(draft: Draft) -> None:
    """Take away what is too much, then add what is missing, as far as the total may grow."""
    if draft.seen.removing:
        _remove_all(draft)
        return
    for slot, why in _surplus(draft):
        _remove(draft, slot, why)
        if is_kept(draft.slots[slot.key]):
            draft.surplus.add(slot.key)  # it leaves the endpoints first
    for key in _missing(draft):
        if not draft.has_room(slots=draft.kept):
            return  # others are on their way out: their end brings the next look
        draft.add_slot(key, _why_added(draft, key))


def _surplus(draft: Draft) -> list[tuple[Slot, str]]:
    kept = [slot for slot in draft.slots.values() if is_kept(slot)]
    if draft.seen.mode == "global":
        wanted = {str(host) for host in draft.seen.hosts}
        return [(slot, "its host should not have this service any more") for slot in kept if slot.key not in wanted]
    spare = max(0, len(kept) - draft.seen.replicas)
    why = f"scaled to {draft.seen.replicas}"
    return [(slot, why) for slot in sorted(kept, key=lambda slot: _worth(draft, slot))[:spare]]


def _worth(draft: Draft, slot: Slot) -> tuple[bool, bool, bool, int]:
    """Who goes first: what does not serve (of that, what ends anyway), then outdated ones, then the highest index."""
    one = slot.occupant
    assert one is not None
    serves = any(row.serves for row in slot.rows)
    stays = not one.leaves
    return (serves, stays, draft.seen.is_current(one), -int(slot.key))


def _missing(draft: Draft) -> list[str]:
    """The lowest free indexes, or the hosts that have none. A slot whose last container still ends is not free."""
    if draft.seen.mode == "global":
        return [key for key in map(str, draft.seen.hosts) if _is_free(draft, key)]
    free = (key for key in map(str, count(1)) if _is_free(draft, key))
    return list(islice(free, max(0, draft.seen.replicas - draft.kept)))


def _is_free(draft: Draft, key: str) -> bool:
    slot = draft.slots.get(key)
    return slot is None or not (is_kept(slot) or any(one.lives for one in slot.rows))


def _why_added(draft: Draft, key: str) -> str:
    if draft.seen.mode == "global":
        return "its host should have this service"
    return f"{draft.name(key)} is one of {draft.seen.replicas}"


def _remove_all(draft: Draft) -> None:
    for slot in list(draft.slots.values()):
        if slot.rows and any(one.desired != Desired.REMOVE for one in slot.rows):
            _remove(draft, slot, "the service is removed")
    if not any(one.lives for slot in draft.slots.values() for one in slot.rows):
        draft.say(Gone("the last container is gone"))


def _remove(draft: Draft, slot: Slot, why: str) -> None:
    """Those that serve leave the endpoints first; until their time has come, nothing more is asked."""
    rows = [one for one in slot.rows if one.lives]
    held = [one.stop_at for one in rows if one.stop_at is not None and one.desired == Desired.RUN]
    if held and all(one.leaves for one in rows):
        draft.look_at(max(held))
        return
    delay_s = draft.seen.stop_delay_s if any(one.serves for one in rows) else 0.0
    draft.remove_slot(slot, why, delay_s=delay_s)
