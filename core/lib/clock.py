"""The two clocks of the house.

Leases and deadlines inside one process use `monotonic_s`; people and rows see UTC. Decisions use neither:
they take the snapshot's database time as an argument, and what they compare with it was written in `database_now`.
No time stamp of two machines is ever compared.
"""

import time
from datetime import UTC, datetime

from django.db import connection


def monotonic_s() -> float:
    """Seconds of this process's monotonic clock; only differences mean anything."""
    return time.monotonic()


def utc_now() -> datetime:
    """The wall clock of this machine, aware, in UTC."""
    return datetime.now(UTC)


def database_now() -> datetime:
    """The database's clock: when the present transaction began."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT now()")
        now: datetime = cursor.fetchone()[0]
    return now.astimezone(UTC)
