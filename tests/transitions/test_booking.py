"""Capacity, ports and volumes at binding: no overcommit, whoever writes."""

import threading
from uuid import UUID

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from containers.models import Container, HostPort, Volume
from containers.states import ON_ENGINE, By, Status, holds_room
from containers.transitions import Binding, BoundPort, Move, Observation, bind_many, move, observe_many
from core.events.models import Event
from core.lib.lease import HoldLost
from hosts.models import Host, HostBooking
from tests import rows
from tests.scheduler.lease import take_lease

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


def test_a_container_is_on_a_host_that_is_there_and_that_stays() -> None:
    host, container = rows.host("h1"), rows.slot()
    with pytest.raises(IntegrityError, match="not there: 987654"), transaction.atomic():
        Container.objects.filter(pk=container.pk).update(status="bound", host_id=987654)
    assert not bind_many([Binding(container.pk, 987654, "h2")], actor="scheduler")
    rows.bind(container, host)
    with pytest.raises(IntegrityError, match="still has containers"), transaction.atomic():
        delete_by_script(host)


def delete_by_script(host: Host) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM hosts_hostbooking WHERE host_id = %s", [host.pk])
        cursor.execute("DELETE FROM hosts_hosthold WHERE host_id = %s", [host.pk])
        cursor.execute("DELETE FROM hosts_host WHERE id = %s", [host.pk])
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_a_binding_is_one_version_and_a_wrong_one_is_put_right() -> None:
    container, host = rows.slot(), rows.host("h1")
    was = Container.objects.get(pk=container.pk)
    rows.bind(container, host)
    now = Container.objects.get(pk=container.pk)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()::text::bigint")
        assert (now.version, now.changed_xid) == (was.version + 1, *cursor.fetchone())
    Container.objects.filter(pk=container.pk).update(version=now.version + 7)
    assert Container.objects.values_list("version", "changed_xid").get(pk=container.pk) == (
        now.version + 1,
        now.changed_xid,
    )


def test_one_that_does_not_fit_keeps_no_other_from_its_host() -> None:
    """What is bound at once is looked at one by one when the database refuses it."""
    small, large = rows.host("h1", cpu_millis=150), rows.host("h2")
    containers = [rows.slot() for _ in range(5)]
    Container.objects.filter(pk=containers[4].pk).update(desired="stop")
    places = [Binding(c.pk, h.pk, h.name) for c, h in zip(containers, [small, small, large, large, large], strict=True)]
    bound = bind_many(places, actor="scheduler")
    assert len(bound & {c.pk for c in containers[:2]}) == 1
    assert bound >= {c.pk for c in containers[2:4]}
    assert containers[4].pk not in bound
    assert reserved(small) == counted(small) == (100, 64 * rows.MEBIBYTE)
    events = Event.objects.filter(kind="container.bound")
    assert {UUID(one.object_id) for one in events} == bound
    assert {(one.actor, one.message, one.host_id, one.data["to"]) for one in events} == {
        ("scheduler", f"placed on {h.name}", h.pk, "bound") for h in (small, large)
    }


def test_with_a_lease_that_is_lost_nothing_is_bound() -> None:
    host, container, lost = rows.host("h1"), rows.slot(), take_lease()
    take_lease()
    with pytest.raises(HoldLost), transaction.atomic():
        bind_many([Binding(container.pk, host.pk, "h1")], actor="scheduler", hold=lost)
    assert Container.objects.get(pk=container.pk).status == Status.PENDING
    assert not Event.objects.filter(kind="container.bound").exists()


def test_what_is_wanted_no_more_is_not_bound_with_the_others() -> None:
    host, first, second = rows.host("h1"), rows.slot(), rows.slot()
    Container.objects.filter(pk=second.pk).update(desired="stop")
    assert bind_many([Binding(c.pk, host.pk, "h1") for c in (first, second)], actor="scheduler") == {first.pk}
    assert reserved(host) == counted(host) == (100, 64 * rows.MEBIBYTE)
    assert Event.objects.filter(kind="container.bound").count() == 1


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


@pytest.mark.django_db(transaction=True)
def test_a_host_cannot_go_while_a_container_comes() -> None:
    """Who removes a host holds its row; a binding waits for that, and the other way round."""
    host, container = rows.host("h1"), rows.slot()

    told: list[str] = []

    def remove() -> None:
        try:
            with transaction.atomic():
                Host.objects.select_for_update(nowait=True).get(pk=host.pk)
        except DatabaseError as error:
            told.append(str(error))
        connection.close()

    with transaction.atomic():
        assert rows.bind(container, host)
        other = threading.Thread(target=remove)
        other.start()
        other.join()
    assert "could not obtain lock" in told[0]


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
