"""Priorities on real rows: who goes first, who gives way and how that is told, what is kept and for how long."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from containers.models import Container
from containers.states import By, Status
from containers.transitions import Move, move
from core.accounts.models import Project
from core.events.models import Event
from core.lib.lease import Hold
from hosts.models import Host, HostGpu
from scheduler.controllers import pending, restarts
from scheduler.controllers.services.loop import Services
from scheduler.decisions import decision_json
from scheduler.models import Brake
from tests import services
from tests.scheduler.lease import given, take_lease
from tests.scheduler.rows import GIB, attempts, container, current, host, walk

pytestmark = pytest.mark.django_db(transaction=True)
UP = (Status.PREPARING, Status.STARTING, Status.RUNNING)


@pytest.fixture(autouse=True)
def _rows_may_be_read_in_one_state() -> Iterator[None]:
    yield
    connection.close()


@pytest.fixture
def hold() -> Hold:
    return take_lease()


def asks(memory: str, priority: int = 0, **more: Any) -> dict[str, Any]:
    return {"resources": {"memory": memory}, "priority": priority, **more}


def running(name: str, hold: Hold, **fields: Any) -> Container:
    row = container(name, **fields)
    pending.turn(given(hold))
    row.refresh_from_db()
    return walk(row, *UP)


def turn(hold: Hold, row: Container) -> Container:
    """One pass; the row as it is after it."""
    pending.turn(given(hold))
    row.refresh_from_db()
    return row


def gone(row: Container) -> None:
    """Its agent has stopped it."""
    row.refresh_from_db()
    for to in (Status.STOPPING, Status.STOPPED):
        assert move(Move(row.pk, to, row.reason, row.message), by=By.AGENT, actor="agent:test")
    Container.objects.filter(pk=row.pk).update(gone_at=timezone.now())


def aged(row: Container, minutes: int = 11) -> None:
    Container.objects.filter(pk=row.pk).update(created_at=timezone.now() - timedelta(minutes=minutes))


def test_the_more_important_one_goes_first_and_of_equals_the_older(hold: Hold) -> None:
    host("h1", memory=GIB)
    late, early = container("late", **asks("1g")), container("early", **asks("1g"))
    aged(early, minutes=2)
    first = container("first", **asks("1g", 5))
    assert turn(hold, first).status == "bound"
    gone(first)
    assert turn(hold, late).status == "pending"
    early.refresh_from_db()
    assert early.status == "bound"


def test_what_is_less_important_gives_way_and_both_sides_say_so(hold: Hold) -> None:
    only = host("h1", memory=GIB)
    batch = running("batch", hold, **asks("1g"))
    shop = turn(hold, container("shop", **asks("1g", 100)))
    assert (shop.status, shop.nominated_host_id) == ("pending", only.pk)
    assert shop.message.endswith("; room is made for it on h1")
    assert decision_json(shop)["text"] == shop.message
    batch.refresh_from_db()
    words = "stopped to make room for shop (priority 100 > 0)"
    assert (batch.desired, batch.reason, batch.message) == ("stop", "preempted", words)
    (asked,) = Event.objects.filter(kind="container.stop-asked", object_id=str(batch.pk))
    assert asked.message == words
    assert "unasked" not in asked.data
    (made,) = Event.objects.filter(kind="container.room-made", object_id=str(shop.pk))
    assert made.message == "room is made on h1: batch (priority 0) stops"
    version = shop.version
    assert turn(hold, shop).version == version  # it waits, and says nothing twice
    gone(batch)
    assert turn(hold, shop).status == "bound"
    assert attempts(batch) == [batch]  # without a restart rule nothing follows


def test_nobody_less_important_takes_the_room_meanwhile_and_nobody_stops_anybody_back(hold: Hold) -> None:
    host("h1", memory=GIB)
    batch = running("batch", hold, **asks("1g", restart="always"))
    shop = turn(hold, container("shop", **asks("1g", 100)))
    small = container("small", **asks("100m"))
    gone(batch)
    restarts.Restarts().turn(given(hold))
    again = current(batch)
    assert (again.status, again.attempt) == ("pending", 2)
    Container.objects.filter(pk=shop.pk).update(not_before=timezone.now() + timedelta(minutes=1))
    assert turn(hold, small).status == "bound"  # nobody waits for the room now
    gone(small)
    Container.objects.filter(pk=shop.pk).update(not_before=None)
    other = container("other", **asks("100m", 100))
    pending.turn(given(hold))
    for row in (shop, other, again):
        row.refresh_from_db()
    assert (shop.status, other.status, again.status) == ("bound", "pending", "pending")
    walk(shop, *UP)
    for _ in range(3):
        pending.turn(given(hold))
    shop.refresh_from_db()
    assert (shop.status, shop.desired) == ("running", "run")


def test_a_kept_room_refuses_the_less_important_and_says_why(hold: Hold) -> None:
    host("h1", memory=2 * GIB)
    first, second = (running(name, hold, **asks("1g")) for name in ("a", "b"))
    shop = turn(hold, container("shop", **asks("2g", 10)))
    gone(first)
    small = turn(hold, container("small", **asks("512m")))
    assert (small.status, shop.status) == ("pending", "pending")
    assert small.message == "no host fits: h1 is kept for what waits already (priority 10, it has 0)"
    assert turn(hold, container("more", **asks("512m", 11))).status == "bound"
    gone(second)
    assert turn(hold, shop).status == "pending"
    assert "room is made" not in shop.message


def service(replicas: int, *, name: str = "web", stop_delay: int = 0, **update: Any) -> list[Container]:
    made = services.service(
        name=name,
        stop_delay=stop_delay,
        replicas=replicas,
        update={"max_unavailable": 0, **update},
        container={"image": "web:1", "resources": {"memory": "1g"}},
    )
    return services.replicas(made, *map(str, range(1, replicas + 1)))


def up(hold: Hold, rows: list[Container]) -> None:
    pending.turn(given(hold))
    for row in rows:
        row.refresh_from_db()
        walk(row, *UP)


def test_a_service_misses_no_more_than_it_may(hold: Hold) -> None:
    host("h1", memory=3 * GIB)
    rows = service(3, max_unavailable=1)
    up(hold, rows)
    one, two = container("one", **asks("1g", 10)), container("two", **asks("1g", 10))
    assert turn(hold, one).message.endswith("room is made for it on h1")
    two.refresh_from_db()
    assert two.message.endswith("1 of lower priority on h1 would make room, but web may miss none now")
    stopped = [row for row in Container.objects.filter(service__name="web") if row.desired == "stop"]
    assert len(stopped) == 1
    pending.turn(given(hold))
    assert Container.objects.filter(service__name="web", desired="stop").count() == 1


def test_a_replica_that_gave_way_is_replaced_and_waits(hold: Hold) -> None:
    host("h1", memory=GIB)
    (row,) = service(1, max_unavailable=1)
    up(hold, [row])
    shop = turn(hold, container("shop", **asks("1g", 10)))
    gone(row)
    assert turn(hold, shop).status == "bound"
    Services().turn(given(hold))
    after = current(row)
    assert (after.status, after.attempt, after.priority) == ("pending", 2, 0)
    assert turn(hold, after).reason == "no-host"


def test_one_that_serves_leaves_the_endpoints_first(hold: Hold) -> None:
    host("h1", memory=GIB)
    (row,) = service(1, stop_delay=20, max_unavailable=1)
    up(hold, [row])
    shop = turn(hold, container("shop", **asks("1g", 10)))
    row.refresh_from_db()
    assert (row.desired, row.stop_at is None, row.reason) == ("run", False, "preempted")
    version = row.version
    assert turn(hold, shop).message.endswith("room is made for it on h1")
    row.refresh_from_db()
    assert row.version == version


def test_a_service_that_may_miss_none_and_what_has_data_stay(hold: Hold) -> None:
    host("h1", memory=2 * GIB)
    rows = service(1)
    up(hold, rows)
    data = running("data", hold, **asks("1g", volumes=[{"name": "d", "path": "/d"}]))
    shop = turn(hold, container("shop", **asks("1g", 10)))
    assert shop.message.endswith("1 of lower priority on h1 would make room, but web may miss none now")
    for row in (*rows, data):
        row.refresh_from_db()
        assert row.desired == "run"


def test_who_has_the_gpu_gives_way(hold: Hold) -> None:
    first, second = host("h1"), host("h2")
    for row, names in ((first, ("a", "b")), (second, ("c",))):
        for number, name in enumerate(names):
            HostGpu.objects.create(host=row, number=number, device=f"GPU-{name}", model="T4")
    learning = {"gpus": {"count": 1}}
    held = [running(f"c{n}", hold, resources=learning) for n in range(3)]
    running("idle", hold)
    serving = turn(hold, container("serving", priority=5, resources={"gpus": {"count": 2}}))
    assert serving.nominated_host_id == first.pk
    gone_by_now = [row for row in held if row.host_id == first.pk]
    for leaving in gone_by_now:
        leaving.refresh_from_db()
        assert leaving.reason == "preempted"
        gone(leaving)
    serving = turn(hold, serving)
    assert serving.host_id == first.pk
    assert sorted(one["device"] for one in serving.gpus) == ["GPU-a", "GPU-b"]


def test_while_a_brake_holds_nobody_gives_way_there(hold: Hold) -> None:
    braked = host("h1", memory=GIB)
    batch = running("batch", hold, **asks("1g"))
    Brake.objects.create(host=braked, message="too many at once")
    shop = turn(hold, container("shop", **asks("1g", 10)))
    batch.refresh_from_db()
    assert (batch.desired, shop.nominated_host_id) == ("run", None)


def test_a_stranger_has_no_name(hold: Hold) -> None:
    host("h1", memory=2 * GIB)
    theirs = Project.objects.create(name="theirs")
    batch = running("batch", hold, project=theirs, **asks("1g"))
    up(hold, service(1))
    shop = turn(hold, container("shop", **asks("1g", 10)))
    batch.refresh_from_db()
    assert batch.message == "stopped to make room for a container of another project (priority 10 > 0)"
    (made,) = Event.objects.filter(kind="container.room-made", object_id=str(shop.pk))
    assert made.message == "room is made on h1: 1 of another project stops"


def test_what_leaves_anyway_is_waited_for(hold: Hold) -> None:
    host("h1", memory=GIB)
    host("h2", memory=GIB)
    leaving, other = (running(name, hold, **asks("1g")) for name in ("a", "b"))
    Container.objects.filter(pk=leaving.pk).update(desired="stop")
    shop = turn(hold, container("shop", **asks("1g", 10)))
    other.refresh_from_db()
    assert (shop.nominated_host_id, other.desired) == (leaving.host_id, "run")


def test_room_is_sought_anew_where_the_host_takes_nothing_any_more(hold: Hold) -> None:
    only = host("h1", memory=GIB)
    batch = running("batch", hold, **asks("1g"))
    shop = turn(hold, container("shop", **asks("1g", 10)))
    assert shop.nominated_host_id == only.pk
    Host.objects.filter(pk=only.pk).update(availability="cordoned")
    assert turn(hold, shop).nominated_host_id is None
    batch.refresh_from_db()
    assert batch.desired == "stop"


def test_one_that_has_waited_for_long_has_a_host_kept_for_it(hold: Hold) -> None:
    host("h1", memory=4 * GIB)
    kept = host("h2", memory=4 * GIB)
    rows = [running(f"c{n}", hold, **asks("1500m")) for n in range(4)]
    big = container("big", **asks("4g"))
    assert turn(hold, big).nominated_host_id is None
    gone(next(row for row in rows if row.host_id == kept.pk))
    aged(big)
    assert turn(hold, big).nominated_host_id == kept.pk
    assert big.message.endswith("h2 is kept for it, because it has waited for more than 10 min")
    small = turn(hold, container("small", **asks("1g")))
    assert small.status == "bound"
    assert small.host_id != kept.pk
    tiny = turn(hold, container("tiny", **asks("600m")))
    assert tiny.message == (
        "no host fits: 1 of 2 lacks memory (needs 600 MiB, most free is 72 MiB on h1),"
        " 1 is kept for what waits already (priority 0, it has 0)"
    )
    assert turn(hold, container("urgent", **asks("600m", 1))).host_id == kept.pk


def test_the_kept_room_is_not_in_the_way_of_whom_it_is_kept_for(hold: Hold) -> None:
    """It needs more than half of the host: its own claim, looked at as anybody's, would refuse it for ever."""
    kept = host("h1", memory=GIB)
    running("small", hold, **asks("512m"))
    big = container("big", **asks("1g"))
    turn(hold, big)
    aged(big)
    for _ in range(3):
        big = turn(hold, big)
        assert big.nominated_host_id == kept.pk
    assert pending.turn(given(hold)).changes == 0


def test_of_many_that_have_waited_few_have_hosts_kept(hold: Hold) -> None:
    for n in range(12):
        host(f"h{n:02}", memory=2 * GIB)
    for n in range(12):
        running(f"c{n}", hold, **asks("1g"))
    for n in range(5):
        aged(container(f"big{n}", **asks("2g")))
    pending.turn(given(hold))
    assert Container.objects.exclude(nominated_host=None).count() == 1


def test_what_fits_no_host_even_empty_has_none_kept(hold: Hold) -> None:
    host("h1", memory=GIB)
    big = container("big", **asks("2g"))
    aged(big)
    assert turn(hold, big).nominated_host_id is None
