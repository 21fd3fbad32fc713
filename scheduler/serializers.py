"""The shapes of decisions and loop runs in the API; no logic.

Before: decisions.py and models. After: views. The names of the components are those of the generated TypeScript types.
"""

from typing import Any

from rest_framework import serializers

from scheduler.models import LoopRun, Verdict


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


class LoopRunSerializer(serializers.ModelSerializer[LoopRun]):
    class Meta:
        model = LoopRun
        fields = ["id", "name", "started_at", "took_ms", "result", "changes", "message", "next_at"]
        read_only_fields = fields
