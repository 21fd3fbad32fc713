"""The one replacement: its causes, its order, its budget; what is given up, and what is left to others."""

from dataclasses import replace
from datetime import timedelta

import pytest

from containers.spec.service import UpdatePolicy
from containers.states import Desired, Health, Status
from scheduler.controllers.services.plan import plan_service
from scheduler.controllers.services.types import AddNext, AddSuccessor, Promote, Slot, Stop
from tests.scheduler.services.rows import NOW
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
)

STOPPED = {"status": Status.STOPPED, "desired": Desired.STOP, "ended_at": before(1)}
STOP_FIRST = UpdatePolicy(order="stop-first", max_unavailable=1)
PROVED = {"ready_since": before(6), "proved": True}


def stops(*slots: object, **values: object) -> list[Stop]:
    return [one for one in asked(service(*slots, **values)) if isinstance(one, Stop)]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("row", "begins"),
    [
        (attempt(), False),
        (attempt(revision=OLD), True),
        (attempt(round=0, revision=OLD), True),
        (attempt(health=Health.UNHEALTHY, proved=True), True),
        (attempt(health=Health.UNKNOWN, proved=True), False),
        (attempt(host_draining=True), True),
        (attempt(replace_asked=True), True),
        (attempt(revision=OLD, host_ok=False), True),
    ],
)
def test_the_causes(row: object, begins: bool) -> None:
    assert ("AddSuccessor" in kinds(service(row))) is begins  # type: ignore[arg-type]


def test_health_found_before_the_host_was_silent_is_looked_at_again() -> None:
    """Its agent, or the next one, has some seconds to say the same again or better."""
    sick = attempt(health=Health.UNHEALTHY, proved=True, health_since=before(60), host_since=before(5))
    planned = plan_service(service(sick, rollout=None), NOW, jitter=0)
    assert planned.changes == ()
    assert planned.look_again_s == pytest.approx(10.0)
    for since in ({"health_since": before(4)}, {"host_since": before(16)}, {"host_since": before(-3600)}):
        assert kinds(service(replace(sick, **since), rollout=None)) == ["AddSuccessor"]


def test_who_got_well_while_its_successor_came_up_is_not_called_outdated() -> None:
    pair = Slot("1", attempt(), replace(successor(**PROVED), round=NEW))
    assert [one.why for one in asked(service(pair, rollout=None)) if isinstance(one, Stop)] == [
        "what called for a replacement has passed; its successor is ready"
    ]


def test_a_rolling_restart_replaces_what_is_older_than_its_round() -> None:
    assert kinds(service(attempt("1", round=1), fresh_from=2)) == ["AddSuccessor"]
    assert kinds(service(attempt("1", round=2, proved=True), fresh_from=2)) == ["MoveRollout"]


@pytest.mark.parametrize("state", ["paused", "holding", "failed", "aborted", "rolled-back"])
def test_outdated_ones_rest_with_the_roll_out(state: str) -> None:
    assert kinds(service(attempt(revision=OLD), rollout=rollout(status=state))) == []


def test_outdated_ones_rest_while_the_service_is_paused() -> None:
    assert kinds(service(attempt(revision=OLD), paused=True)) == []


def test_a_drain_while_the_roll_out_rests_keeps_the_revision() -> None:
    seen = service(attempt(revision=OLD, host_draining=True), rollout=rollout(status="holding"))
    assert [one.keeps_revision for one in asked(seen) if isinstance(one, AddSuccessor)] == [True]
    same = replace(successor(revision=OLD), round=OLD)
    begun = service(Slot("1", attempt(revision=OLD, host_draining=True), same), rollout=rollout(status="holding"))
    assert [one.cause for one in asked(begun) if isinstance(one, Stop)] == ["draining"]


def test_a_drain_stops_nothing_that_no_other_host_takes() -> None:
    policy = UpdatePolicy(order="stop-first", max_surge=0, max_unavailable=1)
    drained = attempt("1", host_draining=True, nowhere="no host has room")
    planned = plan_service(service(drained, attempt("2"), policy=policy, rollout=None), NOW, jitter=0)
    assert (planned.changes, planned.look_again_s) == ((), 5.0)
    fits = replace(drained, nowhere="")
    assert kinds(service(fits, attempt("2"), policy=policy, rollout=None)) == ["Stop"]


def test_what_has_its_data_on_a_drained_host_stays() -> None:
    assert kinds(service(attempt(host_draining=True, proved=True), exclusive=True, pinned=True, rollout=None)) == []


# --- the budget


def test_one_batch_at_a_time_within_the_surge() -> None:
    slots = [attempt(key, OLD) for key in "1234"]
    for batch, surge, begun in ((1, 3, 1), (3, 2, 2), (2, 9, 2)):
        policy = UpdatePolicy(batch=batch, max_surge=surge)
        assert kinds(service(*slots, policy=policy)) == ["AddSuccessor"] * begun


def test_a_serving_one_stops_only_within_the_budget() -> None:
    slots = [attempt(key, OLD) for key in "1234"]
    policy = UpdatePolicy(order="stop-first", max_unavailable=2, batch=4)
    assert [one.id for one in stops(*slots, policy=policy)] == [ident("1"), ident("2")]
    assert [one.needs_ready for one in stops(*slots, policy=policy)] == [2, 2]


def test_an_unhealthy_elsewhere_uses_the_budget_up() -> None:
    """Of three, web.2 is missing already: the proved successor of web.1 does not yet stop the old one."""
    swap = Slot("1", attempt("1", OLD), successor("1", **PROVED))
    policy, sick = UpdatePolicy(batch=2, max_surge=2), attempt("2", health=Health.UNHEALTHY, proved=True)
    assert [one.needs_ready for one in stops(swap, attempt("2"), attempt("3"), policy=policy)] == [3]
    assert stops(swap, sick, attempt("3"), policy=policy) == []


def test_those_that_are_not_ready_go_first_and_cost_nothing() -> None:
    slots = [attempt("1", OLD), attempt("2", OLD), pending("3", OLD)]
    found = asked(service(*slots, policy=UpdatePolicy(order="stop-first", max_unavailable=1)))
    assert [type(one) for one in found] == [Stop, AddNext]
    assert {getattr(one, "id", None) or getattr(one, "after", None) for one in found} == {ident("3")}


def test_an_exclusive_service_stops_first_and_may_miss_one() -> None:
    found = asked(service(attempt("1", OLD), attempt("2", OLD), exclusive=True, stop_delay_s=4.0))
    assert [(type(one), getattr(one, "delay_s", None)) for one in found] == [(Stop, 4.0)]


def test_unhealthy_is_start_first_where_room_allows_and_no_intent_of_people() -> None:
    sick = attempt("1", health=Health.UNHEALTHY, proved=True)
    assert kinds(service(sick, policy=STOP_FIRST)) == ["AddSuccessor"]
    found = stops(sick, attempt("2", proved=True), exclusive=True)
    assert [(one.cause, one.intended) for one in found] == [("unhealthy", False)]


def test_beside_a_silent_host_only_where_two_may_be() -> None:
    silent = attempt("1", OLD, host_ok=False)
    assert kinds(service(silent)) == ["AddSuccessor"]
    assert kinds(service(silent, strict=True)) == []
    assert kinds(service(silent, exclusive=True)) == []


# --- going on


def test_the_old_one_stops_when_its_successor_is_proved() -> None:
    old = attempt(revision=OLD)
    assert stops(Slot("1", old, successor(ready_since=before(4)))) == []
    found = stops(Slot("1", old, successor(**PROVED)), stop_delay_s=3.0)
    assert [(one.id, one.delay_s, one.cause) for one in found] == [(old.id, 3.0, "outdated")]


def test_what_nobody_has_seen_to_the_end_of_its_window_is_not_proved() -> None:
    """Its agent died, and it may have died with it: another one is asked to look."""
    old = attempt(revision=OLD)
    for watched in (None, before(3600), before(2)):
        slot = Slot("1", old, successor(ready_since=before(6), watched_until=watched, host_id=7))
        planned = plan_service(service(slot), NOW, jitter=0)
        assert [one for one in planned.changes if isinstance(one, Stop)] == []
        assert (set(planned.look_at_hosts), planned.look_again_s) == ({7}, 1.0)
    assert stops(Slot("1", old, successor(ready_since=before(6), watched_until=before(1)))) != []


def test_promoted_only_when_the_old_one_is_over() -> None:
    ends = Slot("1", attempt(revision=OLD, desired=Desired.STOP, status=Status.STOPPING), successor(**PROVED))
    assert kinds(service(ends)) == []
    over = Slot("1", attempt(revision=OLD, **STOPPED), successor(**PROVED))
    assert asked(service(over))[0] == Promote(
        over.rows[0].id, over.rows[1].id, "web.1: the old container is over (stopped)"
    )


def test_promoted_at_once_when_the_old_one_ends_by_itself() -> None:
    slot = Slot("1", crashed(revision=OLD), pending("1", attempt=2, is_successor=True))
    assert kinds(service(slot)) == ["Promote"]


@pytest.mark.parametrize(
    ("old", "new", "given_up"),
    [
        (attempt(revision=NEW), successor(ready_since=before(1)), True),  # the drain was cancelled
        (attempt(revision=NEW), successor(**PROVED), False),  # too late to turn back: it takes over
        (attempt(revision=OLD), successor(revision=OLD), True),  # another revision is wanted by now
        (attempt(revision=OLD), successor(health=Health.UNHEALTHY), True),
        (attempt(revision=OLD), successor(health=Health.STARTING, bound_at=before(121)), True),
        (attempt(revision=OLD), successor(health=Health.STARTING, bound_at=before(9)), False),
    ],
)
def test_successors_that_are_given_up(old: object, new: object, given_up: bool) -> None:
    policy = UpdatePolicy(failure_threshold=9)
    found = stops(Slot("1", old, new), policy=policy)  # type: ignore[arg-type]
    assert [one.cause for one in found if one.id == ident("1", 2)] == ["abandoned"] * given_up


def test_a_failed_successor_is_followed_with_back_off() -> None:
    failed = [
        successor(attempt=number, status=Status.FAILED, started_at=before(3), ended_at=before(1))
        for number in (4, 3, 2)
    ]
    slot = Slot("1", attempt(revision=OLD), failed[0], tuple(failed[1:]))
    found = asked(service(slot, policy=UpdatePolicy(failure_threshold=9)))
    waits = [one.not_before for one in found if isinstance(one, AddSuccessor)]
    assert waits == [NOW + timedelta(seconds=2)]


def test_a_successor_without_room_gets_that_of_what_does_not_serve() -> None:
    sick = attempt("1", health=Health.UNHEALTHY, proved=True)
    young, waiting = (pending("1", attempt=2, is_successor=True, created_at=before(age)) for age in (3, 11))
    assert stops(Slot("1", sick, young)) == []
    assert [one.id for one in stops(Slot("1", sick, waiting))] == [sick.id]


def test_the_room_on_a_drained_host_is_of_no_use_to_a_successor() -> None:
    """Nothing may be placed there: what fits nowhere else goes on where it is."""
    waiting = pending("1", attempt=2, is_successor=True, created_at=before(60))
    spare = UpdatePolicy(max_unavailable=1)
    assert stops(Slot("1", attempt("1", host_draining=True), waiting), attempt("2"), policy=spare) == []
    outdated = Slot("1", attempt("1", OLD), waiting)
    assert [one.id for one in stops(outdated, attempt("2"), policy=spare)] == [ident("1", 1)]


def test_a_swap_does_not_wait_for_those_who_wait_for_its_room() -> None:
    slot = Slot("1", attempt("1", OLD), successor("1", **PROVED))
    assert [one.needs_ready for one in stops(slot, pending("2", created_at=before(60)), attempt("3"))] == [2]
    assert stops(slot, crashed("2", proved=True), attempt("3"), crashed("4", proved=True)) == []


# --- what is left to others, and what is not


def test_the_restarts_bring_back_what_crashed() -> None:
    assert kinds(service(crashed(proved=True), rollout=None)) == []
    assert kinds(service(crashed(proved=True), policy=UpdatePolicy(failure_threshold=9))) == ["CountFailure"]
    assert kinds(service(crashed(revision=OLD), rollout=rollout(status="paused"))) == []


def test_the_roll_out_takes_its_turn_with_an_outdated_one_that_crashed() -> None:
    assert kinds(service(crashed(revision=OLD), attempt("2", OLD))) == ["AddNext"]


def test_what_was_stopped_to_make_way_is_followed_even_while_all_rests() -> None:
    resting = service(attempt(revision=OLD, **STOPPED), paused=True)
    assert [one.keeps_revision for one in asked(resting) if isinstance(one, AddNext)] == [True]
    going = service(attempt(revision=OLD, **STOPPED))
    assert [one.keeps_revision for one in asked(going) if isinstance(one, AddNext)] == [False]


def test_nothing_begins_while_a_scale_down_leaves_the_endpoints() -> None:
    slots = [attempt("1", OLD), attempt("2", OLD, stop_at=before(-5))]
    assert kinds(service(*slots, replicas=1)) == []


def test_the_next_look_is_when_the_window_ends() -> None:
    slot = Slot("1", attempt(revision=OLD), successor(ready_since=before(2)))
    assert plan_service(service(slot), NOW, jitter=0).look_again_s == pytest.approx(3.0)
