"""Room that was found for one that waits -> rows: the victims stop and say for whom, and the host is kept.

All or nothing for each that waits, within the bounds of the services as they are by now, asked once more under their
locks. Before: preemption.py has chosen. After: the agents stop them; the next pass places the one that waits.
"""

import logging
from collections.abc import Mapping
from uuid import UUID

from django.db import transaction

from containers.models import Container, Service
from containers.states import Desired, Status
from containers.transitions import GivesWay, give_way, nominate
from core.lib.lease import Hold
from scheduler.occupants import read_bounds
from scheduler.placement.occupants import Occupant
from scheduler.placement.rooms import Bound, Rooms, Way, Who, goodbye, told
from scheduler.trouble import NOT_THE_OBJECTS

log = logging.getLogger(__name__)

ACTOR = "scheduler"


class MovedOn(Exception):
    """Somebody stopped waiting, or a victim or its service is not as it was: nothing of this room is made."""


def apply(rooms: Rooms, *, hold: Hold) -> int:
    """How many gave way. What is not as it was any more is left for the next pass."""
    stopped = 0
    for way in rooms.ways:
        if way.victims or way.is_new:
            stopped += _try(way, rooms.who, hold=hold)
    if rooms.drops:
        with transaction.atomic():
            hold.fence()
            nominate(dict.fromkeys(rooms.drops), told={}, actor=ACTOR)
    return stopped


def _try(way: Way, who: Mapping[str, Who], *, hold: Hold) -> int:
    """A fault with one holds up nobody else."""
    try:
        with transaction.atomic():
            hold.fence()
            return _make(way, who)
    except MovedOn:
        return 0
    except NOT_THE_OBJECTS:
        raise
    except Exception:
        log.exception("no room was made for %s", way.waiting.id)
        return 0


def _make(way: Way, who: Mapping[str, Who]) -> int:
    services = sorted({one.service for one in way.victims if one.service})
    list(Service.objects.select_for_update().filter(pk__in=services).order_by("pk").values_list("pk"))
    bounds = read_bounds(services)
    ids = [way.waiting.id, *(UUID(one.container) for one in way.victims)]
    rows = {row.pk: row for row in Container.objects.select_for_update().filter(pk__in=ids).order_by("pk")}
    waiting = rows.get(way.waiting.id)
    if waiting is None or waiting.status != Status.PENDING or waiting.desired != Desired.RUN:
        raise MovedOn
    if any(sum(one.service == key for one in way.victims) > bounds[key].may_miss for key in services):
        raise MovedOn
    words = {waiting.pk: told(way, who)} if way.victims else {}
    nominate({waiting.pk: way.host_id}, told=words, actor=ACTOR)
    for one in way.victims:
        if not give_way(_goodbye(way, one, waiting.name, who[one.container], bounds), actor=ACTOR):
            raise MovedOn
    return len(way.victims)


def _goodbye(way: Way, one: Occupant, name: str, who: Who, bounds: Mapping[str, Bound]) -> GivesWay:
    """One that stands alone starts again if its restart rule says so."""
    delay_s = bounds[one.service].stop_delay_s if one.service else 0.0
    again = not one.service and who.restart != "none"
    return GivesWay(UUID(one.container), goodbye(way, one, name, who), again=again, delay_s=delay_s)
