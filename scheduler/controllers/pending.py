"""Gives waiting containers their hosts: read, place, bind; every container that still waits has a reason afterwards.

Before: an action or a controller inserted a pending row. After: the agent of the chosen host.
"""

import logging
from collections.abc import Mapping, Sequence

from django.db import transaction

from core.lib.clock import monotonic_s
from scheduler import binding, giving_way, preemption, snapshot
from scheduler.placement import Fleet, Group, Request, merge, place
from scheduler.placement.place import no_sweep
from scheduler.placement.rooms import Rooms
from scheduler.snapshot import Pending, Snapshot
from scheduler.standing import Standing
from scheduler.threads import PLACING
from scheduler.trouble import NOT_THE_OBJECTS
from scheduler.turn import Done, Turn

log = logging.getLogger(__name__)

POISON = "scheduler-error"


class Placement:
    """The loop, with what it remembers of who stands where."""

    def __init__(self) -> None:
        self._standing = Standing()

    def turn(self, given: Turn) -> Done:
        with PLACING:
            return turn(given, self._standing)


def turn(given: Turn, standing: Standing | None = None) -> Done:
    """One placement pass."""
    with no_sweep():
        return _pass(given, standing)


def _pass(given: Turn, standing: Standing | None) -> Done:
    seen = snapshot.read(standing)
    if seen is None:
        return Done()
    if seen.wake_in_s is not None:
        given.wake_in(seen.wake_in_s)
    looked_at = seen.pending
    if aside := set(given.trouble.aside(monotonic_s())):
        looked_at = [one for one in seen.pending if one.key not in aside]
    groups, poison = plan(seen, looked_at)
    waiting = {one.key: one for one in looked_at}
    rooms = _rooms(seen, groups, waiting)
    outcome = binding.write(groups, waiting, hold=given.hold, trouble=given.trouble, notes=rooms.notes)
    gave_way = giving_way.apply(rooms, hold=given.hold)
    _show(poison, looked_at, given)
    if outcome.lost_races and outcome.bound:
        given.wake_in(0)  # somebody else changed something: with a fresh look there is progress
    return Done(outcome.bound + outcome.reasons + gave_way, _words(outcome, gave_way))


def _rooms(seen: Snapshot, groups: Sequence[Group], waiting: Mapping[str, Pending]) -> Rooms:
    """What can be done for those that were refused; a fault there holds up nobody who was placed."""
    try:
        return preemption.find(seen, groups, waiting)
    except NOT_THE_OBJECTS:
        raise
    except Exception:
        log.exception("no room was looked for in this pass")
        return Rooms()


def plan(seen: Snapshot, pending: Sequence[Pending]) -> tuple[list[Group], dict[str, str]]:
    """Verdicts for all that can be planned, and what is wrong with the others."""
    poison = {one.key: one.error for one in pending if one.shape is None}
    requests = merge(((one.key, one.shape) for one in pending if one.shape is not None), images=seen.fleet.images)
    try:
        return place(requests, seen.fleet), poison
    except Exception:
        log.exception("placement failed; each shape is tried alone")
    for request in requests:
        words = _why_not(request, seen.fleet)
        poison |= dict.fromkeys(request.containers, words) if words else {}
    return place([one for one in requests if one.containers[0] not in poison], seen.fleet), poison


def _why_not(request: Request, fleet: Fleet) -> str:
    try:
        place([request], fleet)
    except Exception as error:
        return f"placement fails on it: {type(error).__name__}: {error}"
    return ""


def _show(poison: Mapping[str, str], pending: Sequence[Pending], given: Turn) -> None:
    """Count what cannot be planned, and write the reason on its row."""
    news = {}
    for one in pending:
        words = poison.get(one.key)
        if words is not None:
            given.trouble.failed(one.key, words, monotonic_s())
            if (one.reason, one.message) != (POISON, words):
                news[one.id] = words
    if news:
        with transaction.atomic():
            given.hold.fence()
            still = binding.still_pending(news)
            binding.say({key: words for key, words in news.items() if key in still}, reason=POISON, hold=given.hold)


def _words(outcome: binding.Outcome, gave_way: int) -> str:
    parts = []
    if outcome.bound:
        parts.append(f"{outcome.bound} bound")
    if outcome.lost_races:
        parts.append(f"{outcome.lost_races} taken by another hand")
    if outcome.reasons:
        parts.append(f"{outcome.reasons} wait with a new reason")
    if gave_way:
        parts.append(f"{gave_way} give way to others")
    return ", ".join(parts)
