"""The verdict: each failure once, pause or go back at the threshold, hold the canary, done only when all is proved."""

from dataclasses import replace

import pytest

from containers.spec.service import UpdatePolicy
from containers.states import Desired, Health, Status
from scheduler.controllers.services.types import CountFailure, MoveRollout, Prove, RollBack, Slot
from tests.scheduler.services.tables import (
    NEW,
    OLD,
    asked,
    attempt,
    before,
    crashed,
    ident,
    kinds,
    pending,
    rollout,
    service,
    successor,
    words,
)

TWO = UpdatePolicy(failure_threshold=2)
STARTING = {"status": Status.STARTING, "bound_at": before(121), "created_at": before(121), "started_at": None}


@pytest.mark.parametrize(
    ("row", "counts"),
    [
        (crashed(), True),
        (crashed(status=Status.EXITED), True),
        (crashed(status=Status.LOST), False),
        (crashed(desired=Desired.STOP), False),
        (crashed(round=1), False),
        (crashed(revision=OLD), False),
        (attempt(health=Health.UNHEALTHY), True),
        (attempt(health=Health.UNHEALTHY, proved=True), False),
        (attempt(health=Health.UNHEALTHY, host_ok=False), False),
        (attempt(health=Health.UNHEALTHY, health_since=before(60), host_since=before(5)), False),
        (attempt(health=Health.UNKNOWN), False),
        (attempt(**STARTING), True),
        (attempt(**{**STARTING, "bound_at": before(119)}), False),
        (attempt(**STARTING, host_ok=False), False),
        (attempt(**STARTING, host_since=before(5)), False),  # its host was silent, and it could not be seen to start
        (pending(created_at=before(900)), False),
    ],
)
def test_what_counts_as_a_failure(row: object, counts: bool) -> None:
    found = asked(service(row, policy=TWO))  # type: ignore[arg-type]
    assert any(isinstance(one, CountFailure) for one in found) is counts


def test_with_restart_none_an_end_without_an_error_is_no_failure() -> None:
    seen = service(crashed(status=Status.EXITED), restart="none")
    assert [one.status for one in asked(seen) if isinstance(one, MoveRollout)] == ["done"]


def test_a_failure_counts_once() -> None:
    seen = service(crashed(), policy=TWO, rollout=rollout(failures=1, failed_seen=frozenset({ident("1")})))
    assert kinds(seen) == []


def test_failures_in_the_history_count_too() -> None:
    """The restarts were quicker than we."""
    slot = Slot("1", pending("1", attempt=2), history=(crashed(),))
    assert kinds(service(slot, policy=TWO)) == ["CountFailure"]


def test_at_the_threshold_the_revision_before_is_wanted_again() -> None:
    found = asked(service(Slot("1", attempt(revision=OLD), successor(status=Status.FAILED))))
    assert [type(one) for one in found] == [CountFailure, RollBack]
    assert [one.revision_id for one in found if isinstance(one, RollBack)] == [OLD]


@pytest.mark.parametrize(
    ("seen_rollout", "on_failure", "status"),
    [
        (rollout(), "pause", "paused"),
        (rollout(from_revision_id=None), "roll-back", "paused"),
        (rollout(from_revision_id=NEW), "roll-back", "paused"),
        (rollout(kind="restart"), "roll-back", "paused"),
        (rollout(kind="roll-back"), "roll-back", "failed"),
        (rollout(status="holding"), "pause", "paused"),
    ],
)
def test_where_nothing_can_be_gone_back_to_it_says_so(seen_rollout: object, on_failure: str, status: str) -> None:
    seen = service(crashed(), policy=UpdatePolicy(on_failure=on_failure), rollout=seen_rollout)  # type: ignore[arg-type]
    moved = [one for one in asked(seen) if isinstance(one, MoveRollout)]
    assert [one.status for one in moved] == [status]
    assert "web.1" in moved[0].why


@pytest.mark.parametrize("status", ["paused", "done", "failed", "rolled-back", "aborted", "superseded"])
def test_nobody_is_judged_when_the_roll_out_rests(status: str) -> None:
    assert kinds(service(crashed(), rollout=rollout(status=status))) == []


def test_done_only_when_every_slot_is_current_alone_and_proved() -> None:
    good = [attempt("1", proved=True), attempt("2", proved=True)]
    assert kinds(service(*good)) == ["MoveRollout"]
    young = replace(good[1], ready_since=before(4), proved=False)
    assert kinds(service(good[0], young)) == []
    assert "MoveRollout" not in kinds(service(good[0], attempt("2", OLD)))
    assert "MoveRollout" not in kinds(service(good[0], Slot("2", good[1], successor("2"))))
    assert "MoveRollout" not in kinds(service(*good, replicas=3))


def test_done_says_what_failed_on_the_way() -> None:
    seen = service(attempt(proved=True), policy=TWO, rollout=rollout(failures=1))
    assert [one.why for one in asked(seen) if isinstance(one, MoveRollout)] == [
        "all 1 replaced and ready; 1 failed on the way"
    ]


def test_a_new_one_is_proved_after_the_whole_window() -> None:
    for ready_s, proves in ((4.9, False), (5.0, True)):
        slot = Slot("1", attempt(revision=OLD), successor(ready_since=before(ready_s)))
        assert any(isinstance(one, Prove) for one in asked(service(slot))) is proves


def test_the_canary_holds_after_its_batch_until_it_is_promoted() -> None:
    policy = UpdatePolicy(hold_after_first=True)
    slots = [attempt("1", proved=True), attempt("2", OLD), attempt("3", OLD)]
    moved = asked(service(*slots, policy=policy))
    assert [one.status for one in moved if isinstance(one, MoveRollout)] == ["holding"]
    assert len(moved) == 1
    assert kinds(service(*slots, policy=policy, rollout=rollout(status="holding"))) == []
    promoted = rollout(status="holding", promoted=True)
    assert kinds(service(*slots, policy=policy, rollout=promoted)) == ["MoveRollout", "AddSuccessor"]


def test_the_canary_does_not_begin_a_second_batch() -> None:
    slots = [attempt("1", ready_since=before(1)), attempt("2", OLD)]
    assert kinds(service(*slots, policy=UpdatePolicy(hold_after_first=True))) == []


def test_what_was_stopped_for_the_canary_belongs_to_its_batch() -> None:
    slots = [attempt("1", proved=True), attempt("2", OLD, desired=Desired.STOP), attempt("3", OLD)]
    policy = UpdatePolicy(hold_after_first=True, batch=2, max_unavailable=2, order="stop-first")
    assert kinds(service(*slots, policy=policy)) == []


def test_what_ended_for_good_ends_the_roll_out_too() -> None:
    """Below the threshold, but with restart none nobody brings it back."""
    counted = rollout(failures=1, failed_seen=frozenset({ident("1")}))
    seen = service(crashed(), policy=TWO, restart="none", rollout=counted)
    assert kinds(seen) == ["RollBack"]


def test_the_note_says_how_far_it_is_and_what_it_waits_for() -> None:
    new = successor("2", status=Status.PENDING, reason="no-host", message="no host fits: 3 lack memory")
    seen = service(attempt("1", proved=True), Slot("2", attempt("2", OLD), new), attempt("3", OLD))
    assert words(seen) == "1 of 3 replaced; waits for web.2: no host fits: 3 lack memory"
    assert words(replace(seen, rollout=rollout(message=words(seen)))) == ""


@pytest.mark.parametrize(
    ("ready_s", "says"),
    [(6, "it must be ready for 5 s"), (60, "its agent has not seen it run since its health window ended")],
)
def test_a_host_that_gives_no_list_is_named(ready_s: int, says: str) -> None:
    new = successor(ready_since=before(ready_s), watched_until=None)
    assert says in words(service(Slot("1", attempt("1", OLD), new)))
