"""What the planning of services is told of a spec that decides how its containers may move."""

from datetime import timedelta
from typing import Any

import pytest
from django.db.models.functions import Now

from containers.models import Container
from hosts.models import Host, HostBooking
from scheduler.controllers.services.read import look
from tests import rows, services
from tests.scheduler import rows as scheduler_rows

pytestmark = pytest.mark.django_db(transaction=True)

IMAGE = "registry.test/web:1"


@pytest.mark.parametrize(
    ("container", "exclusive", "pinned"),
    [
        ({}, False, False),
        ({"ports": [{"container_port": 80}]}, False, False),
        ({"ports": [{"container_port": 80, "host_port": 8080}]}, True, False),
        ({"volumes": [{"name": "data", "path": "/data"}]}, True, True),
    ],
    ids=["plain", "any-port", "fixed-port", "data"],
)
def test_what_cannot_stand_side_by_side_and_what_cannot_move(
    container: dict[str, Any], exclusive: bool, pinned: bool
) -> None:
    services.service(container={"image": IMAGE, **container})
    (seen,) = look(None).services
    assert (seen.exclusive, seen.pinned) == (exclusive, pinned)


def test_a_host_that_was_silent_begins_the_window_anew() -> None:
    """Nobody saw what its containers did meanwhile."""
    host = rows.host("h1")
    (row,) = services.replicas(services.service(), "1")
    services.run(row, host, port=20_000)
    Container.objects.filter(pk=row.pk).update(status_since=Now() - timedelta(hours=1))
    Host.objects.filter(pk=host.pk).update(reachable_since=Now() - timedelta(minutes=1))
    host.refresh_from_db()
    (seen,) = look(None).services
    occupant = seen.slots["1"].occupant
    assert occupant is not None
    assert occupant.ready_since == host.reachable_since


@pytest.mark.parametrize("order", ["stop-first", "start-first"])
def test_a_drain_asks_placement_about_what_would_stop_first(order: str) -> None:
    """The other host is too small; what starts first waits for its room beside the old one."""
    drained, small = scheduler_rows.host("h1"), scheduler_rows.host("h2", cpu=10)
    container = {"image": IMAGE, "resources": {"cpu": "100m"}}
    made = services.service(replicas=1, container=container, update={"order": order, "max_unavailable": 1})
    (row,) = services.replicas(made, "1")
    services.run(row, drained, port=20_000)
    Host.objects.filter(pk=drained.pk).update(availability="draining")
    assert ("CPU" in words_of()) == (order == "stop-first")
    HostBooking.objects.filter(host=small).update(cpu_millis_allocatable=1000)
    assert words_of() == ""


def words_of() -> str:
    (seen,) = look(None).services
    occupant = seen.slots["1"].occupant
    assert occupant is not None
    return occupant.nowhere
