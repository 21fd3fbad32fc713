"""The shapes of plans in the API; no logic but what people of other projects may not read.

Before: actions.py kept a plan. After: views.py answers.
"""

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers

from core.api.bodies import Body
from scheduler.models import Plan
from scheduler.plans.verbs import SAY, SUPPOSED

MOST_CHANGES = 50
FOREIGN = "of another project"
LISTS = ("steps", "unplaced", "stays", "moves")
DOINGS = ("start", "stop", "give-way", "lose", "cancel")


class PlanChangeSerializer(Body):
    verb = serializers.ChoiceField(choices=list(SAY), help_text="named like the verbs of roles")
    project = serializers.CharField(required=False, max_length=63, help_text="of services and containers")
    service = serializers.CharField(required=False, max_length=63, help_text="its name or id")
    container = serializers.CharField(required=False, max_length=63, help_text="a stand-alone one's name or id")
    host = serializers.CharField(required=False, max_length=63)
    policy = serializers.CharField(required=False, max_length=63)
    body = serializers.JSONField(
        required=False,
        help_text="as the verb takes it: a spec, {replicas}, {revision}, weights; a host.added: like, or cpu, memory;"
        " a rebalance: moves (at most so many), goal (spread, pressure, spare)",
    )


class PlanNewSerializer(Body):
    changes = serializers.ListField(
        child=PlanChangeSerializer(), allow_empty=False, max_length=MOST_CHANGES, help_text="in this order"
    )


class PlanStepSerializer(serializers.Serializer[Any]):
    doing = serializers.ChoiceField(
        choices=DOINGS,
        help_text="give-way: it stops for what is more important; lose: given up with its host;"
        " cancel: it waited and never ran",
    )
    container = serializers.CharField(help_text="its name; of what is not yours to see only that it is there")
    service = serializers.CharField(allow_null=True, help_text="null: it stands alone")
    project = serializers.CharField(allow_null=True, help_text="null: another one than yours")
    host = serializers.CharField(allow_null=True)
    why = serializers.CharField()
    at_s = serializers.FloatField(
        help_text="order, and the waits that are set; every start and every end is taken to need no time"
    )


class PlanWaitingSerializer(serializers.Serializer[Any]):
    container = serializers.CharField()
    service = serializers.CharField(allow_null=True)
    project = serializers.CharField(allow_null=True)
    host = serializers.CharField(allow_null=True)
    why = serializers.CharField()


class PlanMoveSerializer(serializers.Serializer[Any]):
    container = serializers.CharField()
    service = serializers.CharField(allow_null=True)
    project = serializers.CharField(allow_null=True)
    host = serializers.CharField(allow_null=True, help_text="where it stands")
    to = serializers.CharField()
    why = serializers.CharField()


class PlanPeakSerializer(serializers.Serializer[Any]):
    cpu_millis = serializers.IntegerField()
    memory_bytes = serializers.IntegerField()


class PlanHostPeakSerializer(PlanPeakSerializer):
    host = serializers.CharField()


class PlanSeenObjectSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    generation = serializers.IntegerField()


class PlanSeenHostSerializer(PlanSeenObjectSerializer):
    availability = serializers.CharField()
    state = serializers.CharField(help_text="ready, or how its engine answers")


class PlanSeenSerializer(serializers.Serializer[Any]):
    services = PlanSeenObjectSerializer(many=True)
    containers = PlanSeenObjectSerializer(many=True)
    hosts = PlanSeenHostSerializer(many=True)
    policies = PlanSeenObjectSerializer(many=True)


class PlanSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    created_at = serializers.DateTimeField()
    created_by = serializers.CharField()
    changes = PlanChangeSerializer(many=True)
    supposed = serializers.ListField(
        child=serializers.CharField(), help_text="verbs of those changes that nobody can carry out"
    )
    summary = serializers.CharField(help_text="for people")
    steps = PlanStepSerializer(many=True)
    is_whole = serializers.BooleanField(help_text="false: cut short, it goes on in the same way")
    moves = PlanMoveSerializer(many=True, help_text="of a rebalance: what it moves, and why just that")
    peak = PlanPeakSerializer(help_text="booked beyond what is booked now, at the worst moment")
    peaks = PlanHostPeakSerializer(many=True, help_text="the same for each host that has any")
    unplaced = PlanWaitingSerializer(many=True, help_text="what finds no host in the end")
    stays = PlanWaitingSerializer(many=True, help_text="what is left on hosts that are drained")
    seen = PlanSeenSerializer(help_text="what it rests on")
    stale = serializers.ListField(
        child=serializers.CharField(), help_text="what has changed since; not empty: it can no longer be applied"
    )
    applied_at = serializers.DateTimeField(allow_null=True)
    applied_by = serializers.CharField(allow_blank=True)


def plan_json(plan: Plan, *, projects: Mapping[int, str], stale: list[str]) -> dict[str, Any]:
    """`projects`: those that the reader may see, by id; of containers of others only that they are there."""
    found = plan.forecast
    return {
        "id": plan.pk,
        "created_at": plan.created_at,
        "created_by": plan.made_by,
        "changes": plan.changes,
        "supposed": [one["verb"] for one in plan.changes if one["verb"] in SUPPOSED],
        "summary": summary(found),
        **{name: [_masked(one, projects) for one in found.get(name, ())] for name in LISTS},
        **{name: found[name] for name in ("is_whole", "peak", "peaks")},
        "seen": plan.seen,
        "stale": [] if plan.applied_at else stale,
        "applied_at": plan.applied_at,
        "applied_by": plan.applied_by,
    }


def _masked(one: Mapping[str, Any], projects: Mapping[int, str]) -> dict[str, Any]:
    project, host = projects.get(one["project"]), one["host"] or None
    if project is None:
        hidden = {"container": f"one {FOREIGN}", "service": None, "project": None, "why": FOREIGN}
        return {**one, **hidden, "host": host}
    return {**one, "project": project, "service": one["service"] or None, "host": host}


def summary(found: Mapping[str, Any]) -> str:
    """For example "3 start, 1 stops; 2 find no host"."""
    counts = {word: sum(one["doing"] == word for one in found["steps"]) for word in DOINGS}
    said = {
        "start": ("starts", "start"),
        "stop": ("stops", "stop"),
        "give-way": ("gives way to what is more important", "give way to what is more important"),
        "lose": ("is lost with its host", "are lost with their hosts"),
        "cancel": ("waits no longer", "wait no longer"),
    }
    parts = [f"{counts[word]} {said[word][counts[word] != 1]}" for word in said if counts[word]]
    text = ", ".join(parts) or "nothing starts or stops"
    waiting, left = len(found["unplaced"]), len(found["stays"])
    if waiting:
        text += f"; {waiting} {'finds' if waiting == 1 else 'find'} no host"
    if left:
        text += f"; {left} {'stays' if left == 1 else 'stay'} on a host that is drained"
    return text if found["is_whole"] else f"{text}, and it goes on like this"
