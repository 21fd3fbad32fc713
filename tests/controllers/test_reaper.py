"""What the reaper throws away, and what it must never touch."""

from datetime import datetime, timedelta

import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from containers import transitions
from containers.models import Container, LogTail
from containers.states import Desired, Status
from core.accounts.models import IdempotencyRecord, LoginThrottle, User
from core.events.models import Event
from core.lib import partitions
from core.lib.lease import HoldLost
from hosts.models import Process
from scheduler.controllers import reaper
from scheduler.controllers.pending import turn as place
from scheduler.models import Decision, LoopRun
from tests.scheduler.lease import given, take_lease
from tests.scheduler.rows import container, host, walk

pytestmark = pytest.mark.django_db(transaction=True)

LONG_AGO = timezone.now() - timedelta(days=400)


def removed(name: str) -> Container:
    row = container(name)
    place(given())
    transitions.want(row.pk, Desired.REMOVE, actor="user:anna")
    walk(row, Status.STOPPING, Status.STOPPED)
    LogTail.objects.create(container=row, text="bye")
    return row


def test_removed_containers_go_after_an_hour_with_all_that_is_theirs() -> None:
    host("h1")
    old, fresh, still_there = removed("old"), removed("fresh"), removed("still-there")
    Container.objects.filter(pk=old.pk).update(gone_at=timezone.now() - timedelta(minutes=61))
    Container.objects.filter(pk=fresh.pk).update(gone_at=timezone.now())
    kept = container("kept")
    done = reaper.turn(given())
    assert "removed containers: 1" in done.message
    assert set(Container.objects.values_list("pk", flat=True)) == {fresh.pk, still_there.pk, kept.pk}
    assert LogTail.objects.count() == 2


def test_what_ended_and_was_not_removed_stays() -> None:
    host("h1")
    row = container()
    place(given())
    walk(row, Status.FAILED)
    Container.objects.update(gone_at=LONG_AGO)
    reaper.turn(given())
    assert Container.objects.filter(pk=row.pk).exists()


def test_the_days_of_the_cut_tables_are_made_and_dropped() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE scheduler_decision_20010101 PARTITION OF scheduler_decision FOR VALUES FROM (1) TO (2)"
        )
    reaper.turn(given())
    for table in reaper.kept():
        days = [name for name in partitions.names(table) if not name.endswith("_rest")]
        assert len(days) == 4
        assert f"{table}_{timezone.now():%Y%m%d}" in days
    assert reaper.turn(given()).changes == 0


def decision_at(at: datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO scheduler_decision (id, at, verdict) VALUES (%s, %s, 'placed') RETURNING id",
            [partitions.time_id(at), at],
        )
        return int(cursor.fetchone()[0])


def test_decisions_are_kept_thirty_days_and_then_go_with_their_day() -> None:
    now = timezone.now()
    days = {back: now - timedelta(days=back) for back in (0, 29, 31, 32, 400)}
    for back in (29, 31, 32):  # made when those days were ahead
        partitions.ensure("scheduler_decision", days[back], days_ahead=0)
    ids = {back: decision_at(at) for back, at in days.items()}  # of the oldest day no partition was ever made
    done = reaper.turn(given())
    assert set(Decision.objects.values_list("pk", flat=True)) == {ids[0], ids[29]}
    assert "rows without a day: 1" in done.message
    left = partitions.names("scheduler_decision")
    assert f"scheduler_decision_{days[29]:%Y%m%d}" in left
    assert not {f"scheduler_decision_{days[back]:%Y%m%d}" for back in (31, 32)} & set(left)


def test_old_runs_processes_and_keys_go() -> None:
    hold = take_lease()
    now = timezone.now()
    LoopRun.objects.bulk_create(
        LoopRun(name=name, started_at=now, took_ms=1, result="ok", next_at=now)
        for name in ("placement", "restarts")
        for _ in range(reaper.RUNS_PER_LOOP + 5)
    )
    Process.objects.create(id="00000000-0000-0000-0000-000000000001", role="agent", name="a", retired=True)
    Process.objects.update(started_at=LONG_AGO)
    user = User.objects.create_user("anna")
    for key, at in (("old", LONG_AGO), ("new", now)):
        IdempotencyRecord.objects.create(user=user, key=key, target="x", body_hash="x", created_at=at)
    reaper.turn(given(hold))
    assert LoopRun.objects.count() == 2 * reaper.RUNS_PER_LOOP
    assert [process.role for process in Process.objects.all()] == ["scheduler"]
    assert list(IdempotencyRecord.objects.values_list("key", flat=True)) == ["new"]


def test_one_job_that_fails_holds_up_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(now: object, *, hold: object) -> int:
        raise ZeroDivisionError("poison")

    monkeypatch.setattr(reaper, "JOBS", (broken, *reaper.JOBS))
    turn = given()
    reaper.turn(turn)
    assert partitions.names("scheduler_decision") != ["scheduler_decision_rest"]


def test_a_lock_that_is_waited_for_too_long_holds_up_no_other_job(monkeypatch: pytest.MonkeyPatch) -> None:
    def waits(now: object, *, hold: object) -> int:
        raise OperationalError("canceling statement due to lock timeout")

    monkeypatch.setattr(reaper, "JOBS", (waits, *reaper.JOBS))
    with pytest.raises(OperationalError):
        reaper.turn(given())
    assert partitions.names("scheduler_decision") != ["scheduler_decision_rest"]


def test_what_is_left_of_a_full_batch_comes_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reaper, "BATCH", 2)
    monkeypatch.setattr(reaper, "JOBS", (reaper.old_tries,))
    now = timezone.now()
    for key, at in (("a", LONG_AGO), ("b", LONG_AGO), ("c", LONG_AGO), ("fresh", now)):
        LoginThrottle.objects.create(key=key, failures=1, last_try_at=at, blocked_until=at)
    asked: list[float] = []
    turn = given(wake_in=asked.append)
    assert [reaper.turn(turn).changes for _ in range(3)] == [2, 1, 0]
    assert asked == [reaper.NEXT_BATCH_IN_S]
    assert LoginThrottle.objects.get().key == "fresh"


def test_a_stale_leader_makes_no_days() -> None:
    old = take_lease()
    take_lease()
    with pytest.raises(HoldLost):
        reaper.days_of_tables(timezone.now(), hold=old)


def test_a_stale_leader_deletes_nothing() -> None:
    old = take_lease()
    take_lease()
    host("h1")
    row = removed("old")
    Container.objects.filter(pk=row.pk).update(gone_at=LONG_AGO)
    with pytest.raises(HoldLost):
        reaper.turn(given(old))
    assert Container.objects.filter(pk=row.pk).exists()
    assert Event.objects.exists()
