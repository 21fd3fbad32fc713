"""What a host's worker does when its engine is another one, is silent, or answers in part."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.db.models.functions import Now
from django.test.utils import CaptureQueriesContext

from containers.agent import worker as worker_module
from containers.agent.apply import do
from containers.agent.plan import Do, Step, live_name
from containers.agent.worker import HostWorker
from containers.models import Container, Service
from containers.states import Status
from hosts.engine.errors import Deadline, EngineDown, EngineError, Refused
from hosts.engine.fake import FakeHost
from hosts.models import Host, HostBooking, Sample
from tests import rows, services
from tests.agent.conftest import IMAGE, Bench, until

WINDOW_S = 60


@pytest.fixture
def worker(bench: Bench, settings: pytest.FixtureRequest) -> Iterator[HostWorker]:
    """Of the bench's host; it has not begun."""
    settings.COMPARE_S = 0.2  # type: ignore[attr-defined]  # the fixture takes any setting
    made = HostWorker(bench.hands, on_lost=lambda: None)
    yield made
    made.stop(wait=True)


def marker(bench: Bench) -> str:
    return str(Host.objects.get(pk=bench.host.pk).conditions.get("marker", {}).get("status"))


def status(container: Container) -> str:
    return Container.objects.get(pk=container.pk).status


def swap(fake: FakeHost, other: dict[str, dict[str, str]]) -> tuple[object, object]:
    """Another engine answers at the same address: nothing of ours on it, and these volumes."""
    with fake.turn:
        before = dict(fake.containers), dict(fake.volumes)
        fake.containers.clear()
        fake.volumes.clear()
        fake.volumes.update(other)
    return before


def swap_back(fake: FakeHost, before: tuple[object, object]) -> None:
    with fake.turn:
        fake.containers.update(before[0])  # type: ignore[call-overload]  # as swap gave it
        fake.volumes.clear()
        fake.volumes.update(before[1])  # type: ignore[call-overload]  # as swap gave it


def test_on_another_hosts_engine_nothing_is_done_until_it_is_ours_again(bench: Bench, worker: HostWorker) -> None:
    """An agent takes a host over whose address leads to another engine: none of its rows has vanished."""
    running = bench.do(Do.BRING_UP, bench.bound())
    bench.hands.engine.write_marker(str(uuid4()))
    foreign = dict(bench.fake.volumes)
    bench.hands.engine.write_marker(str(bench.host.marker))
    before = swap(bench.fake, foreign)
    worker.start()
    until(lambda: bench.fake.calls["read_marker"] >= 3)
    assert (status(running), marker(bench), bench.fake.calls["events"]) == (Status.RUNNING, "bad", 0)
    swap_back(bench.fake, before)
    until(lambda: marker(bench) == "ok" and bench.fake.calls["list"] > 0)
    assert status(running) == Status.RUNNING


def test_a_list_without_our_containers_is_not_believed_before_the_engine_says_who_it_is(
    bench: Bench, worker: HostWorker
) -> None:
    """The data root is lost, or the engine replaced, behind the same socket."""
    running = bench.do(Do.BRING_UP, bench.bound())
    worker._introduce()
    worker._compare()
    before = swap(bench.fake, {})
    worker._compare()
    worker.crew.dismiss(wait=True)
    assert (status(running), marker(bench)) == (Status.RUNNING, "bad")
    swap_back(bench.fake, before)
    worker._introduce()
    assert marker(bench) == "ok"


def test_the_engine_says_who_it_is_also_when_all_is_quiet(bench: Bench, worker: HostWorker) -> None:
    worker._introduce()
    bench.hands.engine.write_marker(str(uuid4()))
    worker._compare()
    assert marker(bench) == "ok"
    worker._identify_at_s = 0.0
    worker._compare()
    assert marker(bench) == "bad"


def test_what_is_bound_to_a_host_that_is_silent_from_the_first_is_given_up(bench: Bench, worker: HostWorker) -> None:
    """Its agent has begun, and never had a word of the engine."""
    waiting = long_ago(bench.bound())
    bench.fake.refuse()
    with pytest.raises(EngineDown):
        worker._introduce()
    until(lambda: status(waiting) == Status.FAILED)
    assert Container.objects.get(pk=waiting.pk).reason == "deadline"


def test_an_engine_that_pings_and_gives_no_list_keeps_nothing_for_ever(bench: Bench, worker: HostWorker) -> None:
    preparing, fresh = bench.bound(), bench.bound()
    for one in (preparing, fresh):
        rows.advance(one, Status.PREPARING)
    long_ago(preparing)
    bench.fake.fail("list", Deadline("no answer"))
    with pytest.raises(Deadline):
        worker._compare()
    until(lambda: status(preparing) == Status.FAILED)
    assert status(fresh) == Status.PREPARING


@pytest.mark.parametrize("error", [Deadline("no answer"), Refused("cgroup: file does not exist")])
def test_figures_that_fail_keep_the_facts_from_nothing(
    bench: Bench, worker: HostWorker, monkeypatch: pytest.MonkeyPatch, error: EngineError
) -> None:
    monkeypatch.setattr(worker_module, "FACTS_EVERY_S", 0.3)
    bench.do(Do.BRING_UP, bench.bound())
    bench.fake.fail("stats", error, times=1000)
    worker.start()
    until(lambda: bench.fake.calls["info"] >= 3)


def test_figures_of_a_new_container_need_no_look_at_the_rows(bench: Bench, worker: HostWorker) -> None:
    row = bench.bound()
    do(Step(Do.BRING_UP, row.pk, "a test says so"), worker.hands, bench.desk)
    figures = Sample.objects.filter(container_id=row.pk)
    with CaptureQueriesContext(connection) as asked:
        worker._measurer.fresh()  # a figure is the difference of two readings
    assert len(asked) == 0
    worker._measurer.fresh()
    assert figures.count() == 1
    worker._measurer.fresh()
    assert figures.count() == 1, "only until it has given its first figure"
    worker._introduce()
    worker._compare()
    worker._measurer.everything()
    assert figures.count() == 2
    assert rows.end(row, Status.FAILED)
    worker._compare()
    assert worker._measurer._running == frozenset()


def test_who_came_up_during_a_compare_is_not_forgotten_by_it(bench: Bench, worker: HostWorker) -> None:
    one, other = uuid4(), uuid4()
    worker._measurer.came_up(one)
    worker._measurer.came_up(other)
    worker._measurer.runs([], touched={one})
    assert worker._measurer._running == {one}


def test_words_that_stand_are_not_written_again_and_those_of_another_hand_are_put_right(
    bench: Bench, worker: HostWorker
) -> None:
    for _ in range(3):  # what is written first makes the row a newer one
        worker._introduce()
        worker._compare()
    with CaptureQueriesContext(connection) as asked:
        worker._compare()
        worker._machine.look(version=worker._version)
    assert asked.captured_queries
    assert [one["sql"] for one in asked if not one["sql"].startswith("SELECT") or " FOR " in one["sql"]] == []
    bad = {"status": "bad", "message": "of another hand", "since": "2026-01-01T00:00:00+00:00"}
    Host.objects.update(responsive="slow", conditions={"quarantine": bad})
    worker._compare()
    host = Host.objects.get()
    assert (host.responsive, host.conditions["quarantine"]["status"]) == ("ok", "ok")


def test_a_changed_reserve_is_reckoned_with_soon(bench: Bench, worker: HostWorker) -> None:
    for _ in range(3):
        worker._introduce()
        worker._compare()
    before = HostBooking.objects.get().memory_bytes_allocatable
    Host.objects.update(reserve_memory_bytes=before // 2)
    worker._compare()
    worker._machine.look(version=worker._version)
    assert HostBooking.objects.get().memory_bytes_allocatable < before


def test_a_services_container_is_seen_to_the_end_of_its_window_once(bench: Bench, worker: HostWorker) -> None:
    """Not while the window runs, not when its engine does not list it as running; then it costs no further write."""
    one = running_replica(bench, "1")
    dead = running_replica(bench, "2")
    worker._introduce()
    worker._compare()
    assert watched(one) is None
    long_ago(one)
    long_ago(dead)
    bench.hands.engine.kill(live_name(dead.pk))
    worker._compare()
    one.refresh_from_db()
    assert one.watched_until == one.status_since + timedelta(seconds=WINDOW_S)
    assert watched(dead) is None
    version = one.version
    worker._compare()
    one.refresh_from_db()
    assert one.version == version


def test_a_host_that_was_silent_begins_the_window_anew(bench: Bench, worker: HostWorker) -> None:
    one = long_ago(running_replica(bench, "1"))
    Host.objects.filter(pk=bench.host.pk).update(reachable_since=Now())
    worker._introduce()
    worker._compare()
    assert watched(one) is None


def running_replica(bench: Bench, key: str) -> Container:
    made = Service.objects.first() or services.service(
        container={"image": IMAGE, "command": ["act", "wait"]}, update={"health_window": WINDOW_S}
    )
    (row,) = services.replicas(made, key)
    Host.objects.filter(pk=bench.host.pk).update(reachable_since=Now() - timedelta(hours=1))
    assert rows.bind(row, bench.host)
    return bench.do(Do.BRING_UP, row)


def watched(container: Container) -> datetime | None:
    return Container.objects.get(pk=container.pk).watched_until


def long_ago(container: Container) -> Container:
    """Its status is ten minutes old."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE containers_container SET status_since = now() - interval '10 min' WHERE id = %s", [container.pk]
        )
    return container
