"""Gives waiting containers their hosts: read, place, bind; every container that still waits has a reason afterwards.

Before: an action or a controller inserted a pending row. After: the agent of the chosen host.
"""

from collections.abc import Sequence

from django.db import transaction

from core.lib.clock import monotonic_s
from scheduler import binding, snapshot
from scheduler.placement import Fleet, Group, Request, merge, place
from scheduler.snapshot import Pending, Snapshot
from scheduler.trouble import Trouble
from scheduler.turn import Done, Turn

POISON = "scheduler-error"


def turn(given: Turn) -> Done:
    """One placement pass."""
    seen = snapshot.read()
    if seen is None:
        return Done()
    if seen.wake_in_s is not None:
        given.wake_in(seen.wake_in_s)
    healthy = _without_poison(seen.pending, given)
    groups = plan(seen, healthy, given.trouble)
    outcome = binding.write(groups, {str(one.id): one for one in healthy}, hold=given.hold)
    if outcome.lost_races and outcome.bound:
        given.wake_in(0)  # somebody else changed something: with a fresh look there is progress
    return Done(outcome.bound + outcome.reasons, _words(outcome))


def plan(seen: Snapshot, pending: Sequence[Pending], trouble: Trouble) -> list[Group]:
    """Verdicts for all; a request that makes placement fail is set aside alone."""
    requests = merge((str(one.id), one.shape) for one in pending if one.shape is not None)
    try:
        return place(requests, seen.fleet)
    except Exception:
        return place([one for one in requests if _placeable(one, seen.fleet, trouble)], seen.fleet)


def _placeable(request: Request, fleet: Fleet, trouble: Trouble) -> bool:
    try:
        place([request], fleet)
    except Exception as error:
        for container in request.containers:
            trouble.failed(container, f"{type(error).__name__}: {error}", monotonic_s())
        return False
    return True


def _without_poison(pending: Sequence[Pending], given: Turn) -> list[Pending]:
    """Those that can be planned; the others get a reason that says what is wrong with them."""
    now_s = monotonic_s()
    bad = [one for one in pending if one.shape is None and not given.trouble.is_set_aside(str(one.id), now_s)]
    for one in bad:
        given.trouble.failed(str(one.id), one.error, now_s)
    news = {one.id: f"its spec cannot be read: {one.error}" for one in bad}
    news = {one.id: news[one.id] for one in bad if (one.reason, one.message) != (POISON, news[one.id])}
    if news:
        with transaction.atomic():
            given.hold.fence()
            still = binding.still_pending(news)
            binding.say({key: words for key, words in news.items() if key in still}, reason=POISON, hold=given.hold)
    return [one for one in pending if one.shape is not None and not given.trouble.is_set_aside(str(one.id), now_s)]


def _words(outcome: binding.Outcome) -> str:
    parts = []
    if outcome.bound:
        parts.append(f"{outcome.bound} bound")
    if outcome.lost_races:
        parts.append(f"{outcome.lost_races} taken by another hand")
    if outcome.reasons:
        parts.append(f"{outcome.reasons} wait with a new reason")
    return ", ".join(parts)
