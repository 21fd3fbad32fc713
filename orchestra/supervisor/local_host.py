"""Makes the engine of this machine a host: `local` the first time, the same host again by its marker.

Before: engine.py found the engine. After: an agent takes the host and leaves the marker on the engine.
"""

from collections.abc import Iterator
from itertools import count
from uuid import UUID

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
    marker = _marker(found)
    known = Host.objects.filter(marker=marker).first() if marker else None
    if known is not None:
        return _follow(known, found)
    there = Host.objects.filter(url=found.url).first()
    if there is not None:
        return _same_address(there, marker)
    name = next(name for name in _names() if not Host.objects.filter(name=name).exists())
    actions.register(name, url=found.url, tls=found.tls, actor=ACTOR)
    return f"{found.url} is host {name} from now on" + ("" if name == NAME else f" ({NAME} is another engine)")


def _follow(host: Host, found: Found) -> str:
    """The engine is known; it may have moved to another address."""
    if host.url == found.url:
        return f"host {host.name}"
    before = host.url
    actions.update(host, actions.Changes(url=found.url, tls=found.tls), actor=ACTOR)
    return f"host {host.name}, reached at {found.url} instead of {before} now"


def _same_address(host: Host, marker: UUID | None) -> str:
    if marker is None:
        return f"host {host.name}"  # not marked yet, or its marker was lost: its agent judges
    return f"host {host.name}, BUT another engine stands at its address now; its agent will not touch it"


def _marker(found: Found) -> UUID | None:
    tls = None if found.tls is None else TlsPair(**found.tls)
    engine = open_engine(EngineAddress(found.url, tls), cluster=cluster_id())
    try:
        text = engine.read_marker()
    finally:
        engine.close()
    return UUID(text) if text else None


def _names() -> Iterator[str]:
    yield NAME
    yield from (f"{NAME}-{number}" for number in count(2))
