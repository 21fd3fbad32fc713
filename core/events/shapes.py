"""The shape of an event in the API and on the socket; no logic.

Before: views.py or the feed read the row. After: components are named as in the console.
"""

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers

from core.events.models import Event, Level


class EventSerializer(serializers.Serializer[Any]):
    id = serializers.CharField(help_text="rises with time; too long for a JavaScript number, and so a text")
    at = serializers.DateTimeField()
    level = serializers.ChoiceField(choices=[one.value for one in Level])
    kind = serializers.CharField(help_text="such as container.running")
    actor = serializers.CharField(help_text="user:anna, scheduler, agent:name")
    project = serializers.CharField(allow_null=True)
    object_kind = serializers.CharField()
    object_id = serializers.CharField()
    host_id = serializers.IntegerField(allow_null=True)
    message = serializers.CharField()
    data = serializers.DictField(child=serializers.JSONField())  # type: ignore[assignment]  # a field, as `errors` is
    request_id = serializers.CharField()


class EventPageSerializer(serializers.Serializer[Any]):
    next = serializers.CharField(allow_null=True, help_text="the address of the page before this one in time")
    previous = serializers.CharField(allow_null=True)
    results = EventSerializer(many=True)


def event_json(event: Event, project_names: Mapping[int, str]) -> dict[str, Any]:
    """The object exactly as GET answers it. `project_names`: those of the projects the reader may see."""
    return {
        "id": str(event.pk),
        "at": event.at,
        "level": event.level,
        "kind": event.kind,
        "actor": event.actor,
        "project": None if event.project_id is None else project_names.get(event.project_id),
        "object_kind": event.object_kind,
        "object_id": event.object_id,
        "host_id": event.host_id,
        "message": event.message,
        "data": event.data,
        "request_id": event.request_id,
    }
