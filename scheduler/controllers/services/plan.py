"""Plans one service: the roll-out's verdict, its slots, the replacement in them, the roll-out's progress. Pure.

Before: read.py fills a ServiceSeen. After: apply.py does the changes in this order, each by compare-and-set; the first
that no longer fits ends the plan for this turn, because later ones may count on it.
"""

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final

from containers.states import Status
from scheduler.controllers.services.draft import Draft, Full, is_kept, lives
from scheduler.controllers.services.replace import ROOM_WAIT_S, begin, go_on
from scheduler.controllers.services.replicas import grow, remove_all, shrink
from scheduler.controllers.services.rollout import conclude, judge
from scheduler.controllers.services.types import Attempt, Planned, ServiceSeen

ROOM_LOOK_S: Final = 5.0  # no row of the service tells when another host has room


def plan_service(seen: ServiceSeen, now: datetime, *, jitter: float) -> Planned:
    """What to do about this service now. `now` is the database's; `jitter` from 0 to 1 spreads the back-off."""
    draft = Draft(seen, now, jitter=jitter)
    with suppress(Full):
        _plan(draft)
        _look_again(draft)
    return draft.planned()


def _plan(draft: Draft) -> None:
    if draft.seen.removing:
        remove_all(draft)
        return
    if judge(draft):
        return
    shrink(draft)
    go_on(draft)
    grow(draft)
    begin(draft)
    conclude(draft)


def _look_again(draft: Draft) -> None:
    """The next moment at which time alone changes something."""
    for slot in draft.slots.values():
        if not is_kept(slot):
            continue
        if slot.occupant is not None and slot.occupant.nowhere:
            draft.look_in(ROOM_LOOK_S)
        if lives(slot.successor) or draft.judges:
            for one in slot.rows:
                _look_at(draft, one)


def _look_at(draft: Draft, one: Attempt) -> None:
    if one.leaves or not one.lives:
        return
    policy = draft.policy
    if one.serves and one.ready_since is not None:
        ends_at = one.ready_since + timedelta(seconds=policy.health_window_s)
        if not draft.is_proved(one) and ends_at > draft.now:
            draft.look_at(ends_at)
        elif not draft.is_proved(one):
            draft.look_at_host_of(one)
    elif one.status != Status.PENDING:
        if not one.proved and not draft.failing(one):
            draft.look_at(one.coming_since + timedelta(seconds=policy.start_deadline_s))
    elif not draft.waits_for_room(one, at_least_s=ROOM_WAIT_S):
        draft.look_at(max(one.created_at, one.not_before or one.created_at) + timedelta(seconds=ROOM_WAIT_S))
