"""GPUs from rows to a binding: what is free is given, what waits is told why, and what is usual weighs fragments."""

from collections.abc import Iterator

import pytest
from django.db import connection

from containers.models import Container
from hosts.models import Host, HostGpu
from scheduler.controllers import pending
from scheduler.decisions import decision_json, refused_hosts
from scheduler.gpus import read_demand
from scheduler.models import Decision
from scheduler.placement.gpus import GpuWish, demand
from scheduler.snapshot import read
from tests.scheduler.lease import given, take_lease
from tests.scheduler.rows import container, host

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _rows_may_be_read_in_one_state() -> Iterator[None]:
    yield
    connection.close()


def with_gpus(name: str, *models: str, sharing: bool = False) -> Host:
    made = host(name)
    Host.objects.filter(pk=made.pk).update(gpu_sharing=sharing)
    for number, model in enumerate(models):
        HostGpu.objects.create(host=made, number=number, device=f"GPU-{name}-{number}", model=model)
    return made


def given_to(row: Container) -> list[str]:
    row.refresh_from_db()
    return [gpu["device"] for gpu in row.gpus]


def test_devices_are_given_one_by_one_until_there_are_none_left() -> None:
    with_gpus("h1", "T4", "A100", "A100")
    host("h2")
    hold = take_lease()
    first = container("one", resources={"gpus": {"count": 2, "models": ["A100"]}})
    second = container("two", resources={"gpus": {"count": 1}})
    pending.turn(given(hold))
    assert given_to(first) == ["GPU-h1-1", "GPU-h1-2"]
    assert given_to(second) == ["GPU-h1-0"]
    third = container("three", resources={"gpus": {"count": 1, "models": ["A100"]}})
    pending.turn(given(hold))
    third.refresh_from_db()
    assert third.message == ("no host fits: 2 of 2 lack GPUs (needs 1 GPU A100, most free is 0 on h1)")
    (refused,) = Decision.objects.filter(verdict="refused")
    assert [one["reason"] for one in refused_hosts(refused.refused)] == [
        "needs 1 GPU A100, 0 free of 2",
        "needs 1 GPU A100, has none",
    ]


def test_a_share_goes_beside_another_and_only_where_sharing_is_declared() -> None:
    with_gpus("h1", "T4")
    hold = take_lease()
    alone = container("alone", resources={"gpus": {"share": 0.5}})
    pending.turn(given(hold))
    alone.refresh_from_db()
    assert alone.message == ("no host fits: h1 lacks GPUs with enough free that may be shared (needs 0.5 of a GPU)")
    with_gpus("h2", "T4", "T4", sharing=True)
    others = [container(f"more{n}", resources={"gpus": {"share": "400m"}}) for n in range(2)]
    pending.turn(given(hold))
    assert [given_to(row) for row in (alone, *others)] == [["GPU-h2-0"], ["GPU-h2-0"], ["GPU-h2-1"]]


def test_what_is_not_there_any_more_is_given_to_nobody() -> None:
    with_gpus("h1", "T4")
    HostGpu.objects.update(is_there=False)
    row = container("one", resources={"gpus": {"count": 1}})
    pending.turn(given())
    row.refresh_from_db()
    assert row.message == "no host fits: h1 has no GPU"


def test_what_is_typical_is_what_slots_ask_for_now_and_asked_lately() -> None:
    with_gpus("h1", "T4")
    assert read_demand() is None
    for number in range(3):
        container(f"half{number}", resources={"cpu": "1", "gpus": {"share": "0.5"}})
    container("whole", resources={"gpus": {"count": 2, "models": ["T4"]}})
    container("plain", resources={"cpu": "1"})
    wish = GpuWish(2, models=frozenset({"T4"}))
    wanted = demand([(1000, 0, GpuWish(1, 500), 3), (0, 0, wish, 1)])
    found = read_demand()
    assert found is not None
    assert [one.tolist() for one in found] == [one.tolist() for one in wanted]
    seen = read()
    assert seen is not None
    assert seen.fleet.park is not None
    assert seen.fleet.park.wanted is None, "no policy of those that wait asks"
    container("careful", resources={"cpu": "1"}, placement_policy="gpu")
    seen = read()
    assert seen is not None
    assert seen.fleet.park is not None
    assert seen.fleet.park.wanted is not None


def test_the_policy_for_gpus_leaves_a_whole_one_whole() -> None:
    with_gpus("h1", "T4", "T4", sharing=True)
    with_gpus("h2", "T4", sharing=True)
    hold = take_lease()
    small = container("small", resources={"gpus": {"share": "0.3"}}, placement_policy="gpu")
    pending.turn(given(hold))
    (first,) = given_to(small)
    next_one = container("next", resources={"gpus": {"share": "0.3"}}, placement_policy="gpu")
    container("large", resources={"gpus": {"count": 2}})
    pending.turn(given(hold))
    assert given_to(next_one) == [first]
    next_one.refresh_from_db()
    assert "fragments" in decision_json(next_one)["score"]["terms"]
