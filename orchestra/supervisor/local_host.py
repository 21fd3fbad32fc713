"""Makes the engine of this machine a host: `local` the first time, the same host again by its marker.

Before: engine.py found the engine. After: an agent takes the host and leaves the marker on the engine.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from uuid import UUID

from containers.agent.observe import Cluster
from containers.agent.plan import owner
from containers.models import Container
from containers.states import Status
from core.accounts.models import cluster_id
from core.lib.problems import Problem
from hosts import actions
from hosts.engine import EngineAddress, TlsPair, open_engine
from hosts.engine.errors import EngineError
from hosts.models import Host
from orchestra.supervisor.engine import Found
from orchestra.supervisor.refusal import Refusal

ACTOR = "up"
NAME = "local"


def adopt(found: Found) -> str:
    """Register the engine unless it is a host already; what is worth saying. Raises Refusal."""
    try:
        return _adopt(found)
    except (EngineError, Problem) as error:
        raise Refusal(
            f"The engine at {found.url} cannot be made a host: {error}",
            way_out="correct DOCKER_HOST; or start without an engine (ARGS=--no-engine) and register it in the console",
        ) from error


def _adopt(found: Found) -> str:
    seen = _look(found)
    known = Host.objects.filter(marker=seen.marker).first() if seen.marker else None
    if known is not None:
        return _follow(known, found)
    there = Host.objects.filter(url=found.url).last()
    if there is not None and not _is_another(there, seen):
        return f"host {there.name}"
    name = next(name for name in _names() if not Host.objects.filter(name=name).exists())
    actions.register(name, url=found.url, tls=found.tls, actor=ACTOR, another_engine=there is not None)
    if there is not None:
        return f"ANOTHER engine than host {there.name}'s stands at {found.url} now; it is host {name} from now on"
    return f"{found.url} is host {name} from now on" + ("" if name == NAME else f" ({NAME} is another engine)")


def _follow(host: Host, found: Found) -> str:
    """The engine is known; it may have moved to another address."""
    if host.url == found.url:
        return f"host {host.name}"
    before = host.url
    actions.update(host, actions.Changes(url=found.url, tls=found.tls), actor=ACTOR)
    return f"host {host.name}, reached at {found.url} instead of {before} now"


@dataclass(frozen=True, slots=True)
class Seen:
    """What an engine says of itself: its marker, and the container rows it has something of."""

    marker: UUID | None
    containers: frozenset[UUID]


def _is_another(host: Host, seen: Seen) -> bool:
    """A marker that is nobody's, or none at all and not one of the containers that should run there."""
    if seen.marker is not None:
        return True
    running = set(Container.objects.filter(host=host, status=Status.RUNNING).values_list("pk", flat=True))
    return bool(running) and not running & seen.containers


def _look(found: Found) -> Seen:
    tls = None if found.tls is None else TlsPair(**found.tls)
    cluster = cluster_id()
    engine = open_engine(EngineAddress(found.url, tls), cluster=cluster)
    try:
        text = engine.read_marker()
        ours = map(owner, engine.list(labels=Cluster(cluster).filter))
        return Seen(UUID(text) if text else None, frozenset(key for key in ours if key is not None))
    finally:
        engine.close()


def _names() -> Iterator[str]:
    yield NAME
    yield from (f"{NAME}-{number}" for number in count(2))
