"""Throws away what nobody needs any more, a bounded number of rows a turn; keeps the days ahead of the cut tables.

What may go is written here in one place: how long each kind of row is kept.
"""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Protocol

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import OperationalError, connection, transaction
from django.db.models import QuerySet

from containers.models import Container
from containers.states import FINAL, Desired
from core.accounts.models import IdempotencyRecord, LoginThrottle
from core.accounts.throttle import FORGET_AFTER_S
from core.lib import partitions
from core.lib.lease import Hold
from hosts.models import Process
from scheduler.models import LoopRun, Plan
from scheduler.reading import query
from scheduler.trouble import all_or_each
from scheduler.turn import Done, Turn


class Job(Protocol):
    """One kind of clearing up; the number of rows (or tables) it changed."""

    __name__: str

    def __call__(self, now: datetime, *, hold: Hold) -> int: ...


log = logging.getLogger(__name__)

BATCH = 500
NEXT_BATCH_IN_S = 1.0
REMOVED_KEPT = timedelta(hours=1)
ATTEMPTS_KEPT = timedelta(days=7)
ATTEMPTS_PER_SLOT = 20
KEYS_KEPT = timedelta(hours=24)
PROCESSES_KEPT = timedelta(days=1)
RUNS_PER_LOOP = 200
EVENTS_KEPT = timedelta(days=90)
DECISIONS_KEPT = timedelta(days=30)
PLANS_KEPT = timedelta(days=3)


def kept() -> dict[str, timedelta]:
    """The tables that are cut into days, and how long a day is kept."""
    return {
        "events_event": EVENTS_KEPT,
        "scheduler_decision": DECISIONS_KEPT,
        "hosts_sample": timedelta(hours=settings.SAMPLE_KEEP_H),
    }


def turn(given: Turn) -> Done:
    """Every job alone: one that fails is noted and holds up no other. What is left of a full batch comes soon."""
    ((now,),) = query("SELECT now()")
    done: dict[str, int] = {}
    failed: list[OperationalError] = []
    for job in JOBS:
        try:
            done[job.__name__.replace("_", " ")] = _do(job, now, given)
        except OperationalError as error:  # a lock was waited for too long: the others may have theirs
            log.warning("%s: %s", job.__name__, str(error).strip())
            connection.close_if_unusable_or_obsolete()
            failed.append(error)
    if max(done.values(), default=0) >= BATCH:
        given.wake_in(NEXT_BATCH_IN_S)
    if failed:
        raise failed[0]
    return Done(sum(done.values()), ", ".join(f"{name}: {count}" for name, count in done.items() if count))


def _do(job: Job, now: datetime, given: Turn) -> int:
    work = partial(_run, now=now, hold=given.hold)
    return sum(all_or_each([job], work, key=lambda one: one.__name__, trouble=given.trouble))


def _run(jobs: Sequence[Job], *, now: datetime, hold: Hold) -> int:
    return sum(job(now, hold=hold) for job in jobs)


def days_of_tables(now: datetime, *, hold: Hold) -> int:
    """Make the partitions of the days ahead and drop those that are too old; how many."""
    changed = 0
    for table, keep in kept().items():
        with transaction.atomic():
            hold.fence()
            changed += len(partitions.ensure(table, now)) + len(partitions.drop_before(table, now - keep))
    return changed


def rows_without_a_day(now: datetime, *, hold: Hold) -> int:
    """Rows that are too old, of days on which no scheduler ran to make a partition for them."""
    deleted = 0
    for table, keep in kept().items():
        with transaction.atomic():
            hold.fence()
            deleted += partitions.clear_rest(table, now - keep, most=BATCH * 10)
    return deleted


def removed_containers(now: datetime, *, hold: Hold) -> int:
    """Attempts that were removed, and seen gone from their engine, a while ago."""
    return _delete(
        Container.objects.filter(
            desired=Desired.REMOVE, status__in=sorted(FINAL), gone_at__lt=now - REMOVED_KEPT
        ).order_by("gone_at"),
        hold=hold,
    )


def old_attempts(now: datetime, *, hold: Hold) -> int:
    """Superseded attempts that are long over, and those of slots that had very many."""
    surplus = query(
        "SELECT id FROM (SELECT id, gone_at, row_number() OVER (PARTITION BY slot_id ORDER BY attempt DESC) AS back"
        " FROM containers_container WHERE superseded) AS s WHERE gone_at IS NOT NULL AND (back > %s OR gone_at < %s)"
        " LIMIT %s",
        [ATTEMPTS_PER_SLOT, now - ATTEMPTS_KEPT, BATCH],
    )
    return _delete(Container.objects.filter(pk__in=[row[0] for row in surplus], superseded=True), hold=hold)


def old_keys(now: datetime, *, hold: Hold) -> int:
    return _delete(IdempotencyRecord.objects.filter(created_at__lt=now - KEYS_KEPT).order_by("created_at"), hold=hold)


def old_processes(now: datetime, *, hold: Hold) -> int:
    return _delete(Process.objects.filter(retired=True, started_at__lt=now - PROCESSES_KEPT), hold=hold)


def old_runs(now: datetime, *, hold: Hold) -> int:
    surplus = query(
        "SELECT id FROM (SELECT id, row_number() OVER (PARTITION BY name ORDER BY id DESC) AS back"
        " FROM scheduler_looprun) AS runs WHERE back > %s LIMIT %s",
        [RUNS_PER_LOOP, BATCH * 10],
    )
    return _delete(LoopRun.objects.filter(pk__in=[row[0] for row in surplus]), hold=hold, batch=BATCH * 10)


def old_plans(now: datetime, *, hold: Hold) -> int:
    return _delete(Plan.objects.filter(created_at__lt=now - PLANS_KEPT).order_by("created_at"), hold=hold)


def old_sessions(now: datetime, *, hold: Hold) -> int:
    return _delete(Session.objects.filter(expire_date__lt=now).order_by("expire_date"), hold=hold)


def old_tries(now: datetime, *, hold: Hold) -> int:
    """Failed logins that the throttle itself would forget."""
    forgotten = now - timedelta(seconds=FORGET_AFTER_S)
    rows = LoginThrottle.objects.filter(last_try_at__lt=forgotten, blocked_until__lt=now)
    return _delete(rows.order_by("last_try_at"), hold=hold)


JOBS: tuple[Job, ...] = (
    days_of_tables,
    rows_without_a_day,
    removed_containers,
    old_attempts,
    old_keys,
    old_processes,
    old_runs,
    old_plans,
    old_sessions,
    old_tries,
)


def _delete(rows: QuerySet[Any], *, hold: Hold, batch: int = 0) -> int:
    """Delete one batch under the lease; the next turn takes the next."""
    with transaction.atomic():
        hold.fence()
        keys = list(rows.values_list("pk", flat=True)[: batch or BATCH])
        if keys:
            rows.model._default_manager.filter(pk__in=keys).delete()
    return len(keys)
