"""What the planning of services is told of a spec that decides how its containers may move."""

from datetime import timedelta
from typing import Any

import pytest
from django.db.models.functions import Now

from containers.models import Container
from hosts.models import Host
from scheduler.controllers.services.read import look
from tests import rows, services

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
