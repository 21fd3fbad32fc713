"""A rebalance: rows -> the few moves that help most -> containers that are marked for replacement.

The marking is the verb that people have for a single container, so that the services loop replaces each within the
bounds of its service, start-first, and placement chooses the host as ever. Before: a plan's change. After: the plan
remembers which containers were chosen; its apply marks these and no others.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from rest_framework import serializers

from containers import service_actions
from containers.models import Container
from containers.spec import parse_update
from core.accounts.models import User
from core.accounts.permissions import project_for, require_platform
from core.accounts.roles import Verb
from core.api.bodies import Body
from core.lib.problems import FieldProblem, Problem
from scheduler.forecast import Forecast, World
from scheduler.forecast.rebalance import GOALS, Goal, Lodger, Measure, Move, choose, settled
from scheduler.placement import Fleet, Shape
from scheduler.reading import as_json, query
from scheduler.whatif.read import look

VERB: Final = "rebalance"
MOST: Final = 20
BESIDE: Final = frozenset({"host.added", "host.uncordon", "policy.change", "policy.choose"})
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


class RebalanceSerializer(Body):
    moves = serializers.IntegerField(default=5, min_value=1, max_value=MOST, help_text="at most so many")
    goal = serializers.ChoiceField(default="spread", choices=list(GOALS))
    containers = serializers.ListField(
        child=serializers.UUIDField(), required=False, max_length=MOST, help_text="these; else the best are chosen"
    )


@dataclass(frozen=True, slots=True)
class Chosen:
    """What was chosen on this ground, and what the ground was like."""

    goal: Goal
    moves: Sequence[Move]
    fleet: Fleet
    lodgers: Sequence[Lodger]
    before: Measure
    waiting: int  # what waited for a host already


def values_of(given: Mapping[str, Any]) -> dict[str, Any]:
    """The checked body of such a change."""
    serializer = RebalanceSerializer(data=given.get("body", {}))
    serializer.is_valid(raise_exception=True)
    return dict(serializer.validated_data)


def refuse_beside(changes: Sequence[Mapping[str, Any]]) -> None:
    """It is judged by what comes of it, so nothing else may bring as much: it stands last, and nearly alone."""
    at = [place for place, one in enumerate(changes) if one["verb"] == VERB]
    others = {one["verb"] for place, one in enumerate(changes) if place not in at}
    if at and (at != [len(changes) - 1] or not others <= BESIDE):
        words = f"a rebalance is the last change of its plan, and beside it only {', '.join(sorted(BESIDE))} may stand"
        raise Problem(400, "invalid", words, errors=[FieldProblem(f"/changes/{at[0]}", "invalid", words)])


def look_for(user: User, given: Mapping[str, Any], each_try: Callable[[], None] = lambda: None) -> Chosen:
    """The moves that help most, on the rows as they are now. `each_try` is called every now and then."""
    values, project = values_of(given), _project(user, given)
    steady = {key for key, policy in query(_STEADY, {"project": project}) if _starts_first(policy)}
    found, goal = look(f", {_OF}"), values["goal"]
    lodgers = [_lodger(row, at, shape, steady) for row, at, shape in found.rows]
    moves = choose(found.fleet, lodgers, goal=goal, most=values["moves"], each_try=each_try)
    return Chosen(goal, moves, found.fleet, lodgers, settled(found.fleet, lodgers, ()), len(found.waiting))


def is_better(chosen: Chosen, found: Forecast, world: World) -> bool:
    """Whether what the forecast ends with is better for the goal, and nothing worse."""
    rows = {name: row for row, name in enumerate(chosen.fleet.names)}
    changes = []
    for step in found.steps:
        if step.host in rows and step.doing != "cancel":
            service = world.places[step.id][0] if step.service else None
            sign = -1 if step.doing in GIVEN_UP else 1
            changes.append((sign, rows[step.host], world.bodies[step.id].shape, service))
    if len(found.unplaced) > chosen.waiting or any(step.doing == "give-way" for step in found.steps):
        return False
    return settled(chosen.fleet, chosen.lodgers, changes).is_better(chosen.before, chosen.goal)


def moves_json(moves: Iterable[Move], found: Forecast, world: World) -> list[dict[str, Any]]:
    """Who moves, and why; where it goes is what the steps say."""
    goes = {(step.service, step.container): step.host for step in found.steps if step.doing == "start"}
    told = []
    for one in moves:
        body, names = world.bodies[one.container], world.ground.fleet.names
        service = world.crews[one.service].name
        to = goes.get((service, body.name), names[one.to])
        of = {"container": body.name, "project": body.project, "service": service}
        told.append({**of, "host": names[one.source], "to": to, "why": one.why})
    return told


def with_these(given: Mapping[str, Any], moves: Iterable[Move]) -> dict[str, Any]:
    """The change, once it is known which containers it means."""
    return {**given, "body": {**given.get("body", {}), "containers": [str(one.container) for one in moves]}}


def is_open(changes: Sequence[Mapping[str, Any]]) -> bool:
    """Whether it is still to be chosen what moves."""
    last = changes[-1]
    body = last.get("body", {})
    return bool(last["verb"] == VERB and not (isinstance(body, Mapping) and "containers" in body))


def mark(user: User, given: Mapping[str, Any], *, actor: str) -> tuple[frozenset[UUID], frozenset[UUID]]:
    """Ask for the replacement of those that were chosen; their services, and they themselves."""
    project = _project(user, given)
    rows = Container.objects.filter(pk__in=values_of(given).get("containers", []), superseded=False)
    services, containers = set(), set()
    for row in rows.order_by("pk") if project is None else rows.filter(project=project).order_by("pk"):
        service_actions.replace(row, actor=actor)
        services.add(row.service_id)
        containers.add(row.pk)
    return frozenset(one for one in services if one is not None), frozenset(containers)


def _project(user: User, given: Mapping[str, Any]) -> int | None:
    """Of one project for whoever may replace its containers; of all for those who may drain hosts."""
    if given.get("project"):
        return int(project_for(user, str(given["project"]), Verb.CONTAINER_REPLACE).pk)
    require_platform(user, Verb.HOST_CORDON)
    return None


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
