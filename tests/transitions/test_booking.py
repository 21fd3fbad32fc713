"""Capacity, ports and volumes at binding: no overcommit, whoever writes."""

import threading

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from containers.models import Container, HostPort, Volume
from containers.states import ON_ENGINE, By, Status, holds_room
from containers.transitions import Binding, BoundPort, Move, Observation, bind_many, move, observe_many
from hosts.models import Host, HostBooking
from tests import rows

pytestmark = pytest.mark.django_db


def reserved(host: Host) -> tuple[int, int]:
    booking = HostBooking.objects.get(pk=host.pk)
    return booking.cpu_millis_reserved, booking.memory_bytes_reserved


def counted(host: Host) -> tuple[int, int]:
    held = [c for c in Container.objects.filter(host=host) if holds_room(c.status, gone=c.gone_at is not None)]
    return sum(c.cpu_millis for c in held), sum(c.memory_bytes for c in held)


def test_what_does_not_fit_stays_pending_and_the_rest_is_bound() -> None:
    host = rows.host("h1", cpu_millis=250)
    containers = [rows.slot() for _ in range(4)]
    bound = bind_many([Binding(c.pk, host.pk, host.name) for c in containers], actor="scheduler")
    assert len(bound) == 2
    assert reserved(host) == counted(host) == (200, 128 * rows.MEBIBYTE)


def test_room_is_held_until_the_end_and_by_a_lost_one_until_it_is_gone() -> None:
    host = rows.host("h1")
    container = rows.slot()
    rows.bind(container, host)
    rows.advance(container, Status.RUNNING)
    assert move(Move(container.pk, Status.LOST), by=By.SCHEDULER, actor="scheduler")
    assert reserved(host)[0] == 100, "the engine may still run it"
    observe_many([Observation(container.pk, {"gone": True})], actor="agent:a")
    assert reserved(host) == (0, 0)


def test_a_script_cannot_overcommit() -> None:
    host = rows.host("h1", cpu_millis=150)
    first, second = rows.slot(), rows.slot()
    rows.bind(first, host)
    with pytest.raises(IntegrityError, match="booking_cpu_fits"), transaction.atomic():
        Container.objects.filter(pk=second.pk).update(status="bound", host=host)


def test_named_resources_are_booked_and_kept_by_the_database() -> None:
    host = rows.host("h1")
    HostBooking.objects.filter(pk=host.pk).update(resources_allocatable={"license": 3, "seat": 1})
    first, second, third = (rows.slot(needs={"license": 2}), rows.slot(needs={"license": 2}), rows.slot())
    wished = [Binding(c.pk, host.pk, host.name, needs=(("license", 2),)) for c in (first, second)]
    assert bind_many([*wished, Binding(third.pk, host.pk, host.name)], actor="scheduler") == {first.pk, third.pk}
    assert booked(host) == {"license": 2}
    with pytest.raises(IntegrityError, match="booking_resources_fit"), transaction.atomic():
        Container.objects.filter(pk=second.pk).update(status="bound", host=host)
    with pytest.raises(IntegrityError, match="booking_resources_fit"), transaction.atomic():
        HostBooking.objects.filter(pk=host.pk).update(resources_allocatable={"license": 1})
    rows.advance(first, Status.RUNNING)
    assert booked(host) == {"license": 2}
    rows.end(first, Status.EXITED)
    assert booked(host) == {}
    unknown = rows.slot(needs={"seat": 1, "other": 1})
    with pytest.raises(IntegrityError, match="booking_resources_fit"), transaction.atomic():
        bind_many([Binding(unknown.pk, host.pk, host.name)], actor="scheduler")


def booked(host: Host) -> dict[str, int]:
    found: dict[str, int] = HostBooking.objects.get(pk=host.pk).resources_reserved
    return found


@pytest.mark.parametrize("fields", [{"availability": "cordoned"}, {"reachable": "lost"}, {"reachable": "suspect"}])
def test_a_host_that_takes_no_work_gets_none(fields: dict[str, str]) -> None:
    host = rows.host("h1")
    Host.objects.filter(pk=host.pk).update(**fields)
    assert not rows.bind(rows.slot(), host)


def test_a_port_has_one_owner_until_it_ends() -> None:
    host = rows.host("h1")
    port = (BoundPort(80, "tcp", "0.0.0.0", 20000),)
    first, second = rows.slot(), rows.slot()
    assert rows.bind(first, host, ports=port)
    assert not rows.bind(second, host, ports=port)
    assert reserved(host)[0] == 100, "the refused one holds no room"
    rows.end(first, Status.FAILED)
    assert not HostPort.objects.exists()
    assert rows.bind(second, host, ports=port)


def test_a_volume_binds_its_users_to_one_host() -> None:
    here, there = rows.host("h1"), rows.host("h2")
    assert rows.bind(rows.slot(), here, volumes=("data",))
    late = rows.slot()
    assert not rows.bind(late, there, volumes=("data",))
    assert rows.bind(late, here, volumes=("data",))
    assert Volume.objects.count() == 1


def test_an_attempt_never_changes_its_host() -> None:
    here, there = rows.host("h1"), rows.host("h2")
    container = rows.slot()
    rows.bind(container, here)
    with pytest.raises(IntegrityError, match="never changes its host"), transaction.atomic():
        Container.objects.filter(pk=container.pk).update(host=there)


@pytest.mark.django_db(transaction=True)
def test_eight_binders_at_once_fill_the_host_exactly() -> None:
    host = rows.host("h1", cpu_millis=1000)
    containers = [rows.slot() for _ in range(32)]

    def bind_some(mine: list[Container]) -> None:
        for container in mine:
            rows.bind(container, host)
        connection.close()

    threads = [threading.Thread(target=bind_some, args=(containers[n::8],)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert reserved(host) == counted(host)
    assert reserved(host)[0] == 1000


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 5), st.sampled_from(sorted(Status))), max_size=25))
def test_the_counter_equals_the_sum_after_any_moves(steps: list[tuple[int, Status]]) -> None:
    with transaction.atomic():
        host = rows.host("h1")
        containers = [rows.slot() for _ in range(6)]
        for index, target in steps:
            container = containers[index]
            if target == Status.BOUND:
                rows.bind(container, host)
            else:
                for by in By:
                    move(Move(container.pk, target), by=by, actor="test")
            assert reserved(host) == counted(host)
        Container.objects.filter(status__in=ON_ENGINE).delete()
        assert reserved(host) == counted(host)
        transaction.set_rollback(True)
