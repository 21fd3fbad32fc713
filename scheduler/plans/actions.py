"""The verbs of plans: make one, carry one out.

Making says every change for real in a transaction that is thrown away, so that what would be refused is refused, reads
what there would be, and lets the forecast run. Before: a view. After: the plan's row; an apply's changes are wishes.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from django.db import transaction
from django.db.models.functions import Now
from django.http import Http404
from rest_framework.exceptions import ValidationError

from core.accounts.actions import actor_of
from core.accounts.models import User
from core.accounts.permissions import project_ids_of
from core.api.problems import as_problem
from core.lib.clock import monotonic_s
from core.lib.problems import FieldProblem, Problem
from scheduler.forecast import Forecast, NotSeen, World, forecast
from scheduler.forecast.rebalance import Move
from scheduler.models import Plan
from scheduler.outlook import Concern, all_others, read_world
from scheduler.plans import rebalance
from scheduler.plans.seen import differences, generations_of, what_it_saw
from scheduler.plans.verbs import SAY, SUPPOSED, Asked, Touched
from scheduler.reading import query

SPEAKS_EVERY_S: Final = 0.5
LOOKS_MAX: Final = 8  # from then on all that might ever give way is looked at


class _ThrownAway(Exception):
    """Ends a transaction that must leave nothing behind."""


@dataclass(frozen=True, slots=True)
class _Made:
    """A plan before it is kept."""

    changes: Sequence[Mapping[str, Any]]
    touched: Touched
    world: World
    found: Forecast
    moves: tuple[Move, ...] = ()


def make(user: User, changes: Sequence[Mapping[str, Any]]) -> Plan:
    """What these changes would bring, kept. A change that would be refused is refused with its place in the list."""
    rebalance.refuse_beside(changes)
    made = _balanced(user, changes) if rebalance.is_open(changes) else _Made(changes, *foresee(user, changes))
    return Plan.objects.create(
        user=user,
        made_by=actor_of(user),
        changes=[dict(one) for one in made.changes],
        forecast=forecast_json(made.found) | {"moves": rebalance.moves_json(made.moves, made.found, made.world)},
        seen=what_it_saw(made.touched, made.found, made.world, projects=project_ids_of(user)),
    )


def _balanced(user: User, changes: Sequence[Mapping[str, Any]]) -> _Made:
    """With the moves that help most, as far as what comes of all of them is better than what is."""
    chosen = _choose(user, changes)
    moves = list(chosen.moves)
    while True:
        said = [*changes[:-1], rebalance.with_these(changes[-1], moves)]
        touched, world, found = foresee(user, said)
        if not moves or rebalance.is_better(chosen, found, world):
            return _Made(said, touched, world, found, tuple(moves))
        moves = moves[: len(moves) - max(1, len(moves) // 4)]


def _choose(user: User, changes: Sequence[Mapping[str, Any]]) -> rebalance.Chosen:
    """On the rows as they would be after the changes before it; nothing of them stays."""
    chosen = None
    try:
        with transaction.atomic():
            for place, given in enumerate(changes[:-1]):
                _say(Asked(user, given), place)
            with _told_at(len(changes) - 1, changes[-1]["verb"]):
                chosen = rebalance.look_for(user, changes[-1], _awake())
            raise _ThrownAway
    except _ThrownAway:
        assert chosen is not None
    return chosen


def foresee(user: User, changes: Sequence[Mapping[str, Any]]) -> tuple[Touched, World, Forecast]:
    """What would come of the changes. Whoever would have to give way is looked at too, and so on."""
    more, looks = Concern(), 0
    while True:
        touched, world = try_out(user, changes, more)
        try:
            return touched, world, forecast(world, _awake())
        except NotSeen as rivals:
            looks += 1
            found = Concern(rivals.services, rivals.containers) if looks < LOOKS_MAX else all_others(world)
            more = more.and_(found)


def try_out(user: User, changes: Sequence[Mapping[str, Any]], more: Concern) -> tuple[Touched, World]:
    """The world as it would be right after the changes, with `more` of it; nothing of them stays."""
    touched, world = Touched(), None
    try:
        with transaction.atomic():
            for place, given in enumerate(changes):
                touched = touched.and_(_say(Asked(user, given), place))
            world = read_world(Concern(touched.services, touched.containers, touched.hosts).and_(more))
            raise _ThrownAway
    except _ThrownAway:
        assert world is not None
    return touched, world


def _awake() -> Callable[[], None]:
    """The request's transaction (its Idempotency-Key began it) must not look idle while the forecast reckons."""
    spoken_s = monotonic_s()

    def speak() -> None:
        nonlocal spoken_s
        if monotonic_s() - spoken_s > SPEAKS_EVERY_S:
            query("SELECT 1")
            spoken_s = monotonic_s()

    return speak


def apply(plan: Plan, user: User) -> list[str]:
    """Carry out what can be; the places of the changes that were suppositions. Problem 409 for one that is stale."""
    with transaction.atomic():
        row = Plan.objects.select_for_update().get(pk=plan.pk)
        if row.applied_at is not None:
            raise Problem(409, "plan-applied", f"this plan was applied by {row.applied_by}; make a new one")
        _refuse_stale(row)
        real = [(place, one) for place, one in enumerate(row.changes) if one["verb"] not in SUPPOSED]
        if not real:
            raise Problem(409, "nothing-to-apply", "this plan only supposes; nobody can carry that out")
        if len(real) < len(row.changes) and real[-1][1]["verb"] == rebalance.VERB:
            words = "these moves rest on hosts that are only supposed; add the hosts, then plan anew"
            raise Problem(409, "nothing-to-apply", words)
        left: Mapping[str, int] = generations_of(row.seen)
        for place, one in real:
            touched = _say(Asked(user, one, left), place)
            left = _but(left, touched)
        Plan.objects.filter(pk=row.pk).update(applied_at=Now(), applied_by=actor_of(user))
    plan.refresh_from_db()
    return [one["verb"] for one in plan.changes if one["verb"] in SUPPOSED]


def _but(generations: Mapping[str, int], touched: Touched) -> dict[str, int]:
    """Without those that the plan itself has changed by now."""
    keys = {str(one) for one in (*touched.services, *touched.containers)}
    keys |= {f"host {one}" for one in touched.hosts} | {f"policy {name}" for name in touched.policies}
    return {key: value for key, value in generations.items() if key not in keys}


def _refuse_stale(plan: Plan) -> None:
    found = differences(plan.seen)
    if found:
        errors = [FieldProblem(pointer, "changed", words) for pointer, words in found]
        words = "; ".join(words for _, words in found)
        raise Problem(409, "plan-stale", f"this has changed since it was planned: {words}; plan anew", errors=errors)


def _say(asked: Asked, place: int) -> Touched:
    """Say one change."""
    verb = asked.given["verb"]
    with _told_at(place, verb):
        return SAY[verb](asked)


@contextmanager
def _told_at(place: int, verb: str) -> Iterator[None]:
    """What is refused names its place among the changes."""
    at = f"/changes/{place}"
    try:
        yield
    except Problem as problem:
        raise _placed(problem, verb, at) from problem
    except ValidationError as error:
        raise _placed(as_problem(error), verb, at) from error
    except Http404 as error:
        words = f"{verb}: {error}"
        raise Problem(404, "not-found", words, errors=[FieldProblem(at, "not-found", words)]) from error


def _placed(problem: Problem, verb: str, at: str) -> Problem:
    errors = [FieldProblem(f"{at}/body{one.pointer}", one.code, one.message) for one in problem.errors]
    if not errors:
        errors = [FieldProblem(at, problem.code, problem.detail)]
    return Problem(problem.status, problem.code, f"{verb}: {problem.detail}", errors=errors)


def forecast_json(found: Forecast) -> dict[str, Any]:
    """As it is kept: projects by their ids."""
    return {
        "steps": [_without_id(one._asdict()) for one in found.steps],
        "peak": found.peak._asdict(),
        "peaks": [{"host": host, **extra._asdict()} for host, extra in sorted(found.peaks.items())],
        "unplaced": [_without_id(one._asdict()) for one in found.unplaced],
        "stays": [_without_id(one._asdict()) for one in found.stays],
        "is_whole": found.is_whole,
    }


def _without_id(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "id"}
