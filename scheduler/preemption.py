"""What a pass does for those it has refused: others give way to what is more important, a host is kept for what waits.

Reads what that takes. Before: place() has found no host for them. After: binding writes the reasons with these words,
giving_way.py stops the victims and keeps the hosts.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from uuid import UUID

from django.conf import settings

from scheduler.occupants import is_any_below, read_bounds, read_crowd
from scheduler.placement import Group
from scheduler.placement.rooms import Rooms, Search, Waiter, after, with_a_chance
from scheduler.reading import query, repeatable_read
from scheduler.snapshot import Pending, Snapshot


def find(seen: Snapshot, groups: Sequence[Group], pending: Mapping[str, Pending]) -> Rooms:
    """Look for room for all that was refused, the most important first. Nothing is changed."""
    refused = list(_refused(groups, pending))
    if not refused:
        return Rooms()
    with repeatable_read():
        below = max(one.shape.priority for one in refused)
        aged = _aged(refused, seen)
        if not (aged or seen.fleet.claims or is_any_below(below)):
            return Rooms()
        crowd = read_crowd(seen.fleet, below=below)
        bounds = read_bounds({one.service for one in crowd.stay if one.service})
    return Search(after(groups, seen.fleet), crowd, bounds, aged_s=settings.PLACEMENT_AGED_S).run(refused, aged)


def _refused(groups: Sequence[Group], pending: Mapping[str, Pending]) -> Iterator[Waiter]:
    for group in groups:
        for verdict in group.verdicts:
            if verdict.host is None:
                waiting = pending[verdict.container]
                yield Waiter(waiting.id, waiting.project_id, group.request.shape)


def _aged(refused: Sequence[Waiter], seen: Snapshot) -> set[UUID]:
    """Those that have waited for so long that a host shall be kept for them, if any would do were it empty."""
    since = seen.now - timedelta(seconds=settings.PLACEMENT_AGED_S)
    sql = "SELECT id FROM containers_container WHERE id = ANY(%s) AND greatest(created_at, not_before) < %s"
    late = {row[0] for row in query(sql, [[one.id for one in refused], since])}
    return with_a_chance([one for one in refused if one.id in late], seen.fleet)
