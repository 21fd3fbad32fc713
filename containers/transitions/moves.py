"""Moves (a status changes) and observations (a fact is written down, the status stays)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from containers.states import FINAL, By, Desired, Health, Status, allowed
from containers.transitions.write import COLUMNS, PINS, Row, happening, lock, once_more_on_deadlock, tell, write
from core.events.record import Happening
from core.lib.lease import Hold

OBSERVABLE = (COLUMNS.keys() - {"status", "host_id", "gpus"}) | {"gone", *PINS}


@dataclass(frozen=True, slots=True)
class Move:
    """A wished change of status. `reason` is a code, `message` is for people and keeps the engine's own words.

    `values`: observations written along (see OBSERVABLE). `while_wanted`: not when a stop was asked for meanwhile.
    """

    id: UUID
    to: Status
    reason: str = ""
    message: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    while_wanted: bool = False

    def suits(self, row: Row, by: By) -> bool:
        """Whether the row, under its lock, lets it happen."""
        return allowed(row.status, self.to, by) and not (self.while_wanted and row.desired != Desired.RUN)


@dataclass(frozen=True, slots=True)
class Observation:
    """Facts of a container that change no status; `gone`: the engine was seen without it."""

    id: UUID
    values: Mapping[str, Any]


def move(wished: Move, *, by: By, actor: str, hold: Hold | None = None) -> bool:
    """Move one container; False when another hand was first."""
    return bool(move_many([wished], by=by, actor=actor, hold=hold))


@once_more_on_deadlock
def move_many(moves: Sequence[Move], *, by: By, actor: str, hold: Hold | None = None) -> set[UUID]:
    """Move those containers whose status allows it now; the ids that moved are returned.

    Raises HoldLost when the hold has passed to somebody else: nothing is written then.
    """
    rows = lock((m.id for m in moves), hold)
    done = [m for m in moves if m.id in rows and m.suits(rows[m.id], by)]
    if not done:
        return set()
    write([_change(m, rows[m.id]) for m in done])
    tell(
        [rows[m.id] for m in done],
        [_event(m, rows[m.id], actor) for m in done],
        work=() if by == By.AGENT else [rows[m.id].host_id for m in done],
        ended=any(m.to in FINAL for m in done),
    )
    return {m.id for m in done}


@once_more_on_deadlock
def observe_many(observations: Sequence[Observation], *, actor: str, hold: Hold | None = None) -> None:
    """Write facts down. A change of health and an engine seen without the container leave an event."""
    rows = lock((o.id for o in observations), hold)
    present = [o for o in observations if o.id in rows]
    write([{"id": o.id, **_checked(o.values)} for o in present])
    tell(
        [rows[o.id] for o in present],
        [e for o in present for e in _health_event(o, rows[o.id], actor)],
        pending=any("not_before" in o.values for o in present),
        ended=any(o.values.get("gone") for o in present),
    )


def _change(wished: Move, row: Row) -> dict[str, Any]:
    change = {
        **_checked(wished.values),
        "id": wished.id,
        "status": wished.to,
        "reason": wished.reason,
        "message": wished.message,
    }
    if wished.to != Status.PREPARING:
        change["progress"] = {}  # of the pull, which is over
    if row.host_id is None and wished.to == Status.CANCELLED:
        change["gone"] = True  # no engine ever heard of it
    return change


def _checked(values: Mapping[str, Any]) -> dict[str, Any]:
    unknown = values.keys() - OBSERVABLE
    if unknown:
        raise ValueError(f"not an observation: {', '.join(sorted(unknown))}")
    return dict(values)


def _event(wished: Move, row: Row, actor: str) -> Happening:
    data = {"from": row.status, "to": wished.to, "reason": wished.reason}
    data |= {k: wished.values[k] for k in ("exit_code", "oom_killed") if k in wished.values}
    return happening(row, f"container.{wished.to}", actor=actor, message=wished.message, data=data)


def _health_event(seen: Observation, row: Row, actor: str) -> list[Happening]:
    health = seen.values.get("health")
    if health is None or health == row.health or health not in (Health.HEALTHY, Health.UNHEALTHY):
        return []
    words = f"its health check says {health}"
    why = seen.values.get("message")
    return [happening(row, f"container.{health}", actor=actor, message=f"{words}: {why}" if why else words)]
