"""What a service used: the sum and each slot, in whole steps; a slot that is replaced within one counts once."""

from datetime import datetime, timedelta
from itertools import count
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from containers.models import Container
from containers.service_usage import MOST_SLOTS, MOST_STEPS
from core.accounts.models import Project
from core.lib.partitions import time_id
from hosts.models import Sample
from tests import rows, services
from tests.api.conftest import Person

pytestmark = pytest.mark.django_db

MIB = 1024**2
STEP_S = 20  # twice as long as it takes to measure all of a host
_unique = count()


def measure(container: Container, at: datetime, cpu_millis: int, memory_mib: int = 1) -> None:
    assert container.host_id is not None
    Sample.objects.create(
        id=time_id(at) + next(_unique),
        host_id=container.host_id,
        container_id=container.pk,
        cpu_millis=cpu_millis,
        memory_bytes=memory_mib * MIB,
        at=at,
    )


def step_start(steps_ago: int) -> datetime:
    """When the step so many steps before the present one began, by the clock of the test's transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT extract(epoch FROM now())")
        now_s = float(cursor.fetchone()[0])
    return datetime.fromtimestamp(now_s - now_s % STEP_S - steps_ago * STEP_S, tz=timezone.get_current_timezone())


@pytest.fixture
def web(shop: Project) -> list[Container]:
    """A service with three containers, which have run for an hour."""
    service = services.service(project=shop, replicas=3)
    found = services.replicas(service, "1", "2", "10")
    for number, container in enumerate(found):
        rows.bind(container, rows.host(f"h{number + 1}"))
    Container.objects.update(started_at=timezone.now() - timedelta(hours=1))
    return list(Container.objects.order_by("name"))


def usage(person: Person, container: Container, minutes: int = 60) -> dict[str, Any]:
    answer = person.get(f"/projects/shop/services/{container.service_id}/usage?minutes={minutes}")
    assert answer.status_code == 200, answer.content
    found: dict[str, Any] = answer.json()
    return found


def test_the_sum_and_each_slot(viewer: Person, web: list[Container]) -> None:
    one, ten, two = web
    for start, values in ((step_start(3), (10, 200, 30)), (step_start(2), (11, 201, 31))):
        for container, value in zip((one, two, ten), values, strict=True):
            measure(container, start + timedelta(seconds=4), value - 4, memory_mib=value - 4)
            measure(container, start + timedelta(seconds=14), value + 4, memory_mib=value + 4)
    measure(one, step_start(1) + timedelta(seconds=5), 50)
    seen = usage(viewer, one)
    assert seen["step_s"] == STEP_S
    assert [point["cpu_millis"] for point in seen["points"]] == [240, 243, 50]
    assert [point["memory_bytes"] for point in seen["points"]] == [240 * MIB, 243 * MIB, MIB]
    middle = step_start(3) + timedelta(seconds=STEP_S / 2)
    assert abs(datetime.fromisoformat(seen["points"][0]["at"]) - middle) < timedelta(milliseconds=5)
    assert [(one["slot"], one["host"], one["cpu_millis"]) for one in seen["replicas"]] == [
        ("1", "h1", [10, 11, 50]),
        ("2", "h2", [200, 201, None]),
        ("10", "h3", [30, 31, None]),
    ]
    assert seen["replicas"][1]["memory_bytes"] == [200 * MIB, 201 * MIB, None]
    assert seen["replicas_total"] == 3


def test_a_step_that_is_not_over_is_left_out(viewer: Person, web: list[Container]) -> None:
    measure(web[0], step_start(0), 100)
    assert usage(viewer, web[0]) == {"step_s": STEP_S, "points": [], "replicas": [], "replicas_total": 0}


def test_a_slot_that_is_replaced_within_a_step_does_not_count_twice(viewer: Person, web: list[Container]) -> None:
    """The old one lived for half of the step, its successor for three quarters: both stood there for a quarter."""
    old, start = web[0], step_start(2)
    new = services.successor(old)
    rows.bind(new, rows.host("h9"))
    Container.objects.filter(pk=old.pk).update(finished_at=start + timedelta(seconds=STEP_S / 2))
    Container.objects.filter(pk=new.pk).update(started_at=start + timedelta(seconds=STEP_S / 4))
    new.refresh_from_db()
    measure(old, start + timedelta(seconds=1), 400)
    measure(new, start + timedelta(seconds=12), 400)
    (point,) = usage(viewer, old)["points"]
    assert point["cpu_millis"] == 400 * (0.5 + 0.75)
    (slot,) = usage(viewer, old)["replicas"]
    assert (slot["slot"], slot["cpu_millis"]) == ("1", [500])


def test_of_many_slots_those_that_used_the_most(viewer: Person, shop: Project) -> None:
    service = services.service(project=shop, replicas=MOST_SLOTS + 2)
    host = rows.host("h1", cpu_millis=100_000)
    found = services.replicas(service, *(str(number) for number in range(1, MOST_SLOTS + 3)))
    for number, container in enumerate(found):
        rows.bind(container, host)
        container.refresh_from_db()
        measure(container, step_start(1), 0 if number in (3, 7) else 100, memory_mib=900 if number == 7 else 1)
    Container.objects.update(started_at=timezone.now() - timedelta(hours=1))
    seen = usage(viewer, found[0])
    shown = [int(one["slot"]) for one in seen["replicas"]]
    assert (len(shown), seen["replicas_total"]) == (MOST_SLOTS, MOST_SLOTS + 2)
    assert 4 not in shown, "it used nothing"
    assert 8 in shown, "it used most of the memory"
    assert shown == sorted(shown)
    assert seen["points"][0]["cpu_millis"] == MOST_SLOTS * 100, "the sum is of all"


def test_a_day_has_few_steps_and_as_many_queries(viewer: Person, web: list[Container]) -> None:
    Container.objects.update(started_at=timezone.now() - timedelta(hours=25))
    viewer.get("/me")  # the first use of a token writes when it was
    queries_seen = []
    for minutes in (60, 1440):
        for minute in range(minutes):
            measure(web[0], timezone.now() - timedelta(minutes=minute, seconds=30), 70)
        with CaptureQueriesContext(connection) as queries:
            points = usage(viewer, web[0], minutes)["points"]
        queries_seen.append(len(queries))
        assert {point["cpu_millis"] for point in points} == {70}
        assert len(points) <= MOST_STEPS + 1
    assert queries_seen[0] == queries_seen[1]


def test_a_window_that_cannot_be(viewer: Person, web: list[Container]) -> None:
    answer = viewer.get(f"/projects/shop/services/{web[0].service_id}/usage?minutes=0")
    assert (answer.status_code, answer.json()["code"]) == (400, "query-invalid")
