"""The shapes of decisions and loop runs in the API; no logic.

Before: decisions.py and models. After: views. The names of the components are those of the generated TypeScript types.
"""

from typing import Any

from rest_framework import serializers

from containers.spec.fields import NAME_PATTERN
from core.api.bodies import Body
from hosts.states import Availability
from scheduler.models import Brake, LoopRun, PlacementPolicy, Verdict
from scheduler.placement.policy import TERMS

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


class DecisionSerializer(serializers.Serializer[Any]):
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


class PolicySerializer(serializers.ModelSerializer[PlacementPolicy]):
    weights = serializers.DictField(child=serializers.FloatField(), help_text=WEIGHTS)
    over = serializers.CharField(source="over_label", help_text=OVER)

    class Meta:
        model = PlacementPolicy
        fields = ["name", "description", "weights", "over", "generation"]
        read_only_fields = fields


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
