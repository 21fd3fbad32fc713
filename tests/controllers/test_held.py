"""Held stops: said when they are due, in the name of who asked, unless taken back; the next attempt inherits them."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from containers import actions, transitions
from containers.models import Container
from containers.states import Desired, Status
from core.events.models import Event
from core.lib.lease import HoldLost
from scheduler.controllers import held
from scheduler.controllers.pending import turn as place
from scheduler.trouble import FAILURES_MAX
from tests.scheduler.lease import given, take_lease
from tests.scheduler.rows import container, host, walk

pytestmark = pytest.mark.django_db(transaction=True)

ANNA = "user:anna"


def running(name: str = "web", **fields: Any) -> Container:
    host(f"h-{name}")
    row = container(name, **fields)
    place(given())
    return walk(row, Status.PREPARING, Status.STARTING, Status.RUNNING)


def make_due() -> None:
    """Those that are not yet: due one after the other."""
    now = timezone.now()
    Container.objects.filter(stop_at__gt=now).update(stop_at=now - timedelta(seconds=1))


def test_a_held_stop_waits_and_is_said_when_it_is_due() -> None:
    row = running()
    actions.stop(row, actor=ANNA, delay_s=10)
    asked: list[float] = []
    assert held.turn(given(wake_in=asked.append)).changes == 0
    row.refresh_from_db()
    assert (row.desired, row.stop_by) == (Desired.RUN, ANNA)
    assert 8 < asked[0] <= 10
    make_due()
    assert held.turn(given()).changes == 1
    row.refresh_from_db()
    assert (row.desired, row.stop_at) == (Desired.STOP, None)
    assert Event.objects.get(kind="container.stop-asked").actor == ANNA


def test_what_was_taken_back_goes_on() -> None:
    row = running()
    actions.stop(row, actor=ANNA, delay_s=10)
    actions.keep_running(row, actor=ANNA)
    make_due()
    assert held.turn(given()).changes == 0
    row.refresh_from_db()
    assert row.desired == Desired.RUN


def test_a_crash_meanwhile_does_not_lose_it() -> None:
    row = running(restart="always")
    actions.stop(row, actor=ANNA, delay_s=10)
    walk(row, Status.FAILED, reason="exit-code", exit_code=1)
    following = transitions.add_next(row.pk, actor="scheduler", message="it failed")
    make_due()
    assert held.turn(given()).changes == 1
    assert following is not None
    after = Container.objects.get(pk=following)
    assert (after.desired, after.status) == (Desired.STOP, Status.CANCELLED)


def test_a_restart_takes_its_place() -> None:
    row = running()
    actions.stop(row, actor=ANNA, delay_s=10)
    actions.restart(row, actor="user:otto")
    make_due()
    assert held.turn(given()).changes == 0
    row.refresh_from_db()
    assert row.restart_asked


@contextmanager
def poison() -> Iterator[None]:
    """The wish of every row named "bad" cannot be written."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION poison() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN IF NEW.name = 'bad' AND NEW.desired = 'stop' THEN RAISE 'poison'; END IF; RETURN NEW; END $$;"
            " CREATE TRIGGER poison BEFORE UPDATE ON containers_container FOR EACH ROW EXECUTE FUNCTION poison()"
        )
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP TRIGGER poison ON containers_container; DROP FUNCTION poison()")


def test_one_poisoned_row_does_not_stop_the_others() -> None:
    bad, good = running("bad"), running("good")
    for row in (bad, good):
        actions.stop(row, actor=ANNA, delay_s=10)
    make_due()
    with poison():
        assert held.turn(given()).changes == 1
    assert Container.objects.get(pk=good.pk).desired == Desired.STOP


def test_what_is_set_aside_uses_up_no_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(held, "BATCH", 1)
    for row in (running("bad"), running("good")):
        actions.stop(row, actor=ANNA, delay_s=10)
        make_due()
    turn = given()
    with poison():
        said = [held.turn(turn).changes for _ in range(FAILURES_MAX + 1)]
    assert said == [0] * FAILURES_MAX + [1]


def test_a_former_leader_says_nothing() -> None:
    row = running()
    actions.stop(row, actor=ANNA, delay_s=10)
    make_due()
    old = take_lease()
    take_lease()
    with pytest.raises(HoldLost):
        held.turn(given(old))
    row.refresh_from_db()
    assert row.desired == Desired.RUN
