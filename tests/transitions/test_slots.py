"""Slots: one occupant, numbered attempts, names, and wishes that outlive races."""

import threading
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from containers.models import Container
from containers.states import By, Desired, Status
from containers.transitions import Move, add_next, move, want
from core.events.models import Event
from core.lib.problems import Problem
from tests import rows

pytestmark = pytest.mark.django_db


def failed(name: str = "web") -> Container:
    container = rows.slot(name)
    rows.bind(container, rows.host(f"h-{uuid4().hex[:6]}"))
    rows.end(container, Status.FAILED)
    return container


def test_a_slot_has_one_occupant() -> None:
    container = rows.slot("web")
    with pytest.raises(IntegrityError, match="one_occupant"), transaction.atomic():
        Container.objects.create(
            project=container.project, name="other", slot_id=container.slot_id, attempt=2, spec={}, spec_hash=""
        )


def test_a_name_is_unique_while_its_slot_is_occupied() -> None:
    rows.slot("web")
    with pytest.raises(Problem) as caught:
        rows.slot("web")
    assert (caught.value.status, caught.value.code, caught.value.errors[0].pointer) == (409, "name-taken", "/name")


def test_the_next_attempt_keeps_what_belongs_to_the_slot() -> None:
    container = failed()
    Container.objects.filter(pk=container.pk).update(image_digest="sha256:x")
    following = add_next(container.pk, actor="scheduler", message="restart 1")
    assert following
    row = Container.objects.get(pk=following)
    container.refresh_from_db()
    assert (row.slot_id, row.attempt, row.status, row.image_digest) == (container.slot_id, 2, "pending", "sha256:x")
    assert container.superseded


def test_no_next_attempt_for_one_that_lives_was_stopped_or_has_one() -> None:
    living = rows.slot("living")
    assert add_next(living.pk, actor="scheduler", message="") is None
    stopped = failed("stopped")
    want(stopped.pk, Desired.STOP, actor="user:a")
    assert add_next(stopped.pk, actor="scheduler", message="") is None
    again = failed("again")
    assert add_next(again.pk, actor="scheduler", message="") is not None
    assert add_next(again.pk, actor="scheduler", message="") is None


def test_an_operator_starts_again_what_was_stopped_but_not_what_was_removed() -> None:
    stopped = failed("stopped")
    want(stopped.pk, Desired.STOP, actor="user:a")
    assert add_next(stopped.pk, actor="user:a", message="", by_operator=True) is not None
    removed = failed("removed")
    want(removed.pk, Desired.REMOVE, actor="user:a")
    assert add_next(removed.pk, actor="user:a", message="", by_operator=True) is None


def test_a_pending_one_that_shall_stop_is_cancelled_at_once() -> None:
    container = rows.slot("web")
    assert want(container.pk, Desired.STOP, actor="user:a")
    container.refresh_from_db()
    assert (container.status, container.generation) == (Status.CANCELLED, 2)
    assert Event.objects.filter(object_id=str(container.pk), kind="container.stop-asked", actor="user:a").exists()


def test_removing_a_slot_reaches_its_earlier_attempts() -> None:
    first = failed()
    second = add_next(first.pk, actor="scheduler", message="")
    assert second
    want(second, Desired.REMOVE, actor="user:a")
    assert set(Container.objects.values_list("desired", flat=True)) == {"remove"}


def test_a_stop_takes_an_asked_restart_back() -> None:
    container = rows.slot("web")
    rows.bind(container, rows.host("h1"))
    want(container.pk, Desired.STOP, actor="user:a", then_restart=True)
    container.refresh_from_db()
    assert container.restart_asked
    want(container.pk, Desired.STOP, actor="user:a")
    container.refresh_from_db()
    assert not container.restart_asked


@pytest.mark.django_db(transaction=True)
def test_two_controllers_make_one_next_attempt() -> None:
    container = failed()
    made: list[object] = []

    def one() -> None:
        made.append(add_next(container.pk, actor="scheduler", message=""))
        connection.close()

    threads = [threading.Thread(target=one) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len([m for m in made if m is not None]) == 1
    assert Container.objects.filter(slot_id=container.slot_id).count() == 2


def test_versions_rise_with_every_change() -> None:
    container = rows.slot("web")
    assert container.version == 1
    move(Move(container.pk, Status.CANCELLED), by=By.ACTION, actor="user:a")
    container.refresh_from_db()
    assert container.version == 2
    assert container.changed_xid > 0
