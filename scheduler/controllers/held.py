"""Says the stops that were held for some seconds and not taken back.

Before: actions.stop with a delay wrote when, and who asked. After: the wish to stop, in that person's name.
"""

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction

from containers.states import Desired
from containers.transitions import want
from core.lib.clock import monotonic_s
from core.lib.lease import Hold
from scheduler.reading import query
from scheduler.trouble import all_or_each
from scheduler.turn import Done, Turn

BATCH = 200

Due = tuple[UUID, str]


def turn(given: Turn) -> Done:
    """Say what is due, and look again when the next one is."""
    waiting = query(
        "SELECT id, stop_by, extract(epoch FROM stop_at - now())::float FROM containers_container"
        " WHERE stop_at IS NOT NULL AND NOT superseded AND id <> ALL(%s::uuid[]) ORDER BY stop_at LIMIT %s",
        [given.trouble.aside(monotonic_s()), BATCH],
    )
    due = [(pk, asked_by) for pk, asked_by, wait_s in waiting if wait_s <= 0]
    later = [wait_s for _, _, wait_s in waiting if wait_s > 0]
    if later:
        given.wake_in(later[0])

    def work(batch: Sequence[Due]) -> int:
        return sum(_say(pk, asked_by, given.hold) for pk, asked_by in batch)

    said = sum(all_or_each(due, work, key=lambda one: str(one[0]), trouble=given.trouble))
    return Done(said, f"{said} held stops said" if said else "")


def _say(pk: UUID, asked_by: str, hold: Hold) -> bool:
    """False when it was taken back, or another attempt has followed, since we looked."""
    with transaction.atomic():
        hold.fence()
        still = query(
            "SELECT 1 FROM containers_container WHERE id = %s AND NOT superseded AND stop_at <= now() FOR UPDATE", [pk]
        )
        return bool(still) and want(pk, Desired.STOP, actor=asked_by)
