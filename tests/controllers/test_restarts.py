"""The restart loop on real rows: a crash gets a new attempt in the slot, once, whoever looks."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from containers import transitions
from containers.models import Container
from containers.states import Desired, Status
from core.events.models import Event
from core.lib.lease import HoldLost
from scheduler.controllers import pending
from scheduler.controllers.restarts import Restarts
from tests.scheduler.lease import given, take_lease
from tests.scheduler.rows import attempts, container, current, host, walk

pytestmark = pytest.mark.django_db(transaction=True)

RUN = (Status.PREPARING, Status.STARTING, Status.RUNNING)


def placed(**fields: Any) -> Container:
    row = container(**fields)
    pending.turn(given())
    row.refresh_from_db()
    assert row.status == "bound"
    return row


def ran(row: Container) -> Container:
    return walk(row, *RUN, started_at=timezone.now())


def test_a_crash_is_followed_by_one_new_attempt_at_once() -> None:
    host("h1")
    first = walk(ran(placed(restart="on-failure")), Status.FAILED, reason="exit", exit_code=1)
    assert Restarts().turn(given()).changes == 1
    assert Restarts().turn(given()).changes == 0
    old, new = attempts(first)
    assert (old.status, old.superseded) == ("failed", True)
    assert (new.status, new.attempt, new.not_before) == ("pending", 2, None)
    assert new.message == "failed, restart is on-failure"


def test_the_third_crash_in_a_row_waits() -> None:
    host("h1")
    row = placed(restart="always")
    loop, hold = Restarts(), take_lease()
    for _ in range(3):
        walk(ran(current(row)), Status.FAILED, reason="exit", exit_code=1)
        loop.turn(given(hold))
        Container.objects.filter(slot_id=row.slot_id, status="pending", attempt__lt=4).update(not_before=None)
        pending.turn(given(hold))
    waits = current(row)
    assert (waits.attempt, waits.status) == (4, "pending")
    assert waits.not_before is not None
    assert waits.not_before <= timezone.now() + timedelta(seconds=4)
    assert waits.message.startswith("failed 3 times in a row, restart is always")


def test_what_is_over_for_good_hides_no_newer_crash(monkeypatch: pytest.MonkeyPatch) -> None:
    from scheduler.controllers import restarts

    host("h1")
    walk(ran(placed(name="done", restart="on-failure")), Status.EXITED, exit_code=0)
    crashed = walk(ran(placed(name="crashed", restart="on-failure")), Status.FAILED, reason="exit", exit_code=1)
    monkeypatch.setattr(restarts, "ENDED_MAX", 1)
    assert Restarts().turn(given()).changes == 1
    assert current(crashed).attempt == 2


def test_what_was_stopped_stays_stopped() -> None:
    host("h1")
    row = ran(placed(restart="always"))
    transitions.want(row.pk, Desired.STOP, actor="user:anna")
    walk(row, Status.STOPPING, Status.STOPPED)
    assert Restarts().turn(given()).changes == 0


def test_the_operators_restart_gives_a_new_attempt_after_the_stop() -> None:
    host("h1")
    row = ran(placed())
    transitions.want(row.pk, Desired.STOP, actor="user:anna", then_restart=True)
    assert Restarts().turn(given()).changes == 0
    walk(row, Status.STOPPING, Status.STOPPED)
    assert Restarts().turn(given()).changes == 1
    assert (current(row).attempt, current(row).desired) == (2, "run")


def test_what_never_ran_is_tried_on_each_other_host_and_then_left() -> None:
    hosts = {host(name).pk for name in ("h1", "h2", "h3")}
    row = placed(restart="none")
    tried = []
    for _ in range(3):
        now = current(row)
        tried.append(now.host_id)
        walk(now, Status.FAILED, reason="disk-full")
        Restarts().turn(given())
        pending.turn(given())
    assert set(tried) == hosts
    assert [one.status for one in attempts(row)] == ["failed"] * 3
    assert Restarts().turn(given()).changes == 0


def test_a_slot_whose_name_was_taken_says_so_once_and_starts_when_it_is_free() -> None:
    host("h1")
    row = walk(ran(placed(restart="always")), Status.FAILED, reason="exit", message="exit code 1", exit_code=1)
    other = container()
    loop, hold = Restarts(), take_lease()
    assert [loop.turn(given(hold)).changes for _ in range(3)] == [0, 0, 0]
    row.refresh_from_db()
    assert (row.reason, row.superseded) == ("exit", False)
    assert row.message.startswith("exit code 1; it cannot start again while another container is named web")
    assert Event.objects.filter(kind="container.name-taken", object_id=str(row.pk)).count() == 1
    transitions.want(other.pk, Desired.REMOVE, actor="user:anna")
    assert loop.turn(given(hold)).changes == 1
    assert (current(row).attempt, current(row).not_before) == (2, None)  # what came to nothing took no place


def test_two_schedulers_make_one_attempt() -> None:
    host("h1")
    row = walk(ran(placed(restart="always")), Status.EXITED, exit_code=0)
    old = given()
    new = given()
    with pytest.raises(HoldLost):
        Restarts().turn(old)
    assert Restarts().turn(new).changes == 1
    assert len(attempts(row)) == 2


def test_one_slot_that_cannot_be_planned_stops_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    from scheduler.controllers import restarts

    host("h1")
    bad = walk(ran(placed(name="bad", restart="always")), Status.EXITED)
    good = walk(ran(placed(name="good", restart="always")), Status.EXITED)
    honest = restarts.plan_one

    def poisoned(ended: restarts.Ended, seen: restarts.Snapshot, *, jitter: float) -> restarts.Next | None:
        if ended.id == bad.pk:
            raise ZeroDivisionError("poison")
        return honest(ended, seen, jitter=jitter)

    monkeypatch.setattr(restarts, "plan_one", poisoned)
    turn, loop = given(), Restarts()
    for _ in range(5):
        loop.turn(turn)
    assert current(good).attempt == 2
    assert turn.trouble.words() == f"1 set aside: {bad.pk}: ZeroDivisionError: poison"
