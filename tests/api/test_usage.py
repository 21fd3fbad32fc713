"""What hosts and containers used: averages in buckets, at most 500 points, the same queries however long."""

from datetime import datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from containers.models import Container
from containers.states import Status
from containers.transitions import add_next
from core.accounts.models import Project
from core.lib.partitions import time_id
from hosts.metrics import MOST_POINTS
from hosts.models import Host, Sample
from tests import rows
from tests.api.conftest import Person

pytestmark = pytest.mark.django_db

MIB = 1024**2
_unique = count()


def sample(host: Host, ago_s: float, cpu_millis: int, of: UUID | None = None, memory_mib: int = 1) -> Sample:
    at = timezone.now() - timedelta(seconds=ago_s)
    return Sample(
        id=time_id(at) + next(_unique),
        host_id=host.pk,
        container_id=of,
        cpu_millis=cpu_millis,
        memory_bytes=memory_mib * MIB,
        at=at,
    )


def every(host: Host, step_s: float, *, over_s: int, of: UUID | None = None) -> None:
    steps = range(int(over_s / step_s))
    Sample.objects.bulk_create([sample(host, one * step_s + 1, 100, of) for one in steps])


@pytest.fixture
def host(db: None) -> Host:
    return rows.host("h1")


def points(person: Person, path: str) -> list[dict[str, Any]]:
    answer = person.get(path)
    assert answer.status_code == 200, answer.content
    found: list[dict[str, Any]] = answer.json()["points"]
    return found


def test_a_host_by_itself_oldest_first(admin: Person, host: Host) -> None:
    other, foreign = rows.host("h2"), rows.slot("web")
    old, new = sample(host, 60, 250, memory_mib=3), sample(host, 20, 750, memory_mib=5)
    noise = [sample(other, 30, 9), sample(host, 30, 9, foreign.pk), sample(host, 3700, 9)]
    Sample.objects.bulk_create([new, old, *noise])
    found = points(admin, "/hosts/h1/usage?minutes=60")
    assert [(one["cpu_millis"], one["memory_bytes"]) for one in found] == [(250, 3 * MIB), (750, 5 * MIB)]
    assert abs(datetime.fromisoformat(found[0]["at"]) - old.at) < timedelta(milliseconds=5)
    assert found == points(admin, "/hosts/h1/usage"), "an hour is the default"
    assert len(points(admin, "/hosts/h1/usage?minutes=62")) == 3


def test_a_bucket_is_an_average(admin: Person, host: Host) -> None:
    """A day has 499 buckets of 174 s."""
    bucket_s = -(-86_400 // (MOST_POINTS - 1))
    into_s = timezone.now().timestamp() % bucket_s
    middle_s = into_s + bucket_s / 2  # of the bucket before this one
    Sample.objects.bulk_create(
        [sample(host, middle_s + shift, cpu) for shift, cpu in ((-20, 100), (0, 200), (20, 600))]
    )
    (one,) = points(admin, "/hosts/h1/usage?minutes=1440")
    assert one["cpu_millis"] == 300


@pytest.mark.parametrize(("minutes", "step_s"), [(1, 0.1), (50, 0.5), (60, 10), (1440, 30)])
def test_never_more_than_500_points_and_none_is_lost(admin: Person, host: Host, minutes: int, step_s: float) -> None:
    every(host, step_s, over_s=minutes * 60)
    found = points(admin, f"/hosts/h1/usage?minutes={minutes}")
    measured = minutes * 60 / step_s
    assert min(measured, minutes * 60, MOST_POINTS) * 0.85 <= len(found) <= MOST_POINTS
    assert {one["cpu_millis"] for one in found} == {100}
    assert [one["at"] for one in found] == sorted(one["at"] for one in found)


def test_a_slot_shows_all_its_attempts_an_attempt_itself(admin: Person, host: Host, shop: Project) -> None:
    first = rows.slot("web", project=shop)
    rows.bind(first, host)
    rows.end(first, Status.FAILED)
    second = add_next(first.pk, actor="scheduler", message="")
    assert second
    Sample.objects.bulk_create([sample(host, 60, 1, first.pk), sample(host, 30, 2, second)])
    path = "/projects/shop/containers"
    assert [one["cpu_millis"] for one in points(admin, f"{path}/{first.slot_id}/usage")] == [1, 2]
    assert [one["cpu_millis"] for one in points(admin, f"{path}/{second}/usage")] == [2]
    assert Container.objects.count() == 2


@pytest.mark.parametrize("minutes", ["0", "-1", "1441", "x", "1e3"])
def test_a_window_that_cannot_be(admin: Person, host: Host, minutes: str) -> None:
    answer = admin.get(f"/hosts/h1/usage?minutes={minutes}")
    assert (answer.status_code, answer.json()["code"]) == (400, "query-invalid")


def test_nothing_measured_is_no_error_and_nobody_is_not_found(admin: Person, host: Host) -> None:
    assert points(admin, "/hosts/h1/usage") == []
    assert admin.get("/hosts/h9/usage").status_code == 404


def test_the_same_queries_however_long(admin: Person, host: Host, shop: Project) -> None:
    made = rows.slot("web", project=shop)
    paths = ["/hosts/h1/usage?minutes=1440", f"/projects/shop/containers/{made.pk}/usage?minutes=1440"]
    admin.get("/me")  # the first use of a token writes when it was
    seen: dict[str, list[int]] = {path: [] for path in paths}
    for over_s in (60, 36_000):
        every(host, 30, over_s=over_s)
        every(host, 30, over_s=over_s, of=made.pk)
        for path in paths:
            with CaptureQueriesContext(connection) as queries:
                points(admin, path)
            seen[path].append(len(queries))
            assert sum("hosts_sample" in one["sql"] for one in queries) == 1
    assert all(few == many for few, many in seen.values()), seen
