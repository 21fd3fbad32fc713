"""The table of states: one list in states.py, the same in the database, and compare-and-set on both."""

import itertools
import threading
from datetime import datetime

import pytest
from django.db import IntegrityError, connection, transaction

from containers.models import Container
from containers.states import FINAL, MOVES, By, Desired, Status
from containers.transitions import Move, Observation, move, move_many, observe_many, want
from core.events.models import Event
from core.lib.lease import Hold, HoldLost
from hosts.models import HostHold
from tests import rows

pytestmark = pytest.mark.django_db


def force(container: Container, status: Status) -> None:
    """Put a row into any state behind the guard's back."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")  # no trigger runs
        cursor.execute("UPDATE containers_container SET status = %s WHERE id = %s", [status.value, container.pk])
        cursor.execute("SET session_replication_role = DEFAULT")


def accepted(container: Container, target: Status) -> bool:
    """Whether the database itself lets the row go there."""
    try:
        with transaction.atomic():
            Container.objects.filter(pk=container.pk).update(status=target.value)
    except IntegrityError:
        return False
    return True


def test_the_database_allows_exactly_the_moves_of_the_table() -> None:
    host = rows.host("h1")
    container = rows.slot(asked=rows.Asked(cpu="0", memory="0"))  # no room: its counter is not what is tested
    assert rows.bind(container, host)
    for source, target in itertools.permutations(Status, 2):
        force(container, source)
        assert accepted(container, target) == ((source, target) in MOVES), f"{source} -> {target}"


def test_an_unknown_status_is_refused() -> None:
    container = rows.slot()
    with pytest.raises(IntegrityError), transaction.atomic():
        Container.objects.filter(pk=container.pk).update(status="sleeping")


def test_a_wish_never_goes_back() -> None:
    container = rows.slot()
    Container.objects.filter(pk=container.pk).update(desired=Desired.STOP.value)
    with pytest.raises(IntegrityError, match="cannot go back"), transaction.atomic():
        Container.objects.filter(pk=container.pk).update(desired=Desired.RUN.value)


def test_only_the_right_hand_moves() -> None:
    container = rows.slot()
    assert not move(Move(container.pk, Status.CANCELLED), by=By.AGENT, actor="agent:a")
    assert move(Move(container.pk, Status.CANCELLED), by=By.ACTION, actor="user:a")
    container.refresh_from_db()
    assert container.gone_at is not None, "no engine ever heard of it"


def test_a_batch_moves_what_it_can_and_says_which() -> None:
    host = rows.host("h1")
    first, second = rows.slot(), rows.slot()
    assert rows.bind(first, host)
    moved = move_many(
        [Move(first.pk, Status.PREPARING), Move(second.pk, Status.PREPARING)], by=By.AGENT, actor="agent:a"
    )
    assert moved == {first.pk}
    assert Event.objects.filter(kind="container.preparing").count() == 1


def test_a_move_that_needs_the_wish_is_not_made_after_a_stop() -> None:
    container = rows.slot()
    assert rows.bind(container, rows.host("h1"))
    rows.advance(container, Status.PREPARING)
    want(container.pk, Desired.STOP, actor="user:a")
    assert not move(Move(container.pk, Status.STARTING, while_wanted=True), by=By.AGENT, actor="agent:a")
    assert move(Move(container.pk, Status.STARTING), by=By.AGENT, actor="agent:a")


def test_values_are_written_along_and_unknown_ones_refused() -> None:
    host = rows.host("h1")
    container = rows.slot()
    rows.bind(container, host)
    rows.advance(container, Status.RUNNING)
    assert rows.end(
        container,
        Status.FAILED,
        exit_code=3,
        oom_killed=False,
        finished_at=datetime.fromisoformat("2026-01-02T03:04:05Z"),
    )
    container.refresh_from_db()
    assert (container.exit_code, container.finished_at and container.finished_at.year) == (3, 2026)
    with pytest.raises(ValueError, match="not an observation"):
        observe_many([Observation(container.pk, {"spec": {}})], actor="agent:a")


def test_the_progress_of_a_pull_ends_with_the_pull() -> None:
    container = rows.slot()
    rows.bind(container, rows.host("h1"))
    rows.advance(container, Status.PREPARING)
    observe_many([Observation(container.pk, {"progress": {"text": "pulling"}})], actor="agent:a")
    move(Move(container.pk, Status.STARTING), by=By.AGENT, actor="agent:a")
    container.refresh_from_db()
    assert container.progress == {}


def test_the_first_image_pin_wins() -> None:
    container = rows.slot()
    for digest in ("sha256:one", "sha256:two"):
        observe_many([Observation(container.pk, {"image_digest": digest})], actor="agent:a")
    container.refresh_from_db()
    assert container.image_digest == "sha256:one"


def test_a_write_under_an_old_epoch_is_refused_and_changes_nothing() -> None:
    host = rows.host("h1")
    container = rows.slot()
    rows.bind(container, host)
    hold = Hold("hosts_hosthold", "host_id", host.pk, 0)
    HostHold.objects.filter(pk=host.pk).update(epoch=1)
    with pytest.raises(HoldLost):
        move(Move(container.pk, Status.PREPARING), by=By.AGENT, actor="agent:old", hold=hold)
    container.refresh_from_db()
    assert container.status == Status.BOUND


def test_health_leaves_an_event_only_when_it_changes() -> None:
    container = rows.slot()
    for health in ("starting", "unhealthy", "unhealthy", "healthy"):
        observe_many([Observation(container.pk, {"health": health})], actor="agent:a")
    kinds = list(Event.objects.filter(object_id=str(container.pk)).order_by("id").values_list("kind", flat=True))
    assert kinds == ["container.created", "container.unhealthy", "container.healthy"]


@pytest.mark.django_db(transaction=True)
def test_a_stale_write_waits_for_the_take_over_and_is_refused() -> None:
    """The hold is locked, not only compared: a take-over that commits first wins, whatever the order of arrival."""
    host = rows.host("h1")
    container = rows.slot()
    rows.bind(container, host)
    hold = Hold("hosts_hosthold", "host_id", host.pk, 0)
    taken, outcome = threading.Event(), []

    def stale() -> None:
        taken.wait(5)
        try:
            move(Move(container.pk, Status.PREPARING), by=By.AGENT, actor="agent:old", hold=hold)
            outcome.append("written")
        except HoldLost:
            outcome.append("refused")
        finally:
            connection.close()

    writer = threading.Thread(target=stale)
    writer.start()
    with transaction.atomic():
        HostHold.objects.filter(pk=host.pk).update(epoch=1)
        taken.set()
        writer.join(0.3)  # it waits on the lock
    writer.join(5)
    container.refresh_from_db()
    assert (outcome, container.status) == (["refused"], Status.BOUND)


@pytest.mark.django_db(transaction=True)
def test_a_take_over_waits_for_a_write_that_has_begun() -> None:
    """Drop the FOR SHARE of the hold and this fails: the take-over would pass a write that commits after it."""
    host = rows.host("h1")
    container = rows.slot()
    rows.bind(container, host)
    hold = Hold("hosts_hosthold", "host_id", host.pk, 0)
    order: list[str] = []

    def take_over() -> None:
        HostHold.objects.filter(pk=host.pk).update(epoch=1)
        order.append("taken over")
        connection.close()

    taker = threading.Thread(target=take_over)
    with transaction.atomic():
        assert move(Move(container.pk, Status.PREPARING), by=By.AGENT, actor="agent:a", hold=hold)
        taker.start()
        taker.join(0.4)
        order.append("committed")
    taker.join(5)
    assert order == ["committed", "taken over"]


def test_final_states_have_no_way_out() -> None:
    assert not [pair for pair in MOVES if pair[0] in FINAL]
