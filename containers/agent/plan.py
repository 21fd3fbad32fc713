"""(rows, facts) -> steps with their reasons. Pure: no clock, no engine, no database.

Before: observe.py lists the engine first and reads the rows second. After: apply.py does the steps, one container at
a time. The order matters: a container that is created after the list was taken is only missed until the next one.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from containers.states import COMING_UP, FINAL, Desired, Status
from hosts.engine.types import Facts

LIVE_PREFIX = "orc-"
DONE_PREFIX = "orc-done-"
BOUND_DEADLINE_S = 15.0
STARTING_DEADLINE_S = 30.0
PREPARING_DEADLINE_S = 120.0

_DEADLINES_S = {Status.PREPARING: PREPARING_DEADLINE_S, Status.STARTING: STARTING_DEADLINE_S}
_UNSTARTED_S = {Status.BOUND: BOUND_DEADLINE_S, Status.PREPARING: PREPARING_DEADLINE_S}


class Do(StrEnum):
    """The steps an agent knows."""

    BRING_UP = "bring-up"  # pull, create, start, whatever of it is missing
    FINISH = "finish"  # look closely: it seems to have ended
    STOP = "stop"
    CLEAR = "clear"  # keep the log's end, rename, remove, note that it is gone
    GIVE_UP = "give-up"  # a deadline has passed
    NOTE_HEALTH = "note-health"


@dataclass(frozen=True, slots=True)
class Window:
    """The health window of a container that nobody has seen run to its end yet; `ends_in_s` as the rows were read."""

    ends_at: datetime
    ends_in_s: float


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the rows say of one container; `still_s`: seconds since its status or progress changed last.

    `probed`: its health is the agent's own finding, of which the engine knows nothing. `window`: of a service's that
    is ready and must be seen to stay so.
    """

    id: UUID
    status: Status
    desired: Desired
    health: str
    gone: bool
    still_s: float
    probed: bool = False
    window: Window | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do for one container, and why, in words an operator reads."""

    do: Do
    id: UUID
    reason: str
    health: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """Steps, and the names of containers that bear our label and belong to no row: shown, never touched."""

    steps: tuple[Step, ...]
    unknown: tuple[str, ...]


def live_name(container_id: UUID) -> str:
    """The engine container's name while its row is live."""
    return f"{LIVE_PREFIX}{container_id}"


def done_name(container_id: UUID) -> str:
    """Its name once the row is final, so that a late start by a thawed agent finds nothing."""
    return f"{DONE_PREFIX}{container_id}"


def owner_of_name(name: str) -> UUID | None:
    """The container row that an engine container's name speaks of."""
    for prefix in (DONE_PREFIX, LIVE_PREFIX):
        if name.startswith(prefix):
            try:
                return UUID(name.removeprefix(prefix))
            except ValueError:
                return None
    return None


def owner(facts: Facts) -> UUID | None:
    """The container row that an engine container belongs to."""
    return owner_of_name(facts.name)


def plan(rows: Mapping[UUID, Wanted], facts: Sequence[Facts], busy: frozenset[UUID]) -> Plan:
    """Compare everything. `busy`: containers that were worked on at any time since the list was asked for."""
    seen: dict[UUID, Facts] = {}
    unknown = []
    for one in facts:
        row_id = owner(one)
        if row_id is None or row_id not in rows:
            unknown.append(one.name)
        elif row_id not in seen or seen[row_id].name.startswith(DONE_PREFIX):
            seen[row_id] = one
    steps = (_step(row, seen.get(row.id)) for row in rows.values() if row.id not in busy)
    return Plan(tuple(step for step in steps if step), tuple(sorted(unknown)))


def stayed_ready(rows: Iterable[Wanted], facts: Sequence[Facts], *, ago_s: float) -> Mapping[UUID, datetime]:
    """Whose health window was over when the list was asked for, `ago_s` before the rows were read, and who ran then.

    A row alone proves nothing: its container may have died together with the agent that would have said so.
    """
    there = {owner(one) for one in facts if one.state == "running" and not one.name.startswith(DONE_PREFIX)}
    over = ((row.id, row.window) for row in rows if row.id in there)
    return {key: window.ends_at for key, window in over if window is not None and window.ends_in_s + ago_s <= 0}


def plan_wishes(rows: Iterable[Wanted], busy: frozenset[UUID]) -> tuple[Step, ...]:
    """What the rows alone call for, without a look at the engine: the quick answer to a hint."""
    steps = []
    for row in rows:
        if row.id in busy or row.status in FINAL:
            continue
        if row.desired != Desired.RUN and row.status != Status.STOPPING:
            steps.append(Step(Do.STOP, row.id, "it shall stop"))
        elif row.status == Status.BOUND and row.desired == Desired.RUN:
            steps.append(Step(Do.BRING_UP, row.id, "it is new on this host"))
    return tuple(steps)


def plan_silent(rows: Iterable[Wanted], busy: frozenset[UUID], *, why: str) -> tuple[Step, ...]:
    """While the engine gives no list: give up what was never started there, so that another host may take it.

    Nothing starts before its row says starting, so what is bound or preparing is safe to have elsewhere.
    """
    return tuple(
        Step(Do.GIVE_UP, row.id, f"{why} for {_UNSTARTED_S[row.status]:.0f} s")
        for row in rows
        if row.status in _UNSTARTED_S and row.still_s > _UNSTARTED_S[row.status] and row.id not in busy
    )


def lacks_most(rows: Iterable[Wanted], facts: Sequence[Facts]) -> bool:
    """Whether half or more of what should be on the engine is not there: is it the engine we think it is?"""
    there = {owner(one) for one in facts}
    missing = [row.id not in there for row in rows if not row.gone and row.status not in _UNSTARTED_S]
    return 2 * sum(missing) >= max(1, len(missing))


def _step(row: Wanted, seen: Facts | None) -> Step | None:
    if row.status in FINAL:
        return _clear(row, seen)
    if row.desired != Desired.RUN or row.status == Status.STOPPING:
        return Step(Do.STOP, row.id, "it shall stop")
    if row.status in COMING_UP:
        return _come(row, seen)
    return _watch(row, seen)


def _come(row: Wanted, seen: Facts | None) -> Step:
    """Nobody works on it: an agent died half way. What runs is adopted, however long that took to be seen."""
    running = seen is not None and seen.state == "running"
    deadline_s = _DEADLINES_S.get(row.status)
    if deadline_s is not None and row.still_s > deadline_s and not running:
        return Step(Do.GIVE_UP, row.id, f"{row.status} for more than {deadline_s:.0f} s")
    if row.status == Status.STARTING and seen is None:
        return Step(Do.FINISH, row.id, "it was created and is not there")
    return Step(Do.BRING_UP, row.id, f"it is {row.status} and nobody works on it")


def _clear(row: Wanted, seen: Facts | None) -> Step | None:
    if seen is not None:
        reason = "it came back after its end" if row.gone else f"its row is {row.status}"
        return Step(Do.CLEAR, row.id, reason)
    return None if row.gone else Step(Do.CLEAR, row.id, "the engine no longer has it")


def _watch(row: Wanted, seen: Facts | None) -> Step | None:
    if seen is None or seen.name.startswith(DONE_PREFIX):
        return Step(Do.FINISH, row.id, "it vanished from the engine")
    if seen.state in ("exited", "dead", "created"):
        return Step(Do.FINISH, row.id, f"the engine says {seen.state}")
    if seen.health != row.health and not row.probed:
        return Step(Do.NOTE_HEALTH, row.id, f"its health is {seen.health}", health=seen.health)
    return None
