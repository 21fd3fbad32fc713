"""The few moves that help most, on rows: chosen, tried out with all that comes of them, and marked for replacement.

The marking is the verb that people have for a single container, so that the services loop replaces each within the
bounds of its service, start-first, and placement chooses the host as ever. Before: a plan's change, or a round of a
project that wants it so. After: the plan remembers which were chosen; its apply marks these and no others.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from containers import service_actions
from containers.models import Container
from containers.spec import parse_update
from scheduler.forecast.rebalance import Change, Goal, Lodger, Measure, Move, choose, settled
from scheduler.placement import Fleet, Shape
from scheduler.plans.foresight import Foreseen, Touched
from scheduler.reading import as_json, query
from scheduler.whatif.read import look

GIVEN_UP: Final = frozenset({"stop", "give-way", "lose"})

# Those of which all serve, that nothing replaces now, and that are replaced start-first.
_STEADY = """
SELECT s.id, s.policy FROM containers_service s
WHERE s.gone_at IS NULL AND s.desired = 'run' AND s.mode = 'replicated' AND NOT s.strict AND NOT s.paused
  AND (%(project)s::bigint IS NULL OR s.project_id = %(project)s)
  AND NOT EXISTS (SELECT 1 FROM containers_rollout o WHERE o.service_id = s.id AND o.status IN ('running', 'holding'))
  AND s.replicas = (SELECT count(*) FILTER (WHERE c.status = 'running' AND c.health IN ('none', 'healthy')
      AND c.desired = 'run' AND c.stop_at IS NULL AND NOT c.is_successor AND NOT c.replace_asked
      AND c.revision_id = s.revision_id AND h.reachable = 'ok' AND h.availability <> 'draining')
    FROM containers_container c LEFT JOIN hosts_host h ON h.id = c.host_id
    WHERE c.service_id = s.id AND NOT c.superseded)
  AND NOT EXISTS (SELECT 1 FROM containers_container c WHERE c.service_id = s.id AND NOT c.superseded
    AND (c.is_successor OR c.desired <> 'run') AND c.status NOT IN ('stopped', 'cancelled', 'failed', 'exited', 'lost'))
"""
_OF = "s.id, array_agg(c.id::text ORDER BY length(c.slot_key), c.slot_key, c.id)"


@dataclass(frozen=True, slots=True)
class Chosen:
    """What was chosen on this ground, and what the ground was like."""

    goal: Goal
    moves: Sequence[Move]
    fleet: Fleet
    lodgers: Sequence[Lodger]
    before: Measure
    waiting: int  # what waited for a host already


def look_for(project: int | None, *, goal: Goal, most: int, each_try: Callable[[], None] = lambda: None) -> Chosen:
    """The moves that help most, of this project's containers or of any, on the rows as they are now.

    `each_try` is called every now and then.
    """
    steady = {key for key, policy in query(_STEADY, {"project": project}) if _starts_first(policy)}
    found = look(f", {_OF}")
    lodgers = [_lodger(row, at, shape, steady) for row, at, shape in found.rows]
    moves = choose(found.fleet, lodgers, goal=goal, most=most, each_try=each_try)
    waiting = len(found.waiting)
    return Chosen(goal, moves, found.fleet, lodgers, settled(found.fleet, lodgers, (), waiting=waiting), waiting)


def best_of(chosen: Chosen, try_out: Callable[[Sequence[Move]], Foreseen]) -> tuple[Sequence[Move], Foreseen]:
    """As many of them, the first ones first, as together bring something better than what is; and what they bring."""
    moves = chosen.moves
    while True:
        seen = try_out(moves)
        if not moves or is_better(chosen, seen):
            return moves, seen
        moves = moves[: len(moves) - max(1, len(moves) // 4)]


def is_better(chosen: Chosen, seen: Foreseen) -> bool:
    """Whether what the forecast ends with is better for the goal, and nothing worse."""
    found, world = seen.found, seen.world
    rows = {name: row for row, name in enumerate(chosen.fleet.names)}
    changes = []
    for step in found.steps:
        if step.host in rows and step.doing != "cancel":
            service = world.places[step.id][0] if step.service else None
            body, sign = world.bodies[step.id], -1 if step.doing in GIVEN_UP else 1
            changes.append(Change(sign, rows[step.host], body.shape, service, body.gpus))
    if len(found.unplaced) > chosen.waiting or any(step.doing == "give-way" for step in found.steps):
        return False
    after = settled(chosen.fleet, chosen.lodgers, changes, waiting=len(found.unplaced))
    return after.is_better(chosen.before, chosen.goal)


def moves_json(moves: Iterable[Move], seen: Foreseen) -> list[dict[str, Any]]:
    """Who moves, and why; where it goes is what the steps say."""
    world = seen.world
    goes = {(step.service, step.container): step.host for step in seen.found.steps if step.doing == "start"}
    told = []
    for one in moves:
        body, names = world.bodies[one.container], world.ground.fleet.names
        service = world.crews[one.service].name
        to = goes.get((service, body.name), names[one.to])
        of = {"container": body.name, "project": body.project, "service": service}
        told.append({**of, "host": names[one.source], "to": to, "why": one.why})
    return told


def mark(containers: Iterable[UUID], *, project: int | None, actor: str) -> Touched:
    """Ask for the replacement of these, as far as they are still there."""
    rows = Container.objects.filter(pk__in=list(containers), superseded=False)
    touched = Touched()
    for row in rows.order_by("pk") if project is None else rows.filter(project=project).order_by("pk"):
        service_actions.replace(row, actor=actor)
        assert row.service_id is not None
        touched = touched.and_(Touched(frozenset({row.service_id}), frozenset({row.pk})))
    return touched


def _starts_first(text: str) -> bool:
    policy = parse_update(as_json(text))
    return policy.order == "start-first" and policy.max_surge > 0


def _lodger(row: tuple[Any, ...], at: int, shape: Shape, steady: set[UUID]) -> Lodger:
    service, ids = row[13], row[14]
    fixed = shape.volumes or shape.asked_ports() or shape.gpus is not None or shape.only_host is not None
    may_go = service in steady and not fixed
    return Lodger(
        row=at,
        shape=shape,
        service=service,
        many=row[11],
        ids=tuple(UUID(one) for one in ids) if may_go else (),
        returns=row[12] and not shape.volumes,
    )
