"""Rows of services: what is written of a successor before and after its end."""

import pytest

from containers.models import Container
from containers.states import By, Status
from containers.transitions import Move, Observation, move, observe_many
from tests import rows, services

pytestmark = pytest.mark.django_db


def test_what_is_seen_of_a_successor_is_written_and_its_end_makes_it_history() -> None:
    """An observation carries no status; that must not read as one."""
    made = services.service()
    (occupant,) = services.replicas(made, "1")
    host = rows.host("h1")
    services.run(occupant, host, port=20001)
    successor = services.successor(occupant)
    services.run(successor, host, port=20002)
    observe_many([Observation(successor.pk, {"health": "unhealthy"})], actor="agent:a")
    seen = Container.objects.get(pk=successor.pk)
    assert (seen.health, seen.superseded) == ("unhealthy", False)
    assert move(Move(successor.pk, Status.FAILED), by=By.AGENT, actor="agent:a")
    observe_many([Observation(successor.pk, {"gone": True})], actor="agent:a")
    over = Container.objects.get(pk=successor.pk)
    assert (over.superseded, over.gone_at is not None) == (True, True)
    assert not Container.objects.get(pk=occupant.pk).superseded
