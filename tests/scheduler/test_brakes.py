"""Brakes: how many may be stopped unasked, when that is too many, and the verb that lets it go on."""

import time
from typing import Any

import pytest
from django.db import connection, transaction

from containers.models import Container
from containers.states import Desired, Status
from containers.transitions import want
from core.events.models import Event
from core.lib.problems import Problem
from hosts.models import Host
from scheduler import brakes
from scheduler.brakes import may_stop, most_of_fleet, most_of_host, release
from scheduler.controllers.services.loop import HELD_BACK_S, Services
from scheduler.models import Brake
from tests import services
from tests.scheduler.lease import given
from tests.scheduler.rows import container, host, walk

pytestmark = pytest.mark.django_db(transaction=True)

ACTOR = "scheduler"


def running(count: int, on: Host) -> list[Container]:
    made = [container(f"{on.name}-{number}") for number in range(count)]
    for number, one in enumerate(made):
        services.run(one, on, port=20_000 + number)
        one.refresh_from_db()
    return made


def stop_unasked(row: Container) -> bool:
    """As the services loop does: ask the brakes, then say it."""
    with transaction.atomic():
        return may_stop(row.host_id, actor=ACTOR) and want(row.pk, Desired.STOP, actor=ACTOR, unasked=True)


@pytest.mark.parametrize(
    ("holding", "of_host", "of_fleet"), [(0, 3, 3), (5, 3, 3), (19, 3, 9), (20, 4, 10), (100, 20, 50)]
)
def test_the_bounds(holding: int, of_host: int, of_fleet: int) -> None:
    assert (most_of_host(holding), most_of_fleet(holding)) == (of_host, of_fleet)


@pytest.mark.parametrize(("holding", "most"), [(6, 3), (23, 4)])
def test_of_one_host_few_are_stopped_whether_they_have_ended_or_not(holding: int, most: int) -> None:
    """23: counted twice, those that are still stopping would make room for a fifth."""
    here, there = host("h1"), host("h2")
    rows = running(holding, here)
    running(60, there)
    assert [stop_unasked(row) for row in rows[:6]] == [True] * most + [False] * (6 - most)
    for row in rows[:most]:
        walk(row, Status.STOPPING, Status.STOPPED)
    assert not stop_unasked(rows[-1])
    brake = Brake.objects.get()
    assert (brake.host, brake.released_at) == (here, None)
    assert f"{most} of {holding} containers of h1 were stopped within 60 s" in brake.message
    told = Event.objects.get(kind="brake.on")
    assert (told.object_id, told.host_id, told.level, told.message) == (
        str(brake.pk),
        here.pk,
        "warning",
        brake.message,
    )


def test_another_host_goes_on_and_half_of_the_fleet_is_the_end() -> None:
    hosts = [host(f"h{number}") for number in range(5)]
    rows = [running(4, one) for one in hosts]
    stopped = [[stop_unasked(row) for row in of_one] for of_one in rows]
    assert stopped[:3] == [[True, True, True, False]] * 3
    assert stopped[3] == [True, False, False, False], "the tenth of twenty was the last"
    assert Brake.objects.filter(host=None).exists()
    assert "10 of 20 containers of the fleet" in Brake.objects.get(host=None).message
    assert not any(stopped[4])
    assert Brake.objects.filter(released_at=None).count() == 4, "one for each host, and one for all"


def test_what_somebody_asked_for_and_what_was_long_ago_does_not_count() -> None:
    rows = running(10, host("h1"))
    for row in rows[:5]:
        assert want(row.pk, Desired.STOP, actor="user:anna")
    assert stop_unasked(rows[5])
    with connection.cursor() as cursor:  # as if a minute had gone: the id is the time
        cursor.execute(
            "UPDATE events_event SET id = id - ((%s::bigint * 1000) << 20), at = at - make_interval(secs => %s)"
            " WHERE data ? 'unasked'",
            [brakes.WINDOW_S + 1, brakes.WINDOW_S + 1],
        )
    assert [stop_unasked(row) for row in rows[6:]] == [True, True, True, False]


def test_a_release_forgives_and_is_said_once() -> None:
    rows = running(10, host("h1"))
    running(10, host("h2"))
    assert [stop_unasked(row) for row in rows[:5]] == [True, True, True, False, False]
    brake = release(Brake.objects.get(), actor="user:anna")
    assert brake.released_by == "user:anna"
    assert brake.released_at is not None
    assert Event.objects.filter(kind="brake.released", actor="user:anna").count() == 1
    with pytest.raises(Problem) as refused:
        release(brake, actor="user:anna")
    assert (refused.value.status, refused.value.code) == (409, "already-released")
    assert [stop_unasked(row) for row in rows[5:]] == [True, True, True, False, False]


def test_a_container_without_a_host_is_nobodys_brake() -> None:
    with transaction.atomic():
        assert may_stop(None, actor=ACTOR)


# --- with the services loop: all of a service falls ill at once


def ill_service(on: Host, count: int) -> Any:
    made = services.service(
        replicas=count,
        container={"image": "web:1"},
        update={"max_surge": count, "batch": count, "health_window": 0},
    )
    for row in services.replicas(made, *[str(number) for number in range(1, count + 1)]):
        services.run(row, on, port=20_000 + int(row.slot_key))
    return made


def turns(loop: Services, count: int = 3) -> None:
    lease = given()
    for _ in range(count):
        loop.turn(lease)


def follow(made: Any, on: Host) -> None:
    """Placement and the agent, in short: what waits runs."""
    for row in Container.objects.filter(service=made, status=Status.PENDING):
        services.run(row, on, port=21_000 + int(row.slot_key))


def asked_to_stop(made: Any) -> int:
    return Container.objects.filter(service=made, is_successor=False, desired=Desired.STOP, superseded=False).count()


def test_a_service_that_falls_ill_at_once_is_replaced_only_so_far() -> None:
    here, there = host("h1"), host("h2")
    running(10, there)
    made, loop = ill_service(here, 10), Services()
    turns(loop)
    assert Container.objects.filter(service=made).count() == 10, "healthy: nothing to do"
    Container.objects.filter(service=made).update(health="unhealthy")
    turns(loop)
    assert Container.objects.filter(service=made, is_successor=True).count() == 10
    follow(made, there)
    turns(loop)
    assert asked_to_stop(made) == 3
    assert Brake.objects.get().host == here
    assert Event.objects.filter(kind="brake.on").count() == 1, "said once, however often it is tried"
    turns(Services())
    assert asked_to_stop(made) == 3, "a new leader knows it too"
    turns(loop)
    release(Brake.objects.get(), actor="user:anna")
    time.sleep(HELD_BACK_S)
    turns(loop)
    assert asked_to_stop(made) == 6, "no row of the service has changed, and yet it goes on"
    assert Brake.objects.filter(released_at=None).count() == 1
