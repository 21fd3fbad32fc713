"""The daemon as a process: it leads, places at once, is replaced when it ends or freezes, and never overcommits."""

import signal
import threading
import uuid

import pytest
from django.db import connection, connections

from containers.models import Container
from core.lib.lease import Hold, HoldLost
from hosts.models import HostBooking, Process
from scheduler.controllers import pending
from scheduler.models import Decision, LoopRun, SchedulerLease
from tests.conftest import Spawn
from tests.scheduler.lease import given, take_lease
from tests.scheduler.processes import eventually, scheduler
from tests.scheduler.rows import GIB, MIB, container, host

pytestmark = pytest.mark.django_db(transaction=True)

START_S = 20.0  # of a Python process on a busy machine
TAKE_OVER_S = 4.0


def leader() -> uuid.UUID | None:
    lease = SchedulerLease.objects.filter(name="scheduler").first()
    return lease.holder if lease else None


def leads(pid: int) -> bool:
    holder = leader()
    return holder is not None and Process.objects.filter(pk=holder, retired=False, name__endswith=f":{pid}").exists()


def bound(row: Container) -> bool:
    return Container.objects.filter(pk=row.pk, status="bound").exists()


def test_it_leads_places_at_once_and_says_how_its_loops_ran(spawn: Spawn) -> None:
    host("h1")
    process = scheduler(spawn)
    eventually(lambda: leads(process.pid), START_S, "a leader")
    row = container()
    took_s = eventually(lambda: bound(row), 5, "placed")
    assert took_s < 0.9, "it waited for its timer instead of the hint"
    eventually(lambda: LoopRun.objects.filter(name="placement", changes=1, result="ok").exists(), 5, "its run")
    names = {"placement", "restarts", "services", "drains", "host-health", "held-stops", "rebalance", "reaper"}
    eventually(lambda: {run.name for run in LoopRun.objects.all()} == names, 5, "a run of every loop")
    process.send_signal(signal.SIGTERM)
    assert process.wait(10) == 0
    assert Process.objects.filter(pk__in=[leader()], retired=True).exists()


def test_a_graceful_end_hands_over_at_once_and_a_freeze_within_the_limit(spawn: Spawn) -> None:
    host("h1", cpu=64_000, memory=64 * GIB)
    first = scheduler(spawn)
    eventually(lambda: leads(first.pid), START_S, "a leader")
    second, third = scheduler(spawn), scheduler(spawn)
    eventually(lambda: Process.objects.filter(role="scheduler", retired=False).count() == 3, START_S, "two stand by")
    first.send_signal(signal.SIGTERM)
    assert first.wait(10) == 0
    eventually(lambda: leads(second.pid) or leads(third.pid), 1.5, "the lease handed over")
    frozen, other = (second, third) if leads(second.pid) else (third, second)
    epoch = SchedulerLease.objects.get().epoch
    frozen.send_signal(signal.SIGSTOP)
    try:
        took_s = eventually(lambda: leads(other.pid), TAKE_OVER_S + 2, "taken over from a frozen leader")
        assert took_s <= TAKE_OVER_S
        row = container("after-the-freeze")
        eventually(lambda: bound(row), 5, "placed by the new leader")
    finally:
        frozen.send_signal(signal.SIGCONT)
    eventually(
        lambda: Process.objects.filter(retired=False, name__endswith=f":{frozen.pid}").exists(), 10, "it is back"
    )
    assert leads(other.pid)
    assert SchedulerLease.objects.get().epoch == epoch + 1
    assert frozen.poll() is None


def test_it_waits_for_the_database_instead_of_crashing(spawn: Spawn) -> None:
    nowhere = "postgres://nobody@/nothing?host=/nonexistent"
    process = spawn("manage.py", "scheduler", DATABASE_URL=nowhere, DJANGO_SETTINGS_MODULE="orchestra.settings")
    assert process.stderr is not None
    for line in process.stderr:
        if "does not answer" in line:
            break
    assert process.poll() is None
    process.send_signal(signal.SIGTERM)
    assert process.wait(15) == 0


def in_threads(count: int, work: object) -> list[BaseException]:
    """Run `work` in so many threads at once; what they raised."""
    gate, raised = threading.Barrier(count), list[BaseException]()

    def run() -> None:
        try:
            gate.wait()
            assert callable(work)
            work()
        except BaseException as error:
            raised.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return raised


def test_schedulers_that_race_under_one_lease_never_overcommit() -> None:
    """As if the lease had failed altogether: the booking alone keeps them apart."""
    for name in ("h1", "h2"):
        host(name, memory=500 * MIB)
    rows = [container(f"c{n}", resources={"memory": "100m"}) for n in range(14)]
    hold = take_lease()
    assert in_threads(4, lambda: pending.turn(given(hold))) == []
    pending.turn(given(hold))
    done = Container.objects.filter(status="bound")
    assert done.count() == 10
    assert {b.memory_bytes_reserved for b in HostBooking.objects.all()} == {500 * MIB}
    placed = [one[0] for decision in Decision.objects.filter(verdict="placed") for one in decision.members]
    assert sorted(placed) == sorted(str(row.pk) for row in done)
    assert all(row.message for row in Container.objects.filter(status="pending"))
    assert Container.objects.count() == len(rows)


def test_of_two_leases_only_the_newer_one_writes() -> None:
    host("h1", memory=500 * MIB)
    for n in range(5):
        container(f"c{n}", resources={"memory": "100m"})
    old = take_lease()
    new = Hold(old.table, old.key_column, old.key, old.epoch + 1)
    SchedulerLease.objects.update(epoch=new.epoch)
    raised = in_threads(2, lambda: pending.turn(given(old)))
    assert [type(error) for error in raised] == [HoldLost, HoldLost]
    assert Container.objects.filter(status="bound").count() == 0
    pending.turn(given(new))
    assert Container.objects.filter(status="bound").count() == 5


def test_a_write_under_way_is_finished_before_the_lease_passes_on() -> None:
    """The fence is a lock: who takes over waits for the old leader's open transaction, so none commits late."""
    from django.db import transaction

    hold = take_lease()
    fenced, passed = threading.Event(), threading.Event()

    def take_over() -> None:
        fenced.wait(5)
        SchedulerLease.objects.update(epoch=hold.epoch + 1)
        passed.set()

    def write() -> None:
        with transaction.atomic():
            hold.fence()
            fenced.set()
            assert not passed.wait(0.5)
        assert passed.wait(5)

    work = iter([take_over, write])
    lock = threading.Lock()

    def one() -> None:
        with lock:
            mine = next(work)
        mine()

    assert in_threads(2, one) == []
    connection.close()
