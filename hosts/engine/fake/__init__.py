"""An engine without a machine, deterministic, with knobs. Held to the real engine's test suite.

Its hosts live in this process, or in one that serves them to all processes of a simulated installation.
"""

from __future__ import annotations

import os

from hosts.engine.fake.engine import FakeEngine
from hosts.engine.fake.far import FarEngine
from hosts.engine.fake.fleet import FakeFleet, fleet, forget
from hosts.engine.fake.host import FakeHost, fake_host
from hosts.engine.fake.wire import SOCKET_VARIABLE
from hosts.engine.types import EngineAddress

__all__ = ["FakeEngine", "FakeFleet", "FakeHost", "FarEngine", "fake_host", "fleet", "forget", "open_fake"]


def open_fake(address: EngineAddress, *, cluster: str, deadline_s: float) -> FakeEngine | FarEngine:
    """The host of this process behind a fake:// URL, or the served one where ORCHESTRA_FAKE_SOCKET names a fleet."""
    socket = os.environ.get(SOCKET_VARIABLE)
    if socket:
        return FarEngine(address, socket=socket, cluster=cluster, deadline_s=deadline_s)
    return FakeEngine(address, cluster=cluster, deadline_s=deadline_s)
