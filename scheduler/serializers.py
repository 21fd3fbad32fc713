"""The shapes of decisions and loop runs in the API; no logic.

Before: decisions.py and models. After: views. The names of the components are those of the generated TypeScript types.
"""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from containers.spec.fields import NAME_PATTERN
from core.api.bodies import Body
from hosts.states import Availability
from scheduler.models import Brake, LoopRun, PlacementPolicy, Verdict
from scheduler.placement.policy import BUILT_IN, TERMS

_TOLD = "; ".join(f"{name}: {words}" for name, words in TERMS.items())
WEIGHTS = f"of each term of the score, negative ones to avoid: {_TOLD}"
OVER = "the label of hosts that the term `zones` spreads over"


class ScoreSerializer(serializers.Serializer[Any]):
    host = serializers.CharField()
    total = serializers.FloatField()
    terms = serializers.DictField(child=serializers.FloatField())


class FunnelStepSerializer(serializers.Serializer[Any]):
    filter = serializers.CharField()
    refused = serializers.IntegerField(help_text="hosts this filter refused, of those that were left before it")
    left = serializers.IntegerField()


class RefusedHostSerializer(serializers.Serializer[Any]):
    host = serializers.CharField()
    filter = serializers.CharField()
    reason = serializers.CharField()


class ChangeSerializer(serializers.Serializer[Any]):
    kind = serializers.CharField(help_text="what is done, like memory, constraint, uncordon")
    field = serializers.CharField(help_text="of the spec, or of `host` where one is named")
    value = serializers.JSONField(help_text="what the field is set to, or what is added or taken away, as `kind` says")
    shown = serializers.CharField(allow_blank=True, help_text="the value for people")
    host = serializers.CharField(allow_null=True, help_text="the host to be changed; null: the spec")
    alike = serializers.IntegerField(help_text="on so many other hosts the same would help as much, one at a time")
    words = serializers.CharField()


class FixSerializer(serializers.Serializer[Any]):
    words = serializers.CharField(help_text="all of it in a sentence")
    changes = ChangeSerializer(many=True, help_text="one, or two that are made together")
    hosts = serializers.IntegerField(help_text="on so many hosts it then fits")
    placed = serializers.IntegerField(help_text="so many of those that wait would be placed")
    of = serializers.IntegerField(help_text="so many were tried; of a great number not all")


class MissingSerializer(serializers.Serializer[Any]):
    filter = serializers.CharField()
    reason = serializers.CharField()
    missing = serializers.CharField(allow_blank=True, help_text="how much is missing, where it is an amount")


class MissSerializer(serializers.Serializer[Any]):
    host = serializers.CharField()
    reasons = MissingSerializer(many=True)


class LackingSerializer(serializers.Serializer[Any]):
    filters = serializers.ListField(child=serializers.CharField())
    hosts = serializers.IntegerField()


class FixesSerializer(serializers.Serializer[Any]):
    """How things are at `at`, looked at anew for this answer."""

    at = serializers.DateTimeField()
    waiting = serializers.IntegerField(help_text="so many wait with this spec, this one included")
    hosts_total = serializers.IntegerField()
    fits = serializers.IntegerField(help_text="hosts that would take it now; it is placed in the next pass then")
    text = serializers.CharField(help_text="for people")
    funnel = FunnelStepSerializer(many=True)
    lacking = LackingSerializer(many=True, help_text="of the nearest hosts: how many are refused by exactly these")
    misses = MissSerializer(many=True, help_text="up to ten of the hosts that the fewest filters refuse, nearest first")
    fixes = FixSerializer(many=True, help_text="each was tried; the one that asks the least for all who wait is first")
    note = serializers.CharField(allow_blank=True, help_text="what to know of the fixes; for people")


class AdviceSerializer(FixesSerializer):
    container = serializers.UUIDField()


class ExampleSerializer(serializers.Serializer[Any]):
    container = serializers.UUIDField()
    name = serializers.CharField(allow_null=True, help_text="null: it is gone")


class PlacedOnSerializer(serializers.Serializer[Any]):
    host = serializers.CharField()
    containers = serializers.IntegerField()


class DecisionGroupSerializer(serializers.Serializer[Any]):
    """The containers of one service and shape that one pass decided about."""

    id = serializers.CharField()
    at = serializers.DateTimeField()
    verdict = serializers.ChoiceField(choices=Verdict.choices)
    text = serializers.CharField(help_text="for people")
    containers = serializers.IntegerField()
    examples = ExampleSerializer(many=True, help_text="up to five of them")
    hosts = PlacedOnSerializer(many=True, help_text="the twenty that got the most")
    hosts_used = serializers.IntegerField()
    hosts_total = serializers.IntegerField()
    funnel = FunnelStepSerializer(many=True)
    refused = RefusedHostSerializer(many=True, help_text="up to ten; all of them stand in a container's decision")
    refused_total = serializers.IntegerField()
    scores = ScoreSerializer(many=True)


class ServiceDecisionsSerializer(serializers.Serializer[Any]):
    waiting = AdviceSerializer(many=True, help_text="of those that wait now: one for each spec; at most three")
    results = DecisionGroupSerializer(many=True, help_text="newest first")


class DecisionSerializer(serializers.Serializer[Any]):
    """What was decided at `at`, as the fleet was then; `now` is of this moment."""

    container = serializers.UUIDField()
    slot = serializers.UUIDField()
    status = serializers.CharField()
    text = serializers.CharField(help_text="why it is where it is, or why it waits; for people")
    verdict = serializers.ChoiceField(choices=Verdict.choices, allow_null=True, help_text="null: not decided yet")
    at = serializers.DateTimeField(allow_null=True)
    host = serializers.CharField(allow_null=True)
    score = ScoreSerializer(allow_null=True)
    group_size = serializers.IntegerField(help_text="containers of one shape that were decided together")
    hosts_total = serializers.IntegerField()
    funnel = FunnelStepSerializer(many=True)
    refused = RefusedHostSerializer(many=True)
    scores = ScoreSerializer(many=True, help_text="the best five hosts as they stood before the group was placed")
    now = AdviceSerializer(allow_null=True, help_text="why it waits at this moment; null: it does not wait for a host")


class HeldSerializer(serializers.Serializer[Any]):
    container = serializers.UUIDField()
    slot = serializers.UUIDField()
    name = serializers.CharField()
    project = serializers.CharField()
    service = serializers.CharField(allow_null=True, help_text="null: it stands alone")
    why = serializers.CharField(help_text="for people: what happens with it, or what is in the way")
    to = serializers.CharField(allow_null=True, help_text="the host it would go to, as things are now")


class DrainingSerializer(serializers.Serializer[Any]):
    host = serializers.CharField()
    availability = serializers.ChoiceField(choices=[one.value for one in Availability])
    moves = HeldSerializer(many=True, help_text="go by themselves, within the bounds of their services")
    blocked = HeldSerializer(many=True, help_text="stay until a person acts")
    done = serializers.IntegerField(help_text="of those there were to move when the drain began")
    total = serializers.IntegerField()
    summary = serializers.CharField(help_text="for people")


class ProcessSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField(help_text="an incarnation: a process that starts again has another one")
    role = serializers.ChoiceField(choices=["scheduler", "agent"])
    name = serializers.CharField(help_text="its machine and process id")
    beat = serializers.IntegerField(help_text="rises while it lives; unchanged for `ttl_s` means silent")
    leads = serializers.BooleanField(help_text="this scheduler places; the others stand by")
    hosts = serializers.ListField(child=serializers.CharField(), help_text="the hosts this agent speaks for")
    started_at = serializers.DateTimeField()


class WebSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(help_text="machine and process id of the one that answers")
    started_at = serializers.DateTimeField()
    python = serializers.CharField()
    django = serializers.CharField()


class DatabaseSerializer(serializers.Serializer[Any]):
    version = serializers.CharField()
    size_bytes = serializers.IntegerField()
    connections = serializers.IntegerField()
    most_connections = serializers.IntegerField()
    started_at = serializers.DateTimeField()
    answered_ms = serializers.FloatField(help_text="how long it took to answer this")


class PlatformSerializer(serializers.Serializer[Any]):
    version = serializers.CharField()
    ttl_s = serializers.FloatField(help_text="so long others wait for a silent process before they take over")
    web = WebSerializer()
    processes = ProcessSerializer(many=True)
    unspoken_hosts = serializers.ListField(
        child=serializers.CharField(), help_text="hosts that no living agent speaks for"
    )
    database = DatabaseSerializer()


class BrakeSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    host = serializers.CharField(allow_null=True, help_text="null: it holds for all hosts")
    message = serializers.CharField(
        allow_blank=True,
        help_text="for people: what was stopped, and where; empty for those who are no platform admin",
    )
    since = serializers.DateTimeField()
    released_at = serializers.DateTimeField(allow_null=True, help_text="null: it holds")
    released_by = serializers.CharField(
        allow_blank=True, help_text="empty while it holds, and for those who are no platform admin"
    )


def brake_json(row: Brake, *, full: bool) -> dict[str, Any]:
    """`full`: for a platform admin."""
    return {
        "id": row.pk,
        "host": row.host.name if row.host else None,
        "message": row.message if full else "",
        "since": row.since,
        "released_at": row.released_at,
        "released_by": row.released_by if full else "",
    }


class BrakePageSerializer(serializers.Serializer[Any]):
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    results = BrakeSerializer(many=True)


class LoopRunSerializer(serializers.ModelSerializer[LoopRun]):
    class Meta:
        model = LoopRun
        fields = ["id", "name", "started_at", "took_ms", "result", "changes", "message", "next_at"]
        read_only_fields = fields


class PolicyUserSerializer(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=["project", "service", "container"])
    project = serializers.CharField()
    name = serializers.CharField()
    id = serializers.UUIDField(allow_null=True, help_text="of a service, or of a container's slot")


class PolicySerializer(serializers.ModelSerializer[PlacementPolicy]):
    weights = serializers.DictField(child=serializers.FloatField(), help_text=WEIGHTS)
    over = serializers.CharField(source="over_label", help_text=OVER)
    is_built_in = serializers.SerializerMethodField(help_text="it comes with Orchestra, and cannot be removed")
    used_by = serializers.SerializerMethodField(help_text="of the projects you see: who has chosen or names it")

    class Meta:
        model = PlacementPolicy
        fields = ["name", "description", "weights", "over", "generation", "is_built_in", "used_by"]
        read_only_fields = fields

    def get_is_built_in(self, row: PlacementPolicy) -> bool:
        return row.name in BUILT_IN

    @extend_schema_field(PolicyUserSerializer(many=True))
    def get_used_by(self, row: PlacementPolicy) -> Any:
        """`users` of the context, by the policy's name."""
        return [one._asdict() for one in self.context["users"].get(row.name, ())]


class PolicyPageSerializer(serializers.Serializer[Any]):
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    results = PolicySerializer(many=True)


class PolicyChangesSerializer(Body):
    description = serializers.CharField(required=False, allow_blank=True, max_length=1000)
    weights = serializers.DictField(child=serializers.FloatField(), required=False, help_text=WEIGHTS)
    over = serializers.CharField(required=False, allow_blank=True, max_length=128, help_text=OVER)


class PolicyNewSerializer(PolicyChangesSerializer):
    name = serializers.RegexField(rf"^(?:{NAME_PATTERN})\Z", max_length=63)


class PolicyChoiceSerializer(Body):
    policy = serializers.CharField(max_length=63, help_text="its name")
