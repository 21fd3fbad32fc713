"""Where so many containers would go, before anybody asks for them: as placement deals them out on the fleet as it is.

What they are like is a spec, or that of a service that there is. Nothing is kept. Before: a view asks. After: forecast
places them, advice says what would let in those that are left.
"""

from collections.abc import Mapping
from typing import Any, Final

from django.utils import timezone

from containers.actions import read_spec
from containers.spec import ContainerSpec, SpecErrors, parse
from containers.spec.errors import below
from core.accounts.models import Project
from core.lib.problems import field_problem
from scheduler.advice import advice_about
from scheduler.forecast.more import Landing, landing
from scheduler.placement import Fleet, Shape
from scheduler.placement.remedies import Ask

MOST: Final = 10_000
MOST_ONE_BY_ONE: Final = 1_000  # of those whose devices or volumes are chosen for each
REFUSED_SHOWN: Final = 50
UNNAMED: Final = {"name": "simulated", "image": "simulated:1"}


def spec_of(given: Mapping[str, Any]) -> ContainerSpec:
    """A container's spec that needs neither a name nor an image; pointers begin with /container."""
    return read_spec({**UNNAMED, **given}, _parsed)


def _parsed(data: object) -> ContainerSpec:
    try:
        return parse(data)
    except SpecErrors as error:
        raise SpecErrors(below("/container", error.errors)) from error


def simulate(shape: Shape, fleet: Fleet, *, count: int, project: Project) -> dict[str, Any]:
    """See SimulatedSerializer."""
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
        "left": _left(shape, found, project) if found.left else None,
    }


def _left(shape: Shape, found: Landing, project: Project) -> dict[str, Any]:
    """Why the rest finds no host once the others are there, and what would let it in."""
    seen = found.refused or found.first
    return {
        "at": timezone.now(),
        "waiting": found.left,
        "hosts_total": len(found.after),
        **advice_about(shape, found.after, ask=Ask(found.left, project.name)),
        "text": seen.words,
        "refused": [one._asdict() for one in seen.refused[:REFUSED_SHOWN]],
    }
