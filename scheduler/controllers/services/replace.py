"""The one budgeted replacement of what stands in the slots, whatever the cause: see UpdatePolicy for the limits. Pure.

First what is under way goes on: promote, stop the old one, give up a successor that is not wanted or failed. Then, as
far as the budget goes, new slots begin: those that do not serve anyway come first. Before: replicas. After: rollout.
"""

from typing import Final

from containers.states import FINAL, OCCUPYING, Health, Status
from scheduler.controllers.services.draft import Draft, is_kept, lives, position
from scheduler.controllers.services.rollout import first_batch_left
from scheduler.controllers.services.types import Attempt, Cause, Slot, Stop

ROOM_WAIT_S: Final = 10.0  # placement finds room within this, or there is none
STEPS_MAX: Final = 4  # of one slot in one plan: stop, promote or next, begin
RANK: Final[dict[Cause, int]] = {"asked": 0, "draining": 1, "unhealthy": 2, "outdated": 3}
WORDS: Final[dict[Cause, str]] = {
    "asked": "its replacement was asked for",
    "draining": "its host is drained",
    "unhealthy": "its health check says unhealthy",
    "outdated": "a newer revision is wanted",
}


def go_on(draft: Draft) -> None:
    """Bring what has begun further, in every slot."""
    for key in list(draft.slots):
        _go_on(draft, key)


def begin(draft: Draft) -> None:
    """Begin with as many slots as the budget allows."""
    if draft.surplus:
        return  # a scale-down ends first: what it stops must not be taken for a replacement
    left = first_batch_left(draft)
    for cause, key in _candidates(draft):
        slot = draft.slots[key]
        if not draft.may_begin(slot):
            continue
        if cause == "outdated" and left == 0:
            continue
        if _begin(draft, slot, cause):
            left = left - 1 if left is not None and cause == "outdated" else left
            _go_on(draft, key)


def cause_of(draft: Draft, one: Attempt) -> Cause | None:
    """Why an occupant should be replaced, the strongest reason first."""
    if one.host_draining and draft.seen.pinned and one.lives:
        return None  # its data is there, and nothing new may come there
    if one.replace_asked:
        return "asked"
    if one.host_draining and draft.seen.mode == "replicated" and one.lives and not one.nowhere:
        return "draining"
    if _is_unhealthy(draft, one):
        return "unhealthy"
    return "outdated" if draft.rolls and not draft.seen.is_current(one) else None


def _is_unhealthy(draft: Draft, one: Attempt) -> bool:
    if not one.host_ok or not one.lives:
        return False
    if one.status == Status.RUNNING and one.health == Health.UNHEALTHY:
        return not draft.is_old_news(one)
    rollout = draft.rollout
    counted = rollout is not None and draft.judges and one.id in rollout.failed_seen
    return counted and bool(draft.failing(one))


# --- going on


def _go_on(draft: Draft, key: str) -> None:
    for _ in range(STEPS_MAX):
        slot = draft.slots[key]
        if key in draft.surplus or not is_kept(slot) or not _one_step(draft, slot):
            return


def _one_step(draft: Draft, slot: Slot) -> bool:
    one, new = slot.occupant, slot.successor
    assert one is not None
    if new is None:
        return one.status in FINAL and _refill(draft, slot, one)
    if one.status in FINAL:
        draft.promote(slot, f"{draft.name(slot.key)}: the old container is over ({one.status})")
        return True
    if one.leaves or new.leaves:
        return False
    words = _why_abandoned(draft, slot, one, new)
    if words:
        return _abandon(draft, slot, new, words)
    return _swap(draft, slot, one, new)


def _refill(draft: Draft, slot: Slot, one: Attempt) -> bool:
    """The occupant was stopped to make way, or is lost and its restart rule does not say enough."""
    lost = one.status == Status.LOST and draft.seen.restart == "on-failure"
    if not (one.leaves or one.replace_asked or lost):
        return False  # it crashed: the restarts bring its next attempt, or the roll-out takes its turn
    if not draft.has_room_again():
        return False
    draft.add_next(slot, f"{draft.name(slot.key)}: follows the one that is {one.status}")
    return True


def _why_abandoned(draft: Draft, slot: Slot, one: Attempt, new: Attempt) -> str:
    """Why a successor shall not go on, "" when it shall."""
    alike = (new.revision_id, new.round) == (one.revision_id, one.round)
    if not draft.seen.is_current(new) and (draft.rolls or not alike):
        return "another revision is wanted by now"
    failing = draft.failing(new)
    if failing:
        return failing
    if cause_of(draft, one) is None and not draft.is_proved(new):
        return "the old container may stay"
    return ""


def _abandon(draft: Draft, slot: Slot, new: Attempt, words: str) -> bool:
    if not draft.may_lose(new):
        return False
    delay_s = draft.seen.stop_delay_s if new.serves else 0.0
    why = f"new container of {draft.name(slot.key)} given up: {words}"
    draft.stop(slot, new, Stop(new.id, why, delay_s, "abandoned", needs_ready=draft.floor))
    return True


def _swap(draft: Draft, slot: Slot, one: Attempt, new: Attempt) -> bool:
    """Stop the old one: the new one is proved, or it waits for the room that the old one takes."""
    found = cause_of(draft, one)
    cause: Cause = found or "outdated"
    proved, waits = draft.is_proved(new), draft.waits_for_room(new, at_least_s=ROOM_WAIT_S)
    waits = waits and cause != "draining"  # its room is where nothing may be placed
    if not proved and not waits:
        return False
    words = WORDS[found] if found else "what called for a replacement has passed"
    why = f"{words}; {'its successor is ready' if proved else 'its successor waits for room'}"
    stop = draft.ending(one, why, cause)
    if not draft.may_lose(one):
        if not proved or not _others_lack_room(draft, slot):
            return False
        stop = Stop(one.id, why, stop.delay_s, cause, stop.intended, draft.ready - 1)
    draft.stop(slot, one, stop)
    return True


def _others_lack_room(draft: Draft, but: Slot) -> bool:
    """All that is missing elsewhere waits for room, which this old container may be holding: waiting helps nobody."""
    missing = [slot for slot in draft.slots.values() if is_kept(slot) and not any(row.serves for row in slot.rows)]
    rows = [slot.occupant for slot in missing if slot.key != but.key]
    return bool(rows) and all(one is not None and draft.waits_for_room(one, at_least_s=ROOM_WAIT_S) for one in rows)


# --- beginning


def _candidates(draft: Draft) -> list[tuple[Cause, str]]:
    """Slots to begin with, in order: what does not serve anyway, then by cause, then by index."""
    found: list[tuple[bool, int, tuple[int, str], Cause, str]] = []
    for key, slot in draft.slots.items():
        one = slot.occupant
        if one is None or not is_kept(slot) or one.leaves or lives(slot.successor):
            continue
        cause = cause_of(draft, one)
        if cause is not None:
            found.append((one.serves, RANK[cause], position(key), cause, key))
    return [(cause, key) for *_, cause, key in sorted(found)]


def _begin(draft: Draft, slot: Slot, cause: Cause) -> bool:
    """The first step of a slot: a successor beside, a stop, or the next attempt after one that is over."""
    one = slot.occupant
    assert one is not None
    name = draft.name(slot.key)
    if one.status in FINAL:
        if not draft.has_room_again():
            return False
        draft.add_next(slot, f"{name}: {WORDS[cause]}")
        return True
    if not one.host_ok and (draft.seen.strict or draft.seen.exclusive):
        return False  # nobody knows whether it still runs, and two of it must never be
    if _start_first(draft, one, cause):
        if draft.has_room(slots=max(draft.kept, draft.seen.desired_count)):
            draft.add_successor(slot, f"{name}: {WORDS[cause]}")
            return True
        if one.serves or not one.host_ok:
            return False
    if not draft.may_lose(one):
        return False
    draft.stop(slot, one, draft.ending(one, f"{WORDS[cause]}; its successor follows", cause))
    return True


def _start_first(draft: Draft, one: Attempt, cause: Cause) -> bool:
    """What never came up is not worth a second one beside it; what is unhealthy may still do some work."""
    if not draft.surge:
        return False
    if not one.host_ok:
        return one.status in OCCUPYING
    if one.status != Status.RUNNING or one.health == Health.STARTING:
        return False
    return draft.policy.order == "start-first" or cause == "unhealthy"
