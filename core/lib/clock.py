"""The two clocks of the house.

Leases and deadlines inside one process use `monotonic_s`; people and rows see UTC. Decisions use neither:
they take the snapshot's database time as an argument. No time stamp of two machines is ever compared.
"""

import time
from datetime import UTC, datetime


def monotonic_s() -> float:
    """Seconds of this process's monotonic clock; only differences mean anything."""
    return time.monotonic()


def utc_now() -> datetime:
    """The wall clock of this machine, aware, in UTC."""
    return datetime.now(UTC)
