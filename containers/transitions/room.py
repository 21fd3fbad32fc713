"""Making room for one that is more important: others give way, and the host is kept for the one that waits.

Before: scheduler.giving_way has chosen them, within the bounds of their services. After: their agent stops them; what
shall run on waits for room of its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db import connection

from containers.reasons import Reason
from containers.states import ON_ENGINE, Desired, Status
from containers.transitions.wishes import hold_stop, want
from containers.transitions.write import happening, lock, once_more_on_deadlock, tell, write


@dataclass(frozen=True, slots=True)
class GivesWay:
    """`message` says for whom. `again`: it stands alone, and shall start again where there is room.

    `delay_s`: it leaves the endpoints at once, and is told to stop later.
    """

    id: UUID
    message: str
    again: bool = False
    delay_s: float = 0.0


@once_more_on_deadlock
def give_way(one: GivesWay, *, actor: str) -> bool:
    """Stop it, with the reason on its row; False when it was on its way out already."""
    row = lock([one.id]).get(one.id)
    if row is None or row.status not in ON_ENGINE or row.desired != Desired.RUN:
        return False
    if one.delay_s > 0 and row.status == Status.RUNNING:
        hold_stop(row.id, delay_s=one.delay_s, actor=actor, message=one.message)
    else:
        want(row.id, Desired.STOP, actor=actor, then_restart=one.again, message=one.message)
    write([{"id": row.id, "reason": Reason.PREEMPTED, "message": one.message}])
    return True


@once_more_on_deadlock
def nominate(hosts: Mapping[UUID, int | None], *, told: Mapping[UUID, str], actor: str) -> set[UUID]:
    """Keep these hosts for those that still wait, or none any more; `told`: what became of it, as an event."""
    rows = {key: row for key, row in lock(hosts).items() if row.status == Status.PENDING}
    with connection.cursor() as cursor:
        for key in sorted(rows):
            cursor.execute("UPDATE containers_container SET nominated_host_id = %s WHERE id = %s", [hosts[key], key])
    events = [
        happening(row, "container.room-made", actor=actor, message=told[key], data={"host_id": hosts[key]})
        for key, row in rows.items()
        if key in told
    ]
    if rows:
        tell(rows.values(), events)
    return set(rows)
