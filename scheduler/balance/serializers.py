"""The shapes of a project's word on being rebalanced by itself; no logic. Before: wishes.py. After: the views."""

from datetime import datetime
from typing import Any

from rest_framework import serializers

from core.api.bodies import Body
from scheduler.balance import wishes
from scheduler.forecast.rebalance import GOALS
from scheduler.models import ProjectRebalance
from scheduler.plans.rebalance import MOST

INTERVAL_MIN_S, INTERVAL_MAX_S = 60, 604_800


class RebalancedMoveSerializer(serializers.Serializer[Any]):
    container = serializers.CharField()
    service = serializers.CharField()
    host = serializers.CharField(help_text="where it was")
    to = serializers.CharField()
    why = serializers.CharField()


class ProjectRebalanceSerializer(serializers.ModelSerializer[ProjectRebalance]):
    goal = serializers.ChoiceField(choices=list(GOALS), read_only=True)
    next_at = serializers.SerializerMethodField(help_text="not before; null: off, or as soon as all is calm")
    plan = serializers.UUIDField(source="plan_id", allow_null=True, read_only=True, help_text="of the last round")
    moved = RebalancedMoveSerializer(many=True, read_only=True, help_text="by the last round that moved anything")
    message = serializers.CharField(read_only=True, help_text="what came of the last look, or why nothing is moved")

    class Meta:
        model = ProjectRebalance
        fields = [
            "is_on",
            "goal",
            "moves",
            "interval_s",
            "generation",
            "looked_at",
            "next_at",
            "is_under_way",
            "plan",
            "moved",
            "message",
        ]
        read_only_fields = fields

    def get_next_at(self, row: ProjectRebalance) -> datetime | None:
        return wishes.next_at(row) if row.is_on else None


class ProjectRebalanceChangesSerializer(Body):
    """What is left out stays."""

    is_on = serializers.BooleanField(required=False)
    goal = serializers.ChoiceField(required=False, choices=list(GOALS))
    moves = serializers.IntegerField(
        required=False, min_value=1, max_value=MOST, help_text="at most so many in a round"
    )
    interval_s = serializers.IntegerField(
        required=False,
        min_value=INTERVAL_MIN_S,
        max_value=INTERVAL_MAX_S,
        help_text="from one round to the next, at least",
    )
