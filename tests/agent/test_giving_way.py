"""The whole road of giving way on a fake engine: refused, another stops in order and says for whom, then it runs."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection

from containers.agent.plan import live_name
from containers.models import Container
from hosts.models import HostBooking, HostHold
from scheduler.controllers import pending, restarts
from tests import rows
from tests.agent.conftest import IMAGE, Bench
from tests.scheduler.lease import given, take_lease
from tests.scheduler.rows import speaker

HALF = rows.Asked(memory="512m", restart="always")


@pytest.fixture(autouse=True)
def _rows_may_be_read_in_one_state(bench: Bench) -> Iterator[None]:
    """And the host answers, so that placement gives it work."""
    HostHold.objects.filter(host=bench.host).update(agent=speaker().pk)
    HostBooking.objects.filter(host=bench.host).update(memory_bytes_allocatable=1024 * rows.MEBIBYTE)
    yield
    connection.close()


def again(row: Container) -> Container:
    return Container.objects.filter(slot_id=row.slot_id).latest("attempt")


def work(bench: Bench) -> None:
    """A pass of the scheduler under its lease, then the agent, then the restarts."""
    lease = take_lease()
    pending.turn(given(lease))
    bench.turn()
    restarts.Restarts().turn(given(lease))


def test_the_important_one_runs_where_two_others_gave_way(bench: Bench) -> None:
    wanted: dict[str, Any] = {"image": IMAGE, "command": ["act", "wait"]}
    batch = [rows.slot(f"batch-{n}", asked=HALF, **wanted) for n in range(2)]
    work(bench)
    assert {again(row).status for row in batch} == {"running"}
    shop = rows.slot("shop", asked=rows.Asked(memory="1g"), priority=100, **wanted)
    for _ in range(4):
        work(bench)
    shop.refresh_from_db()
    assert (shop.status, shop.host_id) == ("running", bench.host.pk)
    for row in batch:
        row.refresh_from_db()
        assert (row.status, row.reason) == ("stopped", "preempted")
        assert row.message.startswith("stopped to make room for shop (priority 100 > 0); stopped with exit code ")
        after = again(row)
        assert (after.attempt, after.status, after.reason) == (2, "pending", "no-host")
    assert [name for name, one in bench.fake.containers.items() if one.state == "running"] == [live_name(shop.pk)]
