"""An engine without a machine: in this process, deterministic, with knobs. Held to the real engine's test suite."""

from __future__ import annotations

from hosts.engine.fake.engine import FakeEngine
from hosts.engine.fake.fleet import FakeFleet, fleet, forget
from hosts.engine.fake.host import FakeHost, fake_host

__all__ = ["FakeEngine", "FakeFleet", "FakeHost", "fake_host", "fleet", "forget"]
