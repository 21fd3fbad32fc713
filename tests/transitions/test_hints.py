"""Whom a change wakes: an agent that writes down what it did itself wakes neither itself nor the scheduler's loops."""

from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from django.db import connection

from containers.models import Container
from containers.states import Desired, Status
from containers.transitions import Observation, add_next, observe_many, want
from core.lib.notify import CHANNEL, Hints, merge, unpack
from tests import rows

pytestmark = pytest.mark.django_db(transaction=True)

Heard = Callable[[], Hints]


@pytest.fixture
def heard() -> Iterator[Heard]:
    """What was told since the last call, in one."""
    params = {k: v for k, v in connection.get_connection_params().items() if k in ("dbname", "host", "user")}
    with psycopg.connect(**params, autocommit=True) as listening:
        listening.execute(f"LISTEN {CHANNEL}")

        def since() -> Hints:
            told: Hints = {}
            for note in listening.notifies(timeout=0.2):
                merge(told, unpack(note.payload))
            return told

        yield since


def test_each_change_names_those_who_have_something_to_do(heard: Heard) -> None:
    host = rows.host("h1")
    container = rows.slot(asked=rows.Asked(restart="always"))
    assert seen(heard()) == {"pending"}
    rows.bind(container, host)
    assert seen(told := heard()) == {"work"}
    assert told["work"] == [host.pk]
    rows.advance(container, Status.RUNNING)
    assert seen(heard()) == set(), "its agent knows"
    observe_many([Observation(container.pk, {"health": "healthy"})], actor="agent:a")
    assert seen(heard()) == set()
    want(container.pk, Desired.STOP, actor="user:a", then_restart=True)
    assert seen(heard()) == {"work"}
    rows.end(container, Status.FAILED)
    assert seen(heard()) == {"ended"}
    add_next(container.pk, actor="scheduler", message="a test says so")
    assert seen(heard()) == {"pending"}


def test_a_wish_about_what_has_ended_wakes_those_who_clear_up(heard: Heard) -> None:
    container: Container = rows.slot()
    rows.bind(container, rows.host("h1"))
    rows.end(container, Status.FAILED)
    heard()
    want(container.pk, Desired.REMOVE, actor="user:a")
    assert seen(heard()) == {"work", "ended"}
    observe_many([Observation(container.pk, {"gone": True})], actor="agent:a")
    assert seen(heard()) == {"ended"}


def seen(told: dict[str, Any]) -> set[str]:
    assert told["container"]
    return told.keys() - {"container", "event"}
