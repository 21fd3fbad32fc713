"""GPUs at binding: no device is given away twice, whoever writes; each is given back with all else."""

import threading
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from containers.models import Container
from containers.states import By, Status, holds_room
from containers.transitions import Binding, GpuClaim, Move, Observation, bind_many, move, observe_many
from hosts.actions import remove
from hosts.models import Host, HostGpu
from tests import rows

pytestmark = pytest.mark.django_db


def gpu_host(name: str = "h1", *models: str, sharing: bool = False) -> Host:
    host = rows.host(name, gpu_sharing=sharing)
    for number, model in enumerate(models or ("T4", "A100")):
        HostGpu.objects.create(host=host, number=number, device=f"GPU-{number}", model=model)
    return host


def bind(container: Container, host: Host, *numbers: int, **claim: Any) -> bool:
    return bool(bind_many([Binding(container.pk, host.pk, host.name, gpus=GpuClaim(numbers, **claim))], actor="test"))


def reserved(host: Host) -> list[int]:
    return list(HostGpu.objects.filter(host=host).order_by("number").values_list("millis_reserved", flat=True))


def test_a_device_is_given_once_and_given_back() -> None:
    host = gpu_host()
    first, second = rows.slot(), rows.slot()
    assert bind(first, host, 1)
    first.refresh_from_db()
    assert first.gpus == [{"device": "GPU-1", "model": "A100", "millis": 1000}]
    assert not bind(second, host, 1), "it is taken"
    assert not bind(second, host, 0, 1), "one of the two is"
    assert reserved(host) == [0, 1000]
    rows.advance(first, Status.RUNNING)
    assert reserved(host) == [0, 1000]
    rows.end(first, Status.EXITED)
    assert reserved(host) == [0, 0]
    first.refresh_from_db()
    assert first.gpus, "what it had can be seen"
    assert bind(second, host, 0, 1)


def test_of_one_batch_the_first_gets_it() -> None:
    host = gpu_host()
    wished = [rows.slot(), rows.slot()]
    claims = [Binding(one.pk, host.pk, host.name, gpus=GpuClaim((0,))) for one in wished]
    assert bind_many(claims, actor="test") == {wished[0].pk}


def test_a_lost_one_keeps_it_until_it_is_gone() -> None:
    host = gpu_host()
    container = rows.slot()
    bind(container, host, 0)
    rows.advance(container, Status.RUNNING)
    assert move(Move(container.pk, Status.LOST), by=By.SCHEDULER, actor="scheduler")
    assert reserved(host) == [1000, 0], "the engine may still run it"
    observe_many([Observation(container.pk, {"gone": True})], actor="agent:a")
    assert reserved(host) == [0, 0]


def test_shares_of_one_device_up_to_all_of_it_where_the_host_lets_them() -> None:
    strict, host = gpu_host("h1"), gpu_host("h2", sharing=True)
    assert not bind(rows.slot(), strict, 0, millis=500)
    assert bind(rows.slot(), host, 0, millis=600)
    assert not bind(rows.slot(), host, 0), "some of it is gone"
    assert not bind(rows.slot(), host, 0, millis=401)
    assert bind(rows.slot(), host, 0, millis=400)
    assert reserved(host) == [1000, 0]


def test_of_the_models_that_are_asked_for_and_there() -> None:
    host = gpu_host()
    assert not bind(rows.slot(), host, 0, models=("A100",)), "it was another device when this was decided"
    assert not bind(rows.slot(), host, 2)
    assert bind(rows.slot(), host, 1, models=("A100", "H100"))
    HostGpu.objects.filter(number=0).update(is_there=False)
    assert not bind(rows.slot(), host, 0)


@pytest.mark.parametrize(
    "gpus",
    [
        [{"device": "GPU-0", "model": "", "millis": 1}],
        [{"device": "GPU-1", "model": "", "millis": 600}, {"device": "GPU-1", "model": "", "millis": 600}],
    ],
)
def test_a_script_cannot_give_a_device_twice(gpus: list[dict[str, Any]]) -> None:
    host = gpu_host()
    assert bind(rows.slot(), host, 0)
    with pytest.raises(IntegrityError, match="gpu_given_once"), transaction.atomic():
        Container.objects.filter(pk=rows.slot().pk).update(status="bound", host=host, gpus=gpus)
    assert reserved(host) == [1000, 0]


def test_a_script_cannot_book_what_is_none_nor_change_what_is_booked() -> None:
    host, container = gpu_host(), rows.slot()
    for device, millis, words in (("GPU-9", 1000, "has no GPU GPU-9"), ("GPU-0", -500, "gpus_sane")):
        gpus = [{"device": device, "model": "", "millis": millis}]
        with pytest.raises(IntegrityError, match=words), transaction.atomic():
            Container.objects.filter(pk=container.pk).update(status="bound", host=host, gpus=gpus)
    bind(container, host, 0)
    with pytest.raises(IntegrityError, match="never changes its GPUs"), transaction.atomic():
        Container.objects.filter(pk=container.pk).update(gpus=[])
    with pytest.raises(IntegrityError, match="in use"), transaction.atomic():
        HostGpu.objects.filter(host=host).delete()
    with pytest.raises(IntegrityError, match="in use"), transaction.atomic():
        HostGpu.objects.filter(host=host, number=0).update(device="GPU-7")
    assert reserved(host) == [1000, 0]


def test_a_host_goes_with_its_devices() -> None:
    host, container = gpu_host(), rows.slot()
    bind(container, host, 0)
    rows.advance(container, Status.RUNNING)
    rows.end(container, Status.EXITED)
    observe_many([Observation(container.pk, {"gone": True})], actor="agent:a")
    Container.objects.filter(pk=container.pk).update(desired="remove", superseded=True)
    remove(host, actor="test")
    assert not HostGpu.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_eight_binders_at_once_give_each_device_once() -> None:
    host = gpu_host("h1", *["T4"] * 4)
    containers = [rows.slot() for _ in range(32)]
    done: list[int] = []
    ready = threading.Barrier(8)

    def bind_some(mine: list[Container]) -> None:
        ready.wait(timeout=10)
        for turn, container in enumerate(mine):
            done.append(bind(container, host, turn))
        connection.close()

    threads = [threading.Thread(target=bind_some, args=(containers[n::8],)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (sum(done), reserved(host)) == (4, [1000] * 4)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 5), st.sampled_from(sorted(Status)), st.integers(0, 1)), max_size=25))
def test_the_counter_equals_the_sum_after_any_moves(steps: list[tuple[int, Status, int]]) -> None:
    with transaction.atomic():
        host = gpu_host("h1", sharing=True)
        containers = [rows.slot() for _ in range(6)]
        for index, target, number in steps:
            container = containers[index]
            if target == Status.BOUND:
                bind(container, host, number, millis=(300, 500, 1000)[index % 3])
            else:
                for by in By:
                    move(Move(container.pk, target), by=by, actor="test")
            held = [c for c in Container.objects.filter(host=host) if holds_room(c.status, gone=c.gone_at is not None)]
            summed = [0, 0]
            for gpu in (gpu for c in held for gpu in c.gpus):
                summed[int(gpu["device"][-1])] += gpu["millis"]
            assert reserved(host) == summed
        transaction.set_rollback(True)
