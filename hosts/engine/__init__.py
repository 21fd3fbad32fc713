"""The client of a host's engine: one protocol, two bodies, one door."""

from __future__ import annotations

from urllib.parse import urlsplit

from hosts.engine.base import Engine
from hosts.engine.errors import Invalid
from hosts.engine.types import EngineAddress, TlsPair

__all__ = ["Engine", "EngineAddress", "TlsPair", "open_engine"]


def open_engine(address: EngineAddress, *, cluster: str, deadline_s: float = 5.0, pool: int = 8) -> Engine:
    """Calls nothing yet: the first method does. Invalid when the URL is not one of unix://, tcp://, fake://."""
    scheme = urlsplit(address.url).scheme
    if scheme == "fake":
        from hosts.engine.fake import open_fake  # a fleet of fakes is only loaded where one is asked for

        return open_fake(address, cluster=cluster, deadline_s=deadline_s)
    if scheme in ("unix", "tcp"):
        from hosts.engine.docker import DockerEngine

        return DockerEngine(address, cluster=cluster, deadline_s=deadline_s, pool=pool)
    raise Invalid(f"{address.url!r} is no engine address: unix:///path, tcp://host:port")
