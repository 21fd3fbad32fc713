"""The verbs of plans: make one, carry one out.

Making says every change for real in a transaction that is thrown away, so that what would be refused is refused, reads
what there would be, and lets the forecast run. Before: a view. After: the plan's row; an apply's changes are wishes.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models.functions import Now
from django.http import Http404
from rest_framework.exceptions import ValidationError

from core.accounts.actions import actor_of
from core.accounts.models import User
from core.accounts.permissions import project_ids_of
from core.api.problems import as_problem
from core.lib.problems import FieldProblem, Problem
from scheduler.forecast.rebalance import Move
from scheduler.models import Plan
from scheduler.plans import rebalance
from scheduler.plans.foresight import Foreseen, Touched, awake, forecast_json, foresee, thrown_away
from scheduler.plans.moves import Chosen, best_of, moves_json
from scheduler.plans.seen import differences, generations_of, what_it_saw
from scheduler.plans.verbs import SAY, SUPPOSED, Asked


@dataclass(frozen=True, slots=True)
class _Made:
    """A plan before it is kept."""

    changes: Sequence[Mapping[str, Any]]
    seen: Foreseen
    moves: Sequence[Move] = ()


def make(user: User, changes: Sequence[Mapping[str, Any]]) -> Plan:
    """What these changes would bring, kept. A change that would be refused is refused with its place in the list."""
    rebalance.refuse_beside(changes)
    made = _balanced(user, changes) if rebalance.is_open(changes) else _Made(changes, _foreseen(user, changes))
    seen = made.seen
    return Plan.objects.create(
        user=user,
        made_by=actor_of(user),
        changes=[dict(one) for one in made.changes],
        forecast=forecast_json(seen.found) | {"moves": moves_json(made.moves, seen)},
        seen=what_it_saw(seen, projects=project_ids_of(user)),
    )


def _balanced(user: User, changes: Sequence[Mapping[str, Any]]) -> _Made:
    """With the moves that help most, as far as what comes of all of them is better than what is."""

    def with_these(moves: Sequence[Move]) -> list[Mapping[str, Any]]:
        return [*changes[:-1], rebalance.with_these(changes[-1], moves)]

    chosen = thrown_away(lambda: _choose(user, changes))
    moves, seen = best_of(chosen, lambda some: _foreseen(user, with_these(some)))
    return _Made(with_these(moves), seen, moves)


def _choose(user: User, changes: Sequence[Mapping[str, Any]]) -> Chosen:
    """On the rows as they would be after the changes before it."""
    for place, given in enumerate(changes[:-1]):
        _say(Asked(user, given), place)
    with _told_at(len(changes) - 1, changes[-1]["verb"]):
        return rebalance.look_for(user, changes[-1], awake())


def _foreseen(user: User, changes: Sequence[Mapping[str, Any]]) -> Foreseen:
    def say() -> Touched:
        touched = Touched()
        for place, given in enumerate(changes):
            touched = touched.and_(_say(Asked(user, given), place))
        return touched

    return foresee(say)


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
