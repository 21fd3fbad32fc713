"""The agent's plan as a table: what the row says, what the engine says, what is done."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from containers.agent.plan import (
    Do,
    Wanted,
    Window,
    done_name,
    lacks_most,
    live_name,
    plan,
    plan_silent,
    plan_wishes,
    stayed_ready,
)
from containers.states import FINAL, Desired, Status
from hosts.engine.types import Facts

ID = UUID(int=7)
ROW = Wanted(ID, Status.RUNNING, Desired.RUN, "none", gone=False, still_s=1.0)
SEEN = Facts("e1", live_name(ID), {}, "running", "none", "web", "sha256:1", None)


def steps(row: Wanted, *seen: Facts, busy: frozenset[UUID] = frozenset()) -> list[Do]:
    return [step.do for step in plan({row.id: row}, seen, busy).steps]


@pytest.mark.parametrize(
    ("status", "desired", "state", "expected"),
    [
        (Status.BOUND, Desired.RUN, None, Do.BRING_UP),
        (Status.PREPARING, Desired.RUN, None, Do.BRING_UP),
        (Status.PREPARING, Desired.RUN, "created", Do.BRING_UP),
        (Status.STARTING, Desired.RUN, "created", Do.BRING_UP),
        (Status.STARTING, Desired.RUN, "running", Do.BRING_UP),
        (Status.STARTING, Desired.RUN, None, Do.FINISH),
        (Status.RUNNING, Desired.RUN, "running", None),
        (Status.RUNNING, Desired.RUN, "exited", Do.FINISH),
        (Status.RUNNING, Desired.RUN, "dead", Do.FINISH),
        (Status.RUNNING, Desired.RUN, None, Do.FINISH),
        (Status.RUNNING, Desired.STOP, "running", Do.STOP),
        (Status.BOUND, Desired.STOP, None, Do.STOP),
        (Status.STOPPING, Desired.STOP, "exited", Do.STOP),
        (Status.STOPPING, Desired.STOP, None, Do.STOP),
        (Status.FAILED, Desired.RUN, "exited", Do.CLEAR),
        (Status.LOST, Desired.RUN, "running", Do.CLEAR),
        (Status.STOPPED, Desired.REMOVE, None, Do.CLEAR),
    ],
)
def test_one_row_one_look(status: Status, desired: Desired, state: str | None, expected: Do | None) -> None:
    seen = [] if state is None else [replace(SEEN, state=state)]  # type: ignore[arg-type]  # the table's words
    assert steps(replace(ROW, status=status, desired=desired), *seen) == ([] if expected is None else [expected])


@pytest.mark.parametrize(
    ("state", "name", "ends_in_s", "seen"),
    [
        ("running", live_name(ID), -0.5, True),
        ("running", live_name(ID), -0.3, False),  # it ended after the list was asked for
        ("exited", live_name(ID), -9.0, False),
        ("paused", live_name(ID), -9.0, False),
        ("running", done_name(ID), -9.0, False),
        ("running", live_name(UUID(int=8)), -9.0, False),
    ],
)
def test_who_is_seen_to_the_end_of_its_window(state: str, name: str, ends_in_s: float, seen: bool) -> None:
    ends_at = datetime(2026, 1, 1, tzinfo=UTC)
    row = replace(ROW, window=Window(ends_at, ends_in_s))
    fact = replace(SEEN, state=state, name=name)  # type: ignore[arg-type]  # the table's words
    assert stayed_ready([row], [fact], ago_s=0.4) == ({ID: ends_at} if seen else {})
    assert stayed_ready([ROW], [fact], ago_s=0.4) == {}


def test_what_runs_is_adopted_however_long_nobody_looked() -> None:
    old = replace(ROW, status=Status.STARTING, still_s=3600.0)
    assert steps(old, SEEN) == [Do.BRING_UP]
    assert steps(old, replace(SEEN, state="created")) == [Do.GIVE_UP]


def test_the_engines_word_for_health_counts_only_where_the_engine_asks() -> None:
    well = replace(ROW, health="healthy")
    assert steps(well, SEEN) == [Do.NOTE_HEALTH]
    assert steps(replace(well, probed=True), SEEN) == []


def test_what_came_back_after_its_end_is_undone() -> None:
    gone = replace(ROW, status=Status.STOPPED, desired=Desired.STOP, gone=True)
    assert steps(gone) == []
    assert steps(gone, SEEN) == [Do.CLEAR]
    assert steps(gone, replace(SEEN, name=done_name(ID))) == [Do.CLEAR]


def test_a_container_without_a_row_is_shown_and_not_touched() -> None:
    stranger = replace(SEEN, name=live_name(uuid4()))
    nameless = replace(SEEN, name="orc-what-is-this")
    made = plan({ID: ROW}, [SEEN, stranger, nameless], frozenset())
    assert made.steps == ()
    assert set(made.unknown) == {stranger.name, nameless.name}


def test_nobody_works_twice_on_one_container() -> None:
    assert steps(replace(ROW, status=Status.BOUND), busy=frozenset({ID})) == []


def test_a_live_name_counts_before_a_done_one() -> None:
    done = replace(SEEN, name=done_name(ID), state="exited")
    assert steps(ROW, done, SEEN) == steps(ROW, SEEN, done) == []


def test_health_is_noted_when_it_changes() -> None:
    assert steps(ROW, replace(SEEN, health="unhealthy")) == [Do.NOTE_HEALTH]


def test_a_hint_is_answered_from_the_rows_alone() -> None:
    bound, stop = replace(ROW, status=Status.BOUND), replace(ROW, id=uuid4(), desired=Desired.STOP)
    assert [s.do for s in plan_wishes([bound, stop, replace(ROW, id=uuid4())], frozenset())] == [Do.BRING_UP, Do.STOP]


def test_a_silent_engine_gives_up_only_what_never_reached_it() -> None:
    waiting = replace(ROW, status=Status.BOUND, still_s=16.0)
    others = [replace(waiting, id=uuid4(), status=s) for s in (Status.PREPARING, Status.STARTING, Status.RUNNING)]
    assert [s.id for s in plan_silent([waiting, *others], frozenset(), why="silent")] == [ID]
    late = [replace(row, still_s=121.0) for row in others]
    assert [s.id for s in plan_silent(late, frozenset(), why="silent")] == [late[0].id]
    assert plan_silent(late, frozenset({late[0].id}), why="silent") == ()


def test_a_list_that_lacks_most_is_not_believed_at_once() -> None:
    rows = [replace(ROW, id=UUID(int=number)) for number in range(3)]
    seen = [replace(SEEN, name=live_name(row.id)) for row in rows]
    assert [lacks_most(rows, seen[:count]) for count in range(4)] == [True, True, False, False]
    unstarted = [replace(ROW, status=Status.BOUND), replace(ROW, status=Status.STOPPED, gone=True)]
    assert not lacks_most(unstarted, [])


row_strategy = st.builds(
    Wanted,
    id=st.just(ID),
    status=st.sampled_from([s for s in Status if s not in (Status.PENDING, Status.CANCELLED)]),
    desired=st.sampled_from(Desired),
    health=st.just("none"),
    gone=st.booleans(),
    still_s=st.floats(0, 1e5),
)


@given(row_strategy, st.sampled_from([None, "created", "running", "exited", "paused", "dead"]))
def test_nothing_final_is_ever_started_and_nothing_healthy_ever_stopped(row: Wanted, state: str | None) -> None:
    seen = [] if state is None else [replace(SEEN, state=state)]  # type: ignore[arg-type]  # the table's words
    done = steps(row, *seen)
    if row.status in FINAL or row.desired != Desired.RUN:
        assert Do.BRING_UP not in done
    if row.status == Status.RUNNING and row.desired == Desired.RUN and state in ("running", "paused"):
        assert done == []
