"""Where so many containers would go, before anybody asks for them: as placement deals them out on the fleet as it is.

What they are like is a spec, or that of a service that there is. Nothing is kept. Before: a view asks. After: forecast
places them, advice says what would let in those that are left.
"""

from collections.abc import Mapping, Set
from typing import Any, Final
from uuid import UUID

from django.utils import timezone

from containers.actions import read_spec
from containers.spec import ContainerSpec, SpecErrors, parse
from containers.spec.errors import below
from core.accounts.models import Project
from core.lib.problems import field_problem
from scheduler.advice import advice_about
from scheduler.forecast.more import Landing, landing
from scheduler.occupants import is_any_below, read_bounds, read_crowd
from scheduler.placement import Fleet, Shape
from scheduler.placement.occupants import Occupant
from scheduler.placement.remedies import Ask
from scheduler.placement.rooms import MADE_AT_A_TIME, Search, Waiter, Way, Who
from scheduler.reading import newest

MOST: Final = 10_000
MOST_ONE_BY_ONE: Final = 1_000  # of those whose devices or volumes are chosen for each
REFUSED_SHOWN: Final = 50
FOREIGN: Final = "one of another project"
UNNAMED: Final = {"name": "simulated", "image": "simulated:1"}


def spec_of(given: Mapping[str, Any]) -> ContainerSpec:
    """A container's spec that needs neither a name nor an image; pointers begin with /container."""
    return read_spec({**UNNAMED, **given}, _parsed)


def _parsed(data: object) -> ContainerSpec:
    try:
        return parse(data)
    except SpecErrors as error:
        raise SpecErrors(below("/container", error.errors)) from error


def simulate(shape: Shape, fleet: Fleet, *, count: int, project: Project, seen: Set[int]) -> dict[str, Any]:
    """See SimulatedSerializer. `seen`: the projects whose containers may be named."""
    if count > MOST_ONE_BY_ONE and (shape.gpus is not None or shape.volumes):
        words = f"with GPUs or volumes at most {MOST_ONE_BY_ONE} are tried, since each is placed by itself"
        raise field_problem("/count", "limit", words)
    found = landing(shape, fleet, count)
    hosts = sorted(found.hosts.items(), key=lambda one: (-one[1], one[0]))
    return {
        "at": timezone.now(),
        "policy": shape.policy.name,
        "containers": count,
        "placed": count - found.left,
        "hosts": [{"host": host, "containers": here} for host, here in hosts],
        "hosts_total": len(fleet),
        "funnel": [step._asdict() for step in found.first.funnel],
        "left": _left(shape, found, project=project, seen=seen) if found.left else None,
    }


def _left(shape: Shape, found: Landing, *, project: Project, seen: Set[int]) -> dict[str, Any]:
    """Why the rest finds no host once the others are there, who would give way to it, and what would let it in."""
    told = found.refused or found.first
    return {
        "at": timezone.now(),
        "waiting": found.left,
        "hosts_total": len(found.after),
        **advice_about(shape, found.after, ask=Ask(found.left, project.name)),
        "text": told.words,
        "refused": [one._asdict() for one in told.refused[:REFUSED_SHOWN]],
        "gives_way": _gives_way(shape, found, project=project, seen=seen),
    }


def _gives_way(shape: Shape, found: Landing, *, project: Project, seen: Set[int]) -> dict[str, Any] | None:
    """Who would stop for those that are left, as a pass would choose them; None: nobody is less important."""
    with newest():
        if not is_any_below(shape.priority):
            return None
        crowd = read_crowd(found.after, below=shape.priority)
        bounds = read_bounds({one.service for one in crowd.stay if one.service})
    tried = min(found.left, MADE_AT_A_TIME)
    waiting = [Waiter(UUID(int=number), project.pk, shape) for number in range(tried)]
    rooms = Search(found.after, crowd, bounds, aged_s=0).run(waiting, set())
    stops = [_stops(one, way, rooms.who[one.container], seen) for way in rooms.ways for one in way.victims]
    why = next(iter(rooms.notes[str(one.id)] for one in waiting[len(rooms.ways) :] if str(one.id) in rooms.notes), "")
    return {"placed": len(rooms.ways), "is_least": len(rooms.ways) == tried < found.left, "stops": stops, "why": why}


def _stops(one: Occupant, way: Way, who: Who, seen: Set[int]) -> dict[str, Any]:
    name = who.name if who.project_id in seen else FOREIGN
    return {"container": name, "host": way.host, "priority": one.priority}
