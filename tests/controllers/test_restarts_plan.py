"""Which slots get a next attempt, and when: the restart rules as a table, without a database."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.controllers.backoff import Attempt
from scheduler.controllers.restarts import Ended, Next, Pace, Snapshot, plan_one

NOW = datetime(2026, 1, 1, tzinfo=UTC)
ID = UUID(int=7)
SEEN = Snapshot(NOW, (), frozenset({1, 2, 3}))


def attempt(
    status: str = "failed", *, ran_s: float | None = 5.0, host: int | None = 1, reason: str = "exit"
) -> Attempt:
    return Attempt(status, None if ran_s is None else NOW - timedelta(seconds=ran_s), NOW, host, reason)


def slot(*attempts: Attempt, restart: str = "none", desired: str = "run", asked: bool = False) -> Ended:
    return Ended(ID, desired, restart, asked, attempts or (attempt(),))


@pytest.mark.parametrize(
    ("restart", "status", "follows"),
    [
        ("none", "failed", False),
        ("none", "exited", False),
        ("none", "lost", False),
        ("on-failure", "failed", True),
        ("on-failure", "exited", False),
        ("on-failure", "lost", False),
        ("always", "failed", True),
        ("always", "exited", True),
        ("always", "lost", True),
        ("always", "stopped", False),
        ("always", "cancelled", False),
    ],
)
def test_the_restart_rule(restart: str, status: str, follows: bool) -> None:
    assert (plan_one(slot(attempt(status), restart=restart), SEEN, jitter=0.5) is not None) is follows


@pytest.mark.parametrize("desired", ["stop", "remove"])
def test_what_shall_not_run_gets_no_attempt(desired: str) -> None:
    assert plan_one(slot(attempt("exited"), restart="always", desired=desired), SEEN, jitter=1) is None


def test_the_operators_restart_follows_a_stop_at_once() -> None:
    step = plan_one(slot(attempt("stopped"), desired="stop", asked=True), SEEN, jitter=1)
    assert step == Next(ID, "asked to restart")


def test_a_removed_slot_never_comes_back() -> None:
    assert plan_one(slot(attempt("stopped"), desired="remove", asked=True), SEEN, jitter=1) is None


def test_the_first_crash_restarts_at_once_and_the_third_waits() -> None:
    first = plan_one(slot(restart="always"), SEEN, jitter=0.9)
    third = plan_one(slot(attempt(), attempt(), attempt(), restart="always"), SEEN, jitter=0.9)
    assert first is not None
    assert third is not None
    assert first.wait_s == 0
    assert third.wait_s == pytest.approx(1.8)
    assert third.message == "failed 3 times in a row, restart is always, starts again in 2 s"


@given(st.integers(1, 60), st.floats(0, 1))
def test_the_wait_is_never_longer_than_five_minutes(count: int, jitter: float) -> None:
    step = plan_one(slot(*[attempt()] * count, restart="on-failure"), SEEN, jitter=jitter)
    assert step is not None
    assert 0 <= step.wait_s <= 300


def never(reason: str = "port-taken", host: int = 1) -> Attempt:
    return attempt(ran_s=None, reason=reason, host=host)


@pytest.mark.parametrize(
    ("attempts", "follows"),
    [
        ([never()], True),
        ([never(host=2), never()], True),
        ([never(host=1), never(host=1), never(host=1)], True),
        ([never(), never(), never(), never()], False),  # three tries elsewhere are enough
        ([never(host=3), never(host=2), never(host=1)], False),  # nowhere left
        ([never("invalid")], False),  # the fault is not the host's
        ([never("disk-full")], True),
        ([attempt(reason="port-taken")], False),  # it did run
        ([never("image-missing")], False),  # no other host has it
    ],
)
def test_what_never_ran_is_tried_on_other_hosts(attempts: list[Attempt], follows: bool) -> None:
    assert (plan_one(slot(*attempts), SEEN, jitter=1) is not None) is follows


def test_a_missing_image_is_tried_where_it_is() -> None:
    missing = replace(slot(never("image-missing")), image_hosts=frozenset({3}))
    assert plan_one(missing, SEEN, jitter=1) is not None
    assert plan_one(missing, replace(SEEN, open_hosts=frozenset({1, 2})), jitter=1) is None


def test_an_old_failure_does_not_start_by_itself_when_a_host_is_added() -> None:
    late = replace(SEEN, now=NOW + timedelta(seconds=301))
    assert plan_one(slot(never()), late, jitter=1) is None


def booked(pace: Pace, ended: Ended, *, now_s: float, wait_s: float = 0.0, jitter: float = 0.0) -> float:
    """Space a step and make it; its wait."""
    step = pace.spaced(Next(ID, "", wait_s), ended, now_s, jitter=jitter)
    pace.book(step, ended, now_s)
    return step.wait_s


def test_a_host_restarts_at_most_two_a_second() -> None:
    pace = Pace()
    one = slot(restart="always")
    assert [booked(pace, one, now_s=10.0) for _ in range(6)] == [0, 0, 1, 1, 2, 2]
    other = slot(attempt(host=2), restart="always")
    assert booked(pace, other, now_s=10.0) == 0
    assert booked(pace, one, now_s=20.0) == 0


def test_what_crashes_again_and_again_leaves_room_for_the_others() -> None:
    pace, again, once = Pace(), slot(*[attempt()] * 3, restart="always"), slot(restart="always")
    assert [booked(pace, again, now_s=10.0) for _ in range(4)] == [0, 4, 8, 12]
    assert [booked(pace, once, now_s=10.0) for _ in range(3)] == [0, 1, 1], "two a second of all, and not one more"
    assert booked(pace, slot(*[attempt(host=2)] * 3, restart="always"), now_s=10.0) == 0
    assert booked(pace, again, now_s=60.0) == 0


def test_what_was_removed_while_it_waited_leaves_its_moment_to_others() -> None:
    pace, again = Pace(), slot(*[attempt()] * 3, restart="always")
    ids = [uuid4() for _ in range(3)]
    for key in ids:
        pace.book(pace.spaced(Next(ID, ""), again, now_s=10.0, jitter=0.0), again, 10.0, made=key)
    assert set(pace.ahead(11.0)) == set(ids[1:]), "the first was not to wait"
    pace.keep({ids[2]})
    assert [booked(pace, again, now_s=11.0) for _ in range(2)] == [3, 11]


def test_who_waits_for_others_waits_a_little_longer_by_chance() -> None:
    pace, one = Pace(), slot(restart="always")
    assert [booked(pace, one, now_s=10.0, jitter=0.8) for _ in range(4)] == pytest.approx([0, 0, 1.2, 1.2])


def test_a_first_crash_does_not_wait_for_those_that_back_off() -> None:
    pace, one = Pace(), slot(restart="always")
    assert [booked(pace, one, now_s=10.0, wait_s=250) for _ in range(3)] == [250, 250, 251]
    assert [booked(pace, one, now_s=11.0) for _ in range(3)] == [0, 0, 1]
    assert booked(pace, one, now_s=12.0, wait_s=248.5) == 249  # among them there is no room


def test_what_was_not_made_takes_nobodys_place() -> None:
    pace, one = Pace(), slot(restart="always")
    assert [pace.spaced(Next(ID, ""), one, now_s=10.0, jitter=0.5).wait_s for _ in range(4)] == [0] * 4


@given(st.lists(st.tuples(st.floats(0, 0.5), st.floats(0, 5), st.floats(0, 1)), min_size=3, max_size=40))
def test_never_more_than_two_starts_in_any_second(steps: list[tuple[float, float, float]]) -> None:
    pace, now_s, at = Pace(), 100.0, []
    for passed_s, wait_s, jitter in steps:
        now_s += passed_s
        at.append(now_s + booked(pace, slot(restart="always"), now_s=now_s, wait_s=wait_s, jitter=jitter))
    at.sort()
    assert all(later - earlier >= 1 - 1e-5 for earlier, later in zip(at, at[2:], strict=False))
