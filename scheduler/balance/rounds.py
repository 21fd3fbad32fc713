"""One round of a project that is rebalanced by itself: chosen, begun, and judged once it is over.

What a person's plan would move, tried out with all that comes of it, then asked for by the same verb. Before: the loop
controllers/rebalances.py says whose turn it is. After: the services loop replaces what was marked.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models.functions import Now

from containers.models import Container
from containers.states import Desired
from core.events.models import Level
from core.events.record import Happening, record
from core.lib.clock import database_now
from core.lib.problems import Problem
from scheduler.balance.wishes import MISSES_COUNTED, show_s
from scheduler.forecast.rebalance import Move
from scheduler.models import Plan, ProjectRebalance
from scheduler.plans.foresight import Foreseen, forecast_json, foresee
from scheduler.plans.moves import best_of, look_for, mark, moves_json
from scheduler.plans.seen import Seen, what_it_saw
from scheduler.reading import query
from scheduler.turn import Turn

ACTOR: Final = "scheduler"
NOTHING: Final = "no move would make it better"
_STATES: Final = (
    "SELECT 'host ' || name, concat_ws(' ', generation, availability, reachable) FROM hosts_host"
    " UNION ALL SELECT 'service ' || name, generation::text FROM containers_service"
    " WHERE project_id = %s AND gone_at IS NULL"
)


@dataclass(frozen=True, slots=True)
class _Round:
    """What is to move, what would come of it, and how hosts and services stood before it was looked for."""

    moves: Sequence[Move]
    seen: Foreseen
    before: Mapping[str, str]

    def changed(self, rests_on: Seen, now: Mapping[str, str]) -> list[str]:
        """What of it is not as it was."""
        keys = [f"{kind[:-1]} {row['name']}" for kind in ("services", "hosts") for row in rests_on[kind]]
        return [key for key in keys if self.before.get(key) != now.get(key)]


def begin(one: ProjectRebalance, given: Turn) -> str:
    """What was begun, in words; "" when nothing was, the reason then stands on the row."""
    before = _states(one)
    chosen = look_for(one.project_id, goal=one.goal, most=one.moves)  # type: ignore[arg-type]
    if not chosen.moves:
        return _rest(one, NOTHING, given)
    try:
        moves, seen = best_of(
            chosen, lambda some: foresee(lambda: mark(_ids(some), project=one.project_id, actor=ACTOR))
        )
        if not moves:
            return _rest(one, NOTHING, given)
        return _write(one, _Round(moves, seen, before), given)
    except Problem as problem:  # somebody was quicker: what was to move is on its way out
        return _rest(one, f"nothing was moved: {problem.detail}", given)


def _ids(moves: Sequence[Move]) -> list[UUID]:
    return [one.container for one in moves]


def _states(one: ProjectRebalance) -> dict[str, str]:
    """Of every host and of the project's services: what must not change while a round is chosen."""
    return dict(query(_STATES, [one.project_id]))


def _write(one: ProjectRebalance, made: _Round, given: Turn) -> str:
    told = moves_json(made.moves, made.seen)
    rests_on = what_it_saw(made.seen, projects=frozenset({one.project_id}))
    with transaction.atomic():
        given.hold.fence()
        row = ProjectRebalance.objects.select_for_update().get(pk=one.pk)
        if row.generation != one.generation or row.is_under_way:
            return ""  # its owner has just said something else
        if changed := made.changed(rests_on, _states(one)):
            return _rest(one, f"nothing was moved: meanwhile {' and '.join(changed)} changed", given)
        mark(_ids(made.moves), project=one.project_id, actor=ACTOR)
        one.plan = _kept(one, made, rests_on, told)
        one.moved = _with_ids(made.moves, told)
        one.is_under_way, one.looked_at = True, database_now()
        one.message = f"{len(told)} {'move' if len(told) == 1 else 'moves'} ({one.goal}): {_words(told)}"
        one.save(update_fields=["plan", "moved", "is_under_way", "looked_at", "message"])
        _tell(one, "project.rebalance", {"goal": one.goal, "plan": str(one.plan.pk), "moves": told})
    return f"{one.project}: {one.message}"


def _kept(one: ProjectRebalance, made: _Round, rests_on: Seen, told: list[dict[str, Any]]) -> Plan:
    """The plan as a person's is kept, carried out already."""
    body = {"moves": one.moves, "goal": one.goal, "containers": [str(key) for key in _ids(made.moves)]}
    return Plan.objects.create(
        made_by=ACTOR,
        changes=[{"verb": "rebalance", "project": one.project.name, "body": body}],
        forecast=forecast_json(made.seen.found) | {"moves": told},
        seen=rests_on,
        applied_at=Now(),
        applied_by=ACTOR,
    )


def _with_ids(moves: Sequence[Move], told: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    slots = dict(Container.objects.filter(pk__in=_ids(moves)).values_list("pk", "slot_id"))
    return [
        {**words, "id": str(move.container), "slot": str(slots[move.container])}
        for move, words in zip(moves, told, strict=True)
    ]


def _words(told: Sequence[dict[str, Any]]) -> str:
    return "; ".join(f"{one['container']} from {one['host']} to {one['to']} ({one['why']})" for one in told)


def _rest(one: ProjectRebalance, words: str, given: Turn) -> str:
    """Looked at, and nothing is moved, which is told once; it is looked at again when its interval is over."""
    with transaction.atomic():
        given.hold.fence()
        ProjectRebalance.objects.filter(pk=one.pk).update(looked_at=database_now())
        if one.message != words:
            say(one, words, given)
            _tell(one, "project.rebalance-rests", {"goal": one.goal})
    return ""


def say(one: ProjectRebalance, words: str, given: Turn) -> None:
    """Why nothing is moved, for whoever looks at the project."""
    if one.message != words:
        with transaction.atomic():
            given.hold.fence()
            one.message = words
            ProjectRebalance.objects.filter(pk=one.pk).update(message=words)


# --- once it has begun


def see_to(one: ProjectRebalance, given: Turn) -> str:
    """When the round is over by now it is judged, in words."""
    ids = [UUID(move["id"]) for move in one.moved]
    old = Container.objects.filter(pk__in=ids, superseded=False, service__gone_at=None)
    if old.exclude(desired=Desired.REMOVE).exists():
        return ""
    slots = [UUID(move["slot"]) for move in one.moved]
    here = Container.objects.filter(slot_id__in=slots, superseded=False, is_successor=False).exclude(host=None)
    hosts = {str(slot): host for slot, host in here.values_list("slot_id", "host__name")}
    astray = [move for move in one.moved if hosts.get(move["slot"], move["to"]) != move["to"]]
    with transaction.atomic():
        given.hold.fence()
        one.misses = min(one.misses + 1, MISSES_COUNTED) if astray else 0
        one.is_under_way = False
        one.message = _verdict(one, astray, hosts)
        one.save(update_fields=["misses", "is_under_way", "message"])
        _tell(one, "project.rebalanced", {"goal": one.goal, "astray": len(astray)}, loud=bool(astray))
    return f"{one.project}: {one.message}"


def _verdict(one: ProjectRebalance, astray: Sequence[dict[str, Any]], hosts: dict[str, str]) -> str:
    count = len(one.moved)
    if not astray:
        return f"{count} {'container was' if count == 1 else 'containers were'} moved as planned"
    words = ", ".join(f"{move['container']} is on {hosts[move['slot']]}, not on {move['to']}" for move in astray)
    wait = show_s(one.interval_s * 2**one.misses)
    return f"it did not end as planned: {words}; the next round waits for {wait}"


def _tell(one: ProjectRebalance, kind: str, data: dict[str, Any], *, loud: bool = False) -> None:
    record(
        Happening(
            kind=kind,
            actor=ACTOR,
            object_kind="project",
            object_id=str(one.pk),
            project_id=one.pk,
            message=f"{one.project.name}: {one.message}",
            level=Level.WARNING if loud else Level.INFO,
            data={"name": one.project.name, **data},
        )
    )
