"""A rebalance as a plan's change: who may ask for it, what may stand beside it, and what of it is remembered.

Before: a plan's change. After: moves.py chooses what moves; an apply marks the containers that were shown.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from rest_framework import serializers

from core.accounts.models import User
from core.accounts.permissions import project_for, require_platform
from core.accounts.roles import Verb
from core.api.bodies import Body
from core.lib.problems import FieldProblem, Problem
from scheduler.forecast.rebalance import GOALS, Move
from scheduler.plans.foresight import Touched
from scheduler.plans.moves import Chosen, mark
from scheduler.plans.moves import look_for as chosen_of

VERB: Final = "rebalance"
MOST: Final = 20
BESIDE: Final = frozenset({"host.added", "host.uncordon", "policy.change", "policy.choose"})


class RebalanceSerializer(Body):
    moves = serializers.IntegerField(default=5, min_value=1, max_value=MOST, help_text="at most so many")
    goal = serializers.ChoiceField(default="spread", choices=list(GOALS))
    containers = serializers.ListField(
        child=serializers.UUIDField(), required=False, max_length=MOST, help_text="these; else the best are chosen"
    )


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
    values = values_of(given)
    return chosen_of(_project(user, given), goal=values["goal"], most=values["moves"], each_try=each_try)


def with_these(given: Mapping[str, Any], moves: Iterable[Move]) -> dict[str, Any]:
    """The change, once it is known which containers it means."""
    return {**given, "body": {**given.get("body", {}), "containers": [str(one.container) for one in moves]}}


def is_open(changes: Sequence[Mapping[str, Any]]) -> bool:
    """Whether it is still to be chosen what moves."""
    last = changes[-1]
    body = last.get("body", {})
    return bool(last["verb"] == VERB and not (isinstance(body, Mapping) and "containers" in body))


def mark_these(user: User, given: Mapping[str, Any], *, actor: str) -> Touched:
    """Ask for the replacement of those that were chosen."""
    return mark(values_of(given).get("containers", []), project=_project(user, given), actor=actor)


def _project(user: User, given: Mapping[str, Any]) -> int | None:
    """Of one project for whoever may replace its containers; of all for those who may drain hosts."""
    if given.get("project"):
        return int(project_for(user, str(given["project"]), Verb.CONTAINER_REPLACE).pk)
    require_platform(user, Verb.HOST_CORDON)
    return None
