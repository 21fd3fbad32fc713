"""Says when a host that is being drained has no container of a service any more.

The moving itself is the services loop's. Before: an admin said drain. After: whoever waits to work on the machine.
"""

from typing import Any

from django.db import transaction

from containers.states import ON_ENGINE
from core.events.models import Event
from core.events.record import Happening, record
from core.lib.notify import hint
from scheduler.reading import query
from scheduler.turn import Done, Turn

ACTOR = "scheduler"
DRAINING = (
    "SELECT h.id, h.name, count(c.id) FILTER (WHERE c.service_id IS NOT NULL), count(c.id)"
    " FROM hosts_host h LEFT JOIN containers_container c ON c.host_id = h.id AND c.status = ANY(%s)"
    " WHERE h.availability = 'draining' GROUP BY h.id ORDER BY h.id"
)


def turn(given: Turn) -> Done:
    """Look at every draining host; one that is empty is told once for each drain."""
    empty = [row for row in query(DRAINING, [sorted(ON_ENGINE)]) if row[2] == 0]
    told = sum(_tell(row, given) for row in empty)
    return Done(told, f"{told} hosts are drained" if told else "")


def _tell(row: tuple[Any, ...], given: Turn) -> bool:
    host, name, _, left = row
    of_host = Event.objects.filter(object_kind="host", object_id=str(host))
    latest = of_host.filter(kind__in=["host.draining", "host.drained"]).order_by("-id").values_list("kind", flat=True)
    if latest.first() != "host.draining":
        return False
    stay = f"; {left} that stand alone stay until somebody moves or removes them" if left else ""
    with transaction.atomic():
        given.hold.fence()
        record(
            Happening(
                kind="host.drained",
                actor=ACTOR,
                object_kind="host",
                object_id=str(host),
                host_id=host,
                message=f"{name} has no container of a service any more{stay}",
                data={"name": name, "left": left},
            )
        )
        hint(host=[host])
    return True
