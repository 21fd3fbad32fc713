"""A lease that a test holds, as a leader would."""

import uuid
from collections.abc import Callable

from core.lib.lease import Hold
from hosts.models import Process
from scheduler.models import SchedulerLease
from scheduler.trouble import Trouble
from scheduler.turn import Turn


def take_lease() -> Hold:
    """A new leader: everybody else's hold is over."""
    process = Process.objects.create(id=uuid.uuid4(), role="scheduler", name="test")
    lease, _ = SchedulerLease.objects.get_or_create(name="scheduler")
    SchedulerLease.objects.filter(pk=lease.pk).update(holder=process.pk, epoch=lease.epoch + 1)
    return Hold(SchedulerLease._meta.db_table, "name", "scheduler", lease.epoch + 1)


def given(hold: Hold | None = None, *, wake_in: Callable[[float], None] = lambda seconds: None) -> Turn:
    return Turn(hold or take_lease(), wake_in, Trouble())
