"""What the planning of services is told of a spec that decides how its containers may move."""

from typing import Any

import pytest

from scheduler.controllers.services.read import look
from tests import services

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
