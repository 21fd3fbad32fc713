"""Many that wait are written in batches, side by side: all of them, each once, and none after the lease is lost."""

from collections.abc import Collection

import pytest
from django.db import connection

from containers.models import Container
from core.events.models import Event
from core.lib.lease import HoldLost
from hosts.models import HostBooking
from scheduler import binding
from scheduler.controllers import pending
from scheduler.decisions import Draft, decision_json
from scheduler.models import Decision
from scheduler.trouble import Trouble
from tests.scheduler.lease import given, take_lease
from tests.scheduler.rows import MIB, container, host

pytestmark = pytest.mark.django_db(transaction=True)

WAITING = 30


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(binding, "BATCH", 4)


def ask_for_some() -> None:
    for number in range(3):
        host(f"h{number}")
    for number in range(WAITING):
        container(f"c{number}", resources={"memory": "64m"})


def test_every_batch_is_written_once() -> None:
    ask_for_some()
    assert pending.turn(given()).changes == WAITING
    assert Container.objects.filter(status="bound").count() == WAITING
    (decision,) = Decision.objects.all()
    assert set(Container.objects.values_list("decision_id", flat=True)) == {decision.pk}
    assert {one[0] for one in decision.members} == {str(key) for key in Container.objects.values_list("pk", flat=True)}
    assert (decision.verdict, decision.group_size, len(decision.members)) == ("placed", WAITING, WAITING)
    assert Event.objects.filter(kind="container.bound").count() == WAITING
    assert sorted(HostBooking.objects.values_list("memory_bytes_reserved", flat=True)) == [640 * MIB] * 3


def test_a_lost_lease_ends_all_of_it() -> None:
    ask_for_some()
    turn = given()
    take_lease()
    with pytest.raises(HoldLost):
        pending.turn(turn)
    assert not Container.objects.exclude(status="pending").exists()


def test_a_large_batch_keeps_the_same_events_and_decisions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(binding, "BATCH", 1_000)
    ask_for_some()
    pending.turn(given())
    row = Container.objects.select_related("host").get(name="c7")
    assert row.host is not None
    event = Event.objects.get(kind="container.bound", object_id=str(row.pk))
    assert (event.actor, event.message, event.level, event.host_id, event.data["host"]) == (
        "scheduler",
        f"placed on {row.host.name}",
        "info",
        row.host_id,
        row.host.name,
    )
    assert (Decision.objects.get().pk, decision_json(row)["host"]) == (row.decision_id, row.host.name)


def test_batches_commit_after_their_decisions_however_long_those_take(monkeypatch: pytest.MonkeyPatch) -> None:
    ask_for_some()
    keep, bound_before = Draft.keep, []

    def slowly(draft: Draft, only: Collection[str] | None = None) -> None:
        with connection.cursor() as cursor:  # longer than a transaction may be silent, or wait for another's hosts
            cursor.execute("SELECT pg_sleep(2.5)")
        bound_before.append(Container.objects.filter(status="bound").count())
        keep(draft, only)

    monkeypatch.setattr(Draft, "keep", slowly)
    assert pending.turn(given()).changes == WAITING
    assert bound_before == [0]
    assert Container.objects.filter(status="bound").count() == WAITING


def test_without_decisions_nothing_is_bound_and_nobody_is_to_blame(monkeypatch: pytest.MonkeyPatch) -> None:
    ask_for_some()

    def never(draft: Draft, only: Collection[str] | None = None) -> None:
        raise ValueError("no words")

    monkeypatch.setattr(Draft, "keep", never)
    turn = given()
    with pytest.raises(binding.NotKept, match="no words"):
        pending.turn(turn)
    assert not Container.objects.exclude(status="pending").exists()
    monkeypatch.undo()
    assert turn.trouble == Trouble()
    assert pending.turn(turn).changes == WAITING
