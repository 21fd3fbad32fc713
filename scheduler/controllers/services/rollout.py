"""The verdict on a roll-out: what failed, what is proved, whether it goes on, holds, pauses, goes back, is done. Pure.

Each attempt counts once, as failed or as proved. What waits for room has not failed. A roll-out is done only when every
slot has a current container that was ready for the whole window; else its last word says what it did not reach.
"""

from dataclasses import replace
from typing import Final

from containers.states import FINAL, Status
from scheduler.controllers.services.draft import Draft, is_kept, lives, position
from scheduler.controllers.services.types import (
    Attempt,
    CountFailure,
    MoveRollout,
    Note,
    Prove,
    RollBack,
    RolloutSeen,
    Slot,
)

DEED: Final = {"update": "replaced", "restart": "restarted", "roll-back": "rolled back"}
PLACED_ANEW: Final = ("", "new", "restart", "replace")  # reasons of a row that placement has not looked at
WORDS_MAX: Final = 200


def judge(draft: Draft) -> bool:
    """Count what happened, then say the verdict. True: the service goes back, and nothing else is planned now."""
    rollout = draft.rollout
    if rollout is None or not draft.judges:
        return False
    if rollout.status == "holding" and rollout.promoted:
        draft.judged(replace(rollout, status="running"), MoveRollout("running", "promoted: the rest follows"))
    last = ""
    for slot in [slot for slot in draft.slots.values() if is_kept(slot)]:
        for one in (*slot.rows, *slot.history):
            last = _count(draft, slot, one) or last
    rollout = draft.rollout
    assert rollout is not None
    if rollout.failures < draft.policy.failure_threshold:
        return False
    failed = "1 new container" if rollout.failures == 1 else f"{rollout.failures} new containers"
    return _give_up(draft, rollout, f"{failed} failed{f' ({last})' if last else ''}")


def _count(draft: Draft, slot: Slot, one: Attempt) -> str:
    """Words on a failure that is new, "" without one."""
    rollout = draft.rollout
    assert rollout is not None
    if not is_of_round(draft, one) or one.id in rollout.failed_seen:
        return ""
    words = _failed(draft, one)
    if words:
        words = f"{draft.name(slot.key)}: {words}"
        counted = replace(rollout, failures=rollout.failures + 1, failed_seen=rollout.failed_seen | {one.id})
        draft.judged(counted, CountFailure(one.id, words))
    elif not one.proved and draft.is_proved(one):
        draft.note_proved(slot, one, Prove(one.id, f"ready for {draft.policy.health_window_s} s"))
    return words


def is_of_round(draft: Draft, one: Attempt) -> bool:
    """Whether this roll-out made it, or the restart of one that it made."""
    rollout = draft.rollout
    return rollout is not None and one.revision_id == rollout.revision_id and one.round >= rollout.number


def _failed(draft: Draft, one: Attempt) -> str:
    if one.lives:
        return draft.failing(one)
    ended_badly = one.status == Status.FAILED or (one.status == Status.EXITED and draft.seen.restart != "none")
    if one.leaves or not ended_badly:
        return ""
    return one.message[:WORDS_MAX] or ("it failed" if one.status == Status.FAILED else "it ended by itself")


def _give_up(draft: Draft, rollout: RolloutSeen, words: str) -> bool:
    """The policy's answer to a failed roll-out. A roll-back that fails has nothing to go back to."""
    back_to = rollout.from_revision_id
    known = back_to not in (None, rollout.revision_id) and rollout.kind == "update"
    if draft.policy.on_failure == "roll-back" and known and back_to is not None:
        draft.say(RollBack(back_to, f"{words}; the revision before is wanted again"))
        return True
    if rollout.kind == "roll-back":
        why = f"{words}; there is nothing to go back to: update the service or restart it"
        draft.judged(replace(rollout, status="failed"), MoveRollout("failed", why))
        return False
    why = f"{words}; paused: resume it, go back or update the service"
    draft.judged(replace(rollout, status="paused"), MoveRollout("paused", why))
    return False


# --- the canary


def first_batch_left(draft: Draft) -> int | None:
    """How many more slots may move before a person promotes; None: no such limit."""
    if not _holds(draft):
        return None
    moved = sum(_has_moved(draft, slot) for slot in draft.slots.values())
    return max(0, draft.policy.batch - moved)


def _holds(draft: Draft) -> bool:
    rollout = draft.rollout
    if rollout is None or rollout.promoted or rollout.kind == "roll-back":
        return False
    return draft.policy.hold_after_first


def _has_moved(draft: Draft, slot: Slot) -> bool:
    """It has a container of this roll-out, or was stopped to get one."""
    one = slot.occupant
    if one is None or not is_kept(slot):
        return False
    return one.leaves or any(is_of_round(draft, row) for row in slot.rows)


# --- progress


def conclude(draft: Draft) -> None:
    """Done, holding, stuck or waiting: one word at most, and only where it is news."""
    rollout = draft.rollout
    if rollout is None or rollout.status not in ("running", "holding", "paused"):
        return
    slots = [slot for slot in draft.slots.values() if is_kept(slot)]
    wanted = draft.seen.desired_count
    done = [slot.key for slot in slots if is_done(draft, slot)]
    if len(done) == len(slots) == wanted:
        _say_done(draft, rollout, wanted)
    elif draft.rolls and not _stuck(draft, rollout, slots) and not _hold(draft, rollout, slots):
        _note(draft, rollout, f"{len(done)} of {wanted} {DEED[rollout.kind]}")


def is_done(draft: Draft, slot: Slot) -> bool:
    """A current container, alone, ready for the whole window until now."""
    one = slot.occupant
    if one is None or lives(slot.successor) or one.leaves or not draft.seen.is_current(one):
        return False
    return draft.is_proved(one) or draft.ended_well(one)


def _say_done(draft: Draft, rollout: RolloutSeen, wanted: int) -> None:
    failed = f"; {rollout.failures} failed on the way" if rollout.failures else ""
    why = f"all {wanted} {DEED[rollout.kind]} and ready{failed}" if wanted else "the service has no replicas"
    draft.judged(replace(rollout, status="done"), MoveRollout("done", why))


def _stuck(draft: Draft, rollout: RolloutSeen, slots: list[Slot]) -> bool:
    """Nothing is under way, and what is missing will not come by itself."""
    left = [slot for slot in slots if not is_done(draft, slot)]
    if not left or len(slots) < draft.seen.desired_count or not all(_is_dead(draft, slot) for slot in left):
        return False
    names = ", ".join(draft.name(slot.key) for slot in left[:3])
    _give_up(draft, rollout, f"{names} ended, and the restart rule is {draft.seen.restart}")
    return True


def _is_dead(draft: Draft, slot: Slot) -> bool:
    one = slot.occupant
    if one is None or lives(slot.successor) or one.status not in FINAL or one.leaves:
        return False
    return draft.seen.is_current(one) and not draft.returns(one)


def _hold(draft: Draft, rollout: RolloutSeen, slots: list[Slot]) -> bool:
    """Whether the first batch is through, and a person has the word."""
    moved = [slot for slot in slots if _has_moved(draft, slot)]
    if not _holds(draft) or len(moved) < draft.policy.batch or not all(is_done(draft, slot) for slot in moved):
        return False
    why = f"{len(moved)} of {len(slots)} {DEED[rollout.kind]} and ready: holding until it is promoted"
    draft.judged(replace(rollout, status="holding"), MoveRollout("holding", why))
    return True


def _note(draft: Draft, rollout: RolloutSeen, so_far: str) -> None:
    slots = sorted(draft.slots.values(), key=lambda slot: position(slot.key))
    waiting = next((words for slot in slots if (words := _waits(draft, slot))), "")
    text = f"{so_far}; waits for {waiting}" if waiting else so_far
    if text != rollout.message:
        draft.judged(replace(rollout, message=text), Note(text))


def _waits(draft: Draft, slot: Slot) -> str:
    if not is_kept(slot) or is_done(draft, slot):
        return ""
    words = _why_waits(draft, slot)
    return f"{draft.name(slot.key)}: {words}" if words else ""


def _why_waits(draft: Draft, slot: Slot) -> str:
    """Words without times, so that they change only when something has changed."""
    one, new = slot.occupant, slot.successor
    if one is None:
        return ""
    if new is None and draft.seen.is_current(one):
        return _why_not_ready(draft, one)
    if one.leaves:
        return "the old container ends" if one.host_ok else "its host does not answer"
    if new is not None:
        return _why_not_ready(draft, new) or _floor_words(draft)
    if one.host_draining and draft.seen.pinned:
        return "its data is on a host that is drained"
    return "" if one.host_ok else "its host does not answer"


def _why_not_ready(draft: Draft, one: Attempt) -> str:
    if one.leaves:
        return "it ends"
    if not one.lives:
        return "it has ended" if not draft.returns(one) else "it failed and starts again"
    if not one.host_ok:
        return "its host does not answer"
    if one.status == Status.PENDING:
        return "no host yet" if one.reason in PLACED_ANEW else one.message[:WORDS_MAX] or "no host fits"
    if not one.serves:
        return "not ready yet"
    if draft.is_proved(one):
        return ""
    if draft.is_overlooked(one):
        return "its agent has not seen it run since its health window ended; look at its host"
    return f"it must be ready for {draft.policy.health_window_s} s"


def _floor_words(draft: Draft) -> str:
    return f"{draft.ready} are ready now, and {draft.floor} must stay ready when the old one stops"
