"""Changes that were right when they were planned, done to rows that have moved on."""

import pytest

from containers.models import Container
from containers.states import Desired, Health
from scheduler.controllers.services.apply import apply
from scheduler.controllers.services.read import look
from scheduler.controllers.services.types import Stop
from tests import services
from tests.scheduler import rows
from tests.scheduler.lease import given

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(("health", "stopped"), [(Health.UNHEALTHY, True), (Health.HEALTHY, False)])
def test_what_got_well_since_it_was_read_is_not_stopped_as_unwell(health: Health, stopped: bool) -> None:
    made = services.service()
    (row,) = services.replicas(made, "1")
    services.run(row, rows.host("h1"), port=20_000)
    seen = look(None)
    Container.objects.filter(pk=row.pk).update(health=health)
    (one,) = seen.services
    change = Stop(row.pk, "its health check says unhealthy", cause="unhealthy", intended=False)
    assert apply(one, [change], generation=seen.generations[made.pk], hold=given().hold) == int(stopped)
    row.refresh_from_db()
    assert (row.desired == Desired.STOP) is stopped
